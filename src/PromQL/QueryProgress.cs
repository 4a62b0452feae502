namespace Pleiad.PromQL;

/// <summary>Follows a query from outside while it runs. Safe for many threads.</summary>
public sealed class QueryProgress
{
    private QueryBudget? _budget;

    /// <summary>Samples it holds now; 0 before it began.</summary>
    public long SamplesHeld => Volatile.Read(ref _budget)?.Held ?? 0;

    /// <summary>Most samples it has held at once.</summary>
    public long SamplesPeak => Volatile.Read(ref _budget)?.Peak ?? 0;

    internal void Follow(QueryBudget budget) => Volatile.Write(ref _budget, budget);
}
