using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Asks what labels, metrics and targets cost.</summary>
/// <param name="Matchers">Which series count; all where there are none.</param>
/// <param name="FocusLabel">The label whose values are wanted; empty for none.</param>
/// <param name="TopCount">Entries of each list at most.</param>
public sealed record CardinalityRequest(IReadOnlyList<Matcher> Matchers, string FocusLabel, int TopCount);

/// <summary>What labels, metrics and targets cost in the heads, each list with the most series first.</summary>
/// <param name="Series">Series held.</param>
/// <param name="Ended">Of those, without a sample in the last five minutes: what churn has left behind.</param>
/// <param name="Bytes">Of memory that they take, about; what is shared, such as texts, not counted.</param>
/// <param name="LabelPairs">Different label pairs.</param>
public sealed record CardinalityReport(long Series, long Ended, long Bytes, long LabelPairs)
{
    /// <summary>By label name.</summary>
    public IReadOnlyList<NamedCost> Labels { get; init; } = [];

    /// <summary>By metric name.</summary>
    public IReadOnlyList<NamedCost> Metrics { get; init; } = [];

    /// <summary>By <c>instance</c>.</summary>
    public IReadOnlyList<NamedCost> Instances { get; init; } = [];

    /// <summary>By <c>job</c>.</summary>
    public IReadOnlyList<NamedCost> Jobs { get; init; } = [];

    /// <summary>Series of each pair, <c>name=value</c>.</summary>
    public IReadOnlyList<NamedCount> Pairs { get; init; } = [];

    /// <summary>By value of the label that was asked for; null where none was.</summary>
    public IReadOnlyList<NamedCost>? Focus { get; init; }

    /// <summary>What the figures are not exact in, in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>What series cost that have a name in common.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Series">How many.</param>
/// <param name="Ended">Of those, without a sample in the last five minutes.</param>
/// <param name="Bytes">Of memory, about; of a label name what it adds to its series.</param>
/// <param name="Values">Of a label name: different values.</param>
public readonly record struct NamedCost(string Name, long Series, long Ended, long Bytes, long Values);
