namespace Pleiad.PromQL;

/// <summary>A part of the memory of all queries of an engine, for an answer that takes much without being the result of one. Given back when it is disposed. Safe for many threads.</summary>
public sealed class QueryRoom : IDisposable
{
    private readonly QueryBudget _budget;

    internal QueryRoom(QueryBudget budget) => _budget = budget;

    /// <summary>Takes bytes, to be called before they are used.</summary>
    /// <exception cref="QueryException">All queries together would hold too much (<see cref="QueryErrorKind.Unavailable"/>).</exception>
    public void Take(long bytes) => _budget.TakeRoom(bytes);

    /// <inheritdoc/>
    public void Dispose() => _budget.Dispose();
}
