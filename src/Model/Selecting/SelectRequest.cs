namespace Pleiad.Model;

/// <summary>What PromQL asks of storage: the series that satisfy all matchers, with their samples in a range.</summary>
/// <param name="Matchers">All must hold; at least one, none of them null.</param>
/// <param name="Range">Which samples.</param>
public sealed record SelectRequest(IReadOnlyList<Matcher> Matchers, TimeRange Range)
{
    /// <summary>Milliseconds between the evaluation steps that will read the samples; 0 for an instant query. A hint.</summary>
    public long StepMs { get; init; }

    /// <summary>The function that will read the samples (<c>rate</c>, <c>avg_over_time</c>), or empty. A hint.</summary>
    public string Function { get; init; } = string.Empty;

    /// <summary>Only the newest sample in the range will be looked at. A hint: older ones may be left out.</summary>
    public bool NewestOnly { get; init; }

    /// <summary>Series wanted at most; 0 for all. A hint: fewer may come, never a wrong one.</summary>
    public int SeriesMax { get; init; }

    /// <summary>Only labels will be looked at, and series are wanted too of which nothing but rollups is left: those come behind the others, without samples.</summary>
    public bool ListsRollups { get; init; }

    /// <summary>Rollups that may answer; null for samples alone. A source that has none leaves it at samples.</summary>
    public RollupRequest? Rollup { get; init; }
}
