using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Opens views over all shards of the cluster: those of this node at once, those of others when they are read.</summary>
internal sealed class ClusterReads(ILocalShards local, IShardPlaces places, QuerySettings settings, TimeProvider time)
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
    /// <param name="cancel">Gives up.</param>
    public async Task<QueryView> ViewAsync(Func<TimeSpan> left, CancellationToken cancel)
    {
        int[] here = [.. places.Now.Shards.Where(static place => place.Here is ShardRole.Leader or ShardRole.Follower).Select(static place => place.Shard)];
        return new ClusterView(this, await local.ViewAsync(here, cancel), NextQuery(), left);
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
