using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>The shards that this node leads, and with them the targets that it scrapes. Changes are published on the event stream as <see cref="LedShardsChanged"/>. Safe from any thread.</summary>
/// <param name="map">Which target belongs where.</param>
/// <param name="news">Told of changes.</param>
internal sealed class LedShards(ShardMap map, EventStream news)
{
    private readonly bool[] _led = new bool[map.Count];

    /// <summary>Whether this node leads a shard.</summary>
    public bool Leads(int shard) => Volatile.Read(ref _led[shard]);

    /// <summary>Whether this node scrapes a target with these labels.</summary>
    public bool LeadsTarget(Labels labels) => Leads(map.Of(labels).Value);

    /// <summary>Whether this node leads the shard of a hash: one node of the cluster does, at most times.</summary>
    public bool LeadsHash(ulong hash) => Leads((int)(hash % (ulong)_led.Length));

    /// <summary>From now on it leads a shard.</summary>
    public void Add(int shard) => Set(shard, true);

    /// <summary>From now on it does not.</summary>
    public void Remove(int shard) => Set(shard, false);

    private void Set(int shard, bool isLed)
    {
        if (Volatile.Read(ref _led[shard]) != isLed)
        {
            Volatile.Write(ref _led[shard], isLed);
            news.Publish(new LedShardsChanged());
        }
    }
}

/// <summary>Which shards this node leads has changed.</summary>
internal sealed record LedShardsChanged;
