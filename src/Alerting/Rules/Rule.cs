using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Alerting;

/// <summary>A rule of a group, read and checked.</summary>
/// <param name="Name">The metric it records, or the alert's name.</param>
/// <param name="Query">Its expression as written.</param>
/// <param name="Parsed">Its expression.</param>
/// <param name="Labels">Set on what comes out, in order of names; an empty value removes a label. Those of the group are among them.</param>
/// <param name="Line">Where it stands in its file, from 1.</param>
public abstract record Rule(string Name, string Query, Expr Parsed, IReadOnlyList<Label> Labels, int Line);

/// <summary>A rule that writes the answer of its query as a series of its own.</summary>
public sealed record RecordingRule(string Name, string Query, Expr Parsed, IReadOnlyList<Label> Labels, int Line)
    : Rule(Name, Query, Parsed, Labels, Line);

/// <summary>A rule that raises an alert for each series of its query's answer.</summary>
public sealed record AlertingRule(string Name, string Query, Expr Parsed, IReadOnlyList<Label> Labels, int Line)
    : Rule(Name, Query, Parsed, Labels, Line)
{
    /// <summary>How long an alert is pending before it fires.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long an alert goes on firing when its series is gone.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>Templates by name, in order of names.</summary>
    public IReadOnlyList<Label> Annotations { get; init; } = [];
}

/// <summary>Rules that are evaluated one after another at the same time.</summary>
/// <param name="Name">Unique in its file.</param>
/// <param name="File">The file it stands in, as it was named.</param>
/// <param name="Rules">In the order of the file.</param>
public sealed record RuleGroup(string Name, string File, IReadOnlyList<Rule> Rules)
{
    /// <summary>How often it is evaluated; null for what holds globally.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How far in the past it is evaluated; null for what holds globally.</summary>
    public TimeSpan? QueryOffset { get; init; }

    /// <summary>Alerts or series one rule may yield; 0 for any number.</summary>
    public int Limit { get; init; }

    /// <summary>What it is known by among the groups of all files.</summary>
    public string Key => $"{File};{Name}";
}
