using Pleiad.Kernel;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// Through which record of its journal each shard has to be read so that a query sees everything that was acknowledged before it began: what the rows of
/// the shards count. No clock is asked, and it does not matter who leads: whoever has applied that much has it.
/// </summary>
internal sealed class StrongGoals
{
    private readonly long[] _through;

    private StrongGoals(long[] through) => _through = through;

    /// <summary>Asks the database.</summary>
    /// <exception cref="QueryException">It does not answer: nobody knows then what was acknowledged elsewhere.</exception>
    public static async Task<StrongGoals> ReadAsync(IShardOwnership rows)
    {
        try
        {
            // A call that is given up may leave its connection in the middle of an answer: it is left to end by itself.
            IReadOnlyList<ShardOwnership> read = await rows.ReadAllAsync(CancellationToken.None);
            return new StrongGoals([.. read.Select(static row => row.NextSeq - 1)]);
        }
        catch (ClusterStoreException e)
        {
            ActorsMetrics.StrongReadsRefused.Add(1);
            throw new QueryException(QueryErrorKind.Unavailable, $"a strong read needs the database, which does not answer: {e.Message}", inner: e);
        }
    }

    /// <summary>What a query is told that cannot be answered, which is counted.</summary>
    public static QueryException NotReached(int missing, int shards)
    {
        ActorsMetrics.StrongReadsRefused.Add(1);
        return new QueryException(
            QueryErrorKind.Unavailable, $"no copy that could be asked has everything that was acknowledged for {missing} of {shards} shards; try again later");
    }

    /// <summary>The record that has to be applied.</summary>
    public long Of(int shard) => _through[shard];

    /// <summary>Whether a copy has all that it has to have, and lacks nothing.</summary>
    /// <param name="shard">Of which shard.</param>
    /// <param name="mark">Of the copy, or of a view of it.</param>
    public bool AreReached(int shard, ShardMark mark) => mark.Seq >= Of(shard) && !mark.Lacks;

    /// <summary>Waits until shards are applied here as far as they have to be.</summary>
    /// <param name="places">Of this node.</param>
    /// <param name="shards">Which, each with the record.</param>
    /// <param name="patience">How long each is waited for.</param>
    /// <param name="time">Measures that.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Those that are, in the same order.</returns>
    public static async Task<int[]> ReachAsync(
        IShardPlaces places, IEnumerable<(int Shard, long Through)> shards, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        using var over = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancel);
        bool[] reached = await Task.WhenAll(shards.Select(shard => IsReachedAsync(places, shard, either.Token)));
        cancel.ThrowIfCancellationRequested();
        return [.. shards.Zip(reached).Where(static pair => pair.Second).Select(static pair => pair.First.Shard)];
    }

    private static async Task<bool> IsReachedAsync(IShardPlaces places, (int Shard, long Through) shard, CancellationToken over)
    {
        try
        {
            await places.AppliedAsync(shard.Shard, shard.Through, over);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
