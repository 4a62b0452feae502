using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Scraping;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Where durable samples leave the shards for the queues of remote write. Shards offer in their turns; who sends decides which queues
/// there are. Thread-safe.
/// </summary>
internal sealed class SampleTap
{
    private volatile IReadOnlyList<SendLane[]> _destinations = [];

    /// <summary>The configuration in force, for an actor that has to begin anew; null before the first.</summary>
    public ApplyConfiguration? InForce { get; set; }

    /// <summary>Whether anybody takes samples; while nobody does, shards keep nothing for it.</summary>
    public bool IsOpen => _destinations.Count > 0;

    /// <summary>From now on samples go here: for each destination its lanes, shard i into lane i mod their number.</summary>
    public void LeadTo(IReadOnlyList<SendLane[]> destinations) => _destinations = destinations;

    /// <summary>Offers the accepted rows of a durable batch.</summary>
    public void Offer(ShardId shard, SampleBatch batch, PreparedBatch prepared)
    {
        foreach (SendLane[] lanes in _destinations)
        {
            SendLane lane = lanes[shard.Value % lanes.Length];
            if (lane.Queue.Offer(batch, prepared.Rows))
            {
                lane.Wake();
            }
        }
    }
}

/// <summary>One lane to a destination: its queue, and the actor that empties it.</summary>
internal sealed class SendLane(SendQueue queue)
{
    private ActorRef? _actor;
    private int _woken;

    /// <summary>What waits.</summary>
    public SendQueue Queue => queue;

    /// <summary>Who sends.</summary>
    public void Belongs(ActorRef actor) => Volatile.Write(ref _actor, actor);

    /// <summary>Tells the actor that there is something to do, unless it has been told and has not looked yet.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 0)
        {
            Volatile.Read(ref _actor)?.Tell(WakeLane.Instance);
        }
    }

    /// <summary>The actor looks now: the next <see cref="Wake"/> tells it again.</summary>
    public void Looked() => Volatile.Write(ref _woken, 0);
}

/// <summary>There is something to send.</summary>
internal sealed class WakeLane
{
    /// <summary>The only one.</summary>
    public static readonly WakeLane Instance = new();

    private WakeLane()
    {
    }
}
