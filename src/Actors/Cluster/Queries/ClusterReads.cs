using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Opens views over all shards of the cluster: those of this node at once, those of others when they are read.</summary>
/// <param name="local">The shards of this node.</param>
/// <param name="places">Where all shards are.</param>
/// <param name="settings">Limits.</param>
/// <param name="time">Measures.</param>
/// <param name="ownership">Says how far the journals reach; null where strong reads are not answered.</param>
internal sealed class ClusterReads(ILocalShards local, IShardPlaces places, QuerySettings settings, TimeProvider time, IShardOwnership? ownership = null)
{
    private long _lastQuery;

    /// <summary>The shards of this node.</summary>
    public ILocalShards Local => local;

    /// <summary>Where all shards are.</summary>
    public IShardPlaces Places => places;

    /// <summary>Limits.</summary>
    public QuerySettings Settings => settings;

    /// <summary>Measures.</summary>
    public TimeProvider Time => time;

    /// <summary>How long other nodes take to answer.</summary>
    public LatencyWindow Latencies { get; } = new();

    /// <summary>A view for one query.</summary>
    /// <param name="left">How long the query may still take.</param>
    /// <param name="isStrong">Whether it has to see everything that was acknowledged before.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="QueryException">It has to, and the database does not answer.</exception>
    public async Task<QueryView> ViewAsync(Func<TimeSpan> left, bool isStrong, CancellationToken cancel)
    {
        StrongGoals? goals = !isStrong ? null
            : ownership is null ? throw new QueryException(QueryErrorKind.Unavailable, "this node answers no strong reads")
            : await StrongGoals.ReadAsync(ownership, cancel);
        int[] here = goals is null
            ? [.. places.Now.Shards.Where(static place => place.Here is ShardRole.Leader or ShardRole.Follower).Select(static place => place.Shard)]
            : await ReachedHereAsync(goals, cancel);
        return new ClusterView(this, await ViewHereAsync(here, goals, cancel), NextQuery(), left, goals);
    }

    // A shard that fails after it was there may have been recovered with less by the time of its view: others are asked for it.
    private async Task<LocalViews> ViewHereAsync(int[] here, StrongGoals? goals, CancellationToken cancel)
    {
        while (true)
        {
            LocalViews views = await local.ViewAsync(here, cancel);
            int[] reached = goals is null ? here : [.. here.Where(shard => views.AppliedOf(shard, places) >= goals.Of(shard))];
            if (reached.Length == here.Length)
            {
                return views;
            }

            views.Dispose();
            here = reached;
        }
    }

    // A copy that has applied enough is as good as any, whatever it is taken for. Where others have copies too they are asked soon.
    private async Task<int[]> ReachedHereAsync(StrongGoals goals, CancellationToken cancel)
    {
        ShardPlace[] here = [.. places.Now.Shards.Where(static place => place.Here != ShardRole.None)];
        int[][] reached = await Task.WhenAll(
            StrongGoals.ReachAsync(places, GoalsOf(shared: true), settings.HedgeAfter, time, cancel),
            StrongGoals.ReachAsync(places, GoalsOf(shared: false), settings.StrongTimeout, time, cancel));
        return [.. reached.SelectMany(static shards => shards).Order()];

        (int, long)[] GoalsOf(bool shared) => [.. here
            .Where(place => (place.Leader is not null || !place.Followers.IsEmpty) == shared).Select(place => (place.Shard, goals.Of(place.Shard)))];
    }

    /// <summary>A number that no other query of this node has.</summary>
    public ulong NextQuery() => (ulong)Interlocked.Increment(ref _lastQuery);

    /// <summary>Tells a node that nothing more of a query is wanted.</summary>
    public static async Task EndAsync(PeerLink link, ulong query)
    {
        var message = new MessageWriter();
        new NextRead(query, 0, 0).Write(message);

        // When it is not heard, the query ends there by its time.
        await link.TellAsync(Lane.Query, new NodeMessage(QueryMessage.End, message.Memory));
    }
}
