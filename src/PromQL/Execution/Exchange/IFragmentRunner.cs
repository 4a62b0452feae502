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

    /// <summary>Evaluates a fragment over the series of each of some shards.</summary>
    /// <param name="fragment">What is to be done.</param>
    /// <param name="shards">Numbers of shards.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>One answer a shard, in the order they were asked for.</returns>
    /// <exception cref="QueryException">A shard's evaluation fails or runs into a limit of the query.</exception>
    Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel);
}
