using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A test script as data.</summary>
/// <param name="Name">File name, for messages.</param>
/// <param name="Commands">In order.</param>
public sealed record Script(string Name, IReadOnlyList<ScriptCommand> Commands);

/// <summary>A command of a script.</summary>
/// <param name="Line">Line it begins in, from 1.</param>
public abstract record ScriptCommand(int Line);

/// <summary>Drops all data.</summary>
public sealed record ClearCommand(int Line) : ScriptCommand(Line);

/// <summary>Stores series.</summary>
/// <param name="Step">Time between values; the first is at 0.</param>
/// <param name="WithNativeHistograms">Also stores classic histograms as native ones with custom buckets.</param>
/// <param name="Series">What to store.</param>
public sealed record LoadCommand(int Line, TimeSpan Step, bool WithNativeHistograms, IReadOnlyList<LoadedSeries> Series) : ScriptCommand(Line);

/// <summary>A series to store.</summary>
/// <param name="Series">Labels and values.</param>
/// <param name="StartOffsets">Start timestamps as milliseconds from each sample's time; null for none at all.</param>
public sealed record LoadedSeries(ScriptSeries Series, IReadOnlyList<long?>? StartOffsets);

/// <summary>Runs a query and compares.</summary>
/// <param name="Query">The expression.</param>
/// <param name="Times">When, or over which range.</param>
/// <param name="Expected">What has to come out.</param>
public sealed record EvalCommand(int Line, string Query, EvalTimes Times, EvalExpectation Expected) : ScriptCommand(Line);

/// <summary>Times of a query; start and end are the same for an instant query.</summary>
public readonly record struct EvalTimes(bool IsRange, Timestamp Start, Timestamp End, TimeSpan Step);

/// <summary>What has to come out of a query.</summary>
public sealed record EvalExpectation
{
    /// <summary>The query must fail.</summary>
    public bool Fails { get; init; }

    /// <summary>Conditions on the error's text; all must hold.</summary>
    public IReadOnlyList<TextCondition> Errors { get; init; } = [];

    /// <summary>What is said of warnings.</summary>
    public AnnotationExpectation Warnings { get; init; } = AnnotationExpectation.Anything;

    /// <summary>What is said of infos.</summary>
    public AnnotationExpectation Infos { get; init; } = AnnotationExpectation.Anything;

    /// <summary>The samples come in the order listed.</summary>
    public bool Ordered { get; init; }

    /// <summary>The result is this number; else null.</summary>
    public double? Scalar { get; init; }

    /// <summary>The result is this string; else null.</summary>
    public string? Text { get; init; }

    /// <summary>The result is a range vector with samples at these times; else null.</summary>
    public EvalTimes? RangeVector { get; init; }

    /// <summary>The series of the result; none for an empty one.</summary>
    public IReadOnlyList<ScriptSeries> Series { get; init; } = [];
}

/// <summary>What is expected of the annotations of one level.</summary>
/// <param name="Wanted">True: at least one; false: none; null: nothing is said.</param>
/// <param name="Texts">Each must be met by one, and each must meet one of these; empty where only the number counts.</param>
public sealed record AnnotationExpectation(bool? Wanted, IReadOnlyList<TextCondition> Texts)
{
    /// <summary>Nothing is said.</summary>
    public static readonly AnnotationExpectation Anything = new(null, []);
}

/// <summary>A text to be equal to, or a pattern to be found.</summary>
/// <param name="Text">Text or pattern as written.</param>
/// <param name="Pattern">Null for equality.</param>
public sealed record TextCondition(string Text, AnchoredRegex? Pattern)
{
    /// <summary>Equal to a text.</summary>
    public static TextCondition Equal(string text) => new(text, null);

    /// <summary>Has a match of a pattern anywhere.</summary>
    public static TextCondition Contains(string pattern) => new(pattern, AnchoredRegex.Compile($".*(?:{pattern}).*"));

    /// <summary>Whether a text satisfies it.</summary>
    public bool Holds(string text) => Pattern?.IsMatch(text) ?? text == Text;
}
