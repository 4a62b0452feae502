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
/// <param name="mayBeSpooled">Whether something may be acknowledged that they do not count; null where nothing is.</param>
internal sealed class ClusterReads(
    ILocalShards local, IShardPlaces places, QuerySettings settings, TimeProvider time, IShardOwnership? ownership = null, Func<CancellationToken, Task<bool>>? mayBeSpooled = null)
{
    // However many strong reads come, the database has one look of theirs to answer, and what counts members and terms is not held up.
    private readonly SharedLook<StrongGoals>? _goals = ownership is null ? null : new SharedLook<StrongGoals>(() => StrongGoals.ReadAsync(ownership));

    // Nor do they ask all other nodes each by itself.
    private readonly SharedLook<bool>? _mayBeSpooled = mayBeSpooled is null ? null : new SharedLook<bool>(() => mayBeSpooled(CancellationToken.None));
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

    /// <summary>Waits until everything that was acknowledged before the call can be read.</summary>
    /// <param name="selectors">What will be read.</param>
    /// <param name="left">How long the query may still take.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How far each shard has to be read; those that no selector names may not have got there yet, and some may have only copies that lack samples.</returns>
    /// <exception cref="QueryException">The database does not answer, or does not have all of it, or no copy of a shard gets there in time.</exception>
    public async Task<StrongGoals> ReachAsync(IReadOnlyList<IReadOnlyList<Matcher>> selectors, Func<TimeSpan> left, CancellationToken cancel)
    {
        if (_mayBeSpooled is not null && await _mayBeSpooled.BeginningNowAsync(cancel))
        {
            ActorsMetrics.StrongReadsRefused.Add(1);
            throw new QueryException(QueryErrorKind.Unavailable, "a strong read has to wait until the database has everything that was acknowledged while it was away");
        }

        StrongGoals goals = _goals is null
            ? throw new QueryException(QueryErrorKind.Unavailable, "this node answers no strong reads")
            : await _goals.BeginningNowAsync(cancel);
        int[] all = [.. Enumerable.Range(0, local.Map.Count)];
        await new StrongWait(this, goals, left).ReachAsync([.. selectors.SelectMany(matchers => ShardPruning.ShardsFor(matchers, local.Map) ?? all).Distinct().Order()], cancel);
        return goals;
    }

    /// <summary>A view for one query.</summary>
    /// <param name="left">How long the query may still take.</param>
    /// <param name="goals">How far each shard has to be read; null where they may be read as they are.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<QueryView> ViewAsync(Func<TimeSpan> left, StrongGoals? goals, CancellationToken cancel)
    {
        int[] here =
        [
            .. places.Now.Shards
                .Where(place => goals is null ? place.Here is ShardRole.Leader or ShardRole.Follower : place.Here != ShardRole.None && goals.AreReached(place.Shard, places.MarkOf(place.Shard)))
                .Select(static place => place.Shard),
        ];
        return new ClusterView(this, await ViewHereAsync(here, goals, cancel), NextQuery(), left, goals);
    }

    // A shard that fails after it was there may have been recovered with less by the time of its view: others are asked for it.
    private async Task<LocalViews> ViewHereAsync(int[] here, StrongGoals? goals, CancellationToken cancel)
    {
        while (true)
        {
            var before = here.ToDictionary(static shard => shard, places.MarkOf);
            LocalViews views = await local.ViewAsync(here, cancel);
            int[] reached = [.. here.Where(shard => goals is null
                ? views.IsWhole(shard, places) && places.MarkOf(shard).Opening == before[shard].Opening
                : goals.AreReached(shard, views.MarkOf(shard, before[shard], places)))];
            if (reached.Length == here.Length)
            {
                return views;
            }

            views.Dispose();
            here = reached;
        }
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
