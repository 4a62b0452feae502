namespace Pleiad.Actors;

/// <summary>The queries that this node answers.</summary>
internal interface ILocalQueries
{
    /// <summary>Those that wait or run, oldest first, and behind them those that ended, newest first.</summary>
    IReadOnlyList<QueryRecord> Queries();

    /// <summary>Ends a query that waits or runs.</summary>
    /// <returns>False where there is none of that number.</returns>
    bool Cancel(long id);
}
