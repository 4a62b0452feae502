using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>What a rule file holds, and what is wrong with it. Groups are only to be used where nothing is.</summary>
/// <param name="Groups">In the order of the file.</param>
/// <param name="Problems">In the order they were found.</param>
/// <param name="MoreDocuments">Whether documents follow the first one; they are not read.</param>
public sealed record RuleFile(IReadOnlyList<RuleGroup> Groups, IReadOnlyList<RuleProblem> Problems, bool MoreDocuments)
{
    /// <summary>All rules of all groups.</summary>
    public IEnumerable<Rule> Rules => Groups.SelectMany(group => group.Rules);

    /// <summary>Reads and checks a rule file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">Named in groups and problems.</param>
    /// <param name="options">What is allowed.</param>
    public static RuleFile Parse(string text, string file, RuleFileOptions options)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(options);
        return new RuleFileReader(file, options).Read(text);
    }

    /// <summary>Reads and checks a rule file of the disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What is allowed.</param>
    /// <returns>A file that cannot be read is a problem like any other.</returns>
    public static RuleFile Load(string path, RuleFileOptions options)
    {
        string text;
        try
        {
            text = TextFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new RuleFile([], [new RuleProblem(path, 0, 0, null, e.Message)], false);
        }

        return Parse(text, path, options);
    }
}

/// <summary>What a rule file may hold.</summary>
public sealed record RuleFileOptions
{
    /// <summary>Whether keys that nobody knows are passed over.</summary>
    public bool IgnoreUnknownFields { get; init; }

    /// <summary>Whether names of labels and metrics have to do without quotes.</summary>
    public bool LegacyNames { get; init; }

    /// <summary>Limits of expressions, and which experimental parts of the language are on.</summary>
    public EngineSettings Expressions { get; init; } = new();
}
