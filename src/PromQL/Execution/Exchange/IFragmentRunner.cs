using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// Series that lie on several shards, and who evaluates parts of a plan where they lie: on threads of this process, or on other nodes.
/// As a source of series it is all shards together, for what cannot be done in each alone.
/// </summary>
public interface IFragmentRunner : ISeriesSource
{
    /// <summary>Which series lies where.</summary>
    ShardMap Shards { get; }

    /// <summary>Whether the series of a shard can be read without waiting for another node.</summary>
    bool IsHere(int shard) => true;

    /// <summary>Fetches series that lie on other nodes, for what reads them without waiting.</summary>
    /// <returns>Null where all are here: <see cref="ISeriesSource.Select"/> reads them then.</returns>
    /// <exception cref="QueryException">They are more than may be fetched.</exception>
    ValueTask<SeriesCursor?> FetchAsync(SelectRequest request, CancellationToken cancel) => default;

    /// <summary>Evaluates a fragment over the series of each of some shards.</summary>
    /// <param name="fragment">What is to be done.</param>
    /// <param name="shards">Numbers of shards.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Answers that together are those of the shards, in the order they were asked for; one a shard where the plan is measured.</returns>
    /// <exception cref="QueryException">A shard's evaluation fails or runs into a limit of the query.</exception>
    Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel);
}
