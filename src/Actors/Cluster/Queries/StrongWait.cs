using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// Waits until some copy of each shard that a strong read asks has everything that was acknowledged before. It is waited for before the query takes its
/// turn: copies that lag must not keep out those who do not ask for so much.
/// </summary>
/// <param name="reads">Of the node.</param>
/// <param name="goals">How far each shard has to be read.</param>
/// <param name="left">How long it may still take.</param>
internal sealed class StrongWait(ClusterReads reads, StrongGoals goals, Func<TimeSpan> left)
{
    private readonly ulong _query = reads.NextQuery();
    private readonly ConcurrentDictionary<NodeIncarnation, PeerLink> _asked = new();
    private long _lastStream;

    /// <summary>Waits.</summary>
    /// <param name="shards">Of which shards.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="QueryException">No copy of one of them gets there in time.</exception>
    public async Task ReachAsync(IReadOnlyList<int> shards, CancellationToken cancel)
    {
        HashSet<int> here = [.. await ReachedHereAsync(shards, cancel)];
        int[] elsewhere = [.. shards.Where(shard => !here.Contains(shard))];
        if (elsewhere.Length == 0)
        {
            return;
        }

        try
        {
            var gather = new ShardGather<bool>(AskAsync, reads.Places, reads.Settings.HedgeAfter, reads.Time, goals: goals);
            await gather.RunAsync(elsewhere, cancel);
            if (gather.Missing.Count > 0)
            {
                throw StrongGoals.NotReached(gather.Missing.Count, reads.Local.Map.Count);
            }
        }
        finally
        {
            foreach (PeerLink link in _asked.Values)
            {
                _ = ClusterReads.EndAsync(link, _query);
            }
        }
    }

    // A copy that has applied enough is as good as any, whatever it is taken for, unless it lacks samples. Where others have copies too they are asked soon.
    private async Task<IEnumerable<int>> ReachedHereAsync(IReadOnlyList<int> shards, CancellationToken cancel)
    {
        ShardPlaces now = reads.Places.Now;
        ShardPlace[] here = [.. shards.Select(shard => now.Shards[shard]).Where(static place => place.Here != ShardRole.None)];
        int[][] reached = await Task.WhenAll(
            StrongGoals.ReachAsync(reads.Places, GoalsOf(shared: true), reads.Settings.HedgeAfter, reads.Time, cancel),
            StrongGoals.ReachAsync(reads.Places, GoalsOf(shared: false), reads.Settings.StrongTimeout, reads.Time, cancel));
        return reached.SelectMany(static shards => shards).Where(shard => goals.AreReached(shard, reads.Places.MarkOf(shard)));

        (int, long)[] GoalsOf(bool shared) => [.. here
            .Where(place => (place.Leader is not null || !place.Followers.IsEmpty) == shared).Select(place => (place.Shard, goals.Of(place.Shard)))];
    }

    private async Task<IReadOnlyList<(ShardHeader Header, bool HasValue, bool Value)>> AskAsync(ShardPeer peer, IReadOnlyList<int> shards, CancellationToken unwanted)
    {
        _asked.TryAdd(peer.Node, peer.Link);
        var begin = new BeginRead(
            _query, (ulong)Interlocked.Increment(ref _lastStream), (long)Math.Ceiling(Math.Min(left().TotalMilliseconds, int.MaxValue)), shards, ReadKind.Reached, default)
        {
            Through = [.. shards.Select(goals.Of)],
        };
        return await new PeerStream<bool>(peer, begin, static _ => HeaderAlone.Instance).ReadAsync(left, unwanted);
    }

    private sealed class HeaderAlone : IShardReader<bool>
    {
        public static readonly HeaderAlone Instance = new();

        public void Read(RecordKind kind, ReadOnlySpan<byte> record) => throw new WireFormatException($"{kind} where only headers were asked for");

        public bool Finish() => true;

        public void GiveUp()
        {
            // There is nothing to give back.
        }
    }
}
