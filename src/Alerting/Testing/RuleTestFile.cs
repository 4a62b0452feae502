using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>A file of unit tests of rules, as promtool reads it.</summary>
/// <param name="File">As it was named.</param>
/// <param name="RuleFiles">Patterns of rule files, seen from the directory of the file.</param>
/// <param name="EvaluationInterval">How often rules are evaluated.</param>
/// <param name="GroupOrder">Place of a group by name; groups without one come first.</param>
/// <param name="FuzzyCompare">Whether numbers may differ in their last bit.</param>
/// <param name="Groups">The tests.</param>
/// <remarks>Prometheus documentation, "Unit testing for rules".</remarks>
internal sealed record RuleTestFile(
    string File,
    IReadOnlyList<string> RuleFiles,
    TimeSpan EvaluationInterval,
    IReadOnlyDictionary<string, int> GroupOrder,
    bool FuzzyCompare,
    IReadOnlyList<RuleTestGroup> Groups);

/// <summary>Input series, and what is expected of rules that see them.</summary>
internal sealed record RuleTestGroup
{
    /// <summary>What it is called; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>Step of the input series.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The time of the first sample and the first evaluation.</summary>
    public required Timestamp Start { get; init; }

    public required IReadOnlyList<ScriptSeries> Input { get; init; }

    public required IReadOnlyList<AlertExpectation> Alerts { get; init; }

    public required IReadOnlyList<QueryExpectation> Queries { get; init; }

    public required Labels ExternalLabels { get; init; }

    public required string ExternalUrl { get; init; }

    /// <summary>The last time something is expected at, from the start on.</summary>
    public TimeSpan End => Alerts.Select(alert => alert.At).Concat(Queries.Select(query => query.At)).DefaultIfEmpty(TimeSpan.Zero).Max();
}

/// <summary>The alerts of a name that fire at a time.</summary>
/// <param name="At">From the start on.</param>
/// <param name="Alert">The name.</param>
/// <param name="Expected">All of them.</param>
internal sealed record AlertExpectation(TimeSpan At, string Alert, IReadOnlyList<ShownAlert> Expected);

/// <summary>The answer to a query at a time.</summary>
/// <param name="At">From the start on.</param>
/// <param name="Query">PromQL.</param>
/// <param name="Expected">Samples as written.</param>
internal sealed record QueryExpectation(TimeSpan At, string Query, IReadOnlyList<ExpectedSample> Expected);

/// <summary>A sample as it is written in a test.</summary>
/// <param name="Labels">A series; may be empty.</param>
/// <param name="Value">The number.</param>
/// <param name="Histogram">The histogram in series notation; empty where it is a number.</param>
internal sealed record ExpectedSample(string Labels, double Value, string Histogram);
