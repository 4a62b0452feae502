using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>The queries that all nodes of a cluster answer, or the only one: whoever is asked knows of those of the others.</summary>
public interface IRunningQueries
{
    /// <summary>Those that wait and run, oldest first, and behind them those that ended, newest first.</summary>
    /// <param name="withEnded">Whether the ended ones are wanted.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    Task<RunningQueries> AllAsync(bool withEnded, CancellationToken cancel);

    /// <summary>Ends a query that waits or runs.</summary>
    /// <param name="node">The node that answers it (<see cref="QueryNode.Id"/>); null for the only one.</param>
    /// <param name="id">Its number there.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    /// <returns>False where there is none of that number.</returns>
    /// <exception cref="QueryException">The node does not answer.</exception>
    Task<bool> CancelAsync(string? node, long id, CancellationToken cancel);
}

/// <summary>The queries of all nodes.</summary>
/// <param name="Queries">What is known.</param>
/// <param name="Warnings">Which nodes did not say, or not all.</param>
public sealed record RunningQueries(IReadOnlyList<QueryRecord> Queries, IReadOnlyList<string> Warnings);

/// <summary>The node that answers a query.</summary>
/// <param name="Id">Of this life of the node: letters and digits.</param>
/// <param name="Name">What its operator calls it.</param>
public sealed record QueryNode(string Id, string Name);
