using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>
/// Sends what this node has committed to those who copy its shards, so that they need not read it from the journal. What does not arrive they read
/// there at their next look.
/// </summary>
/// <param name="places">Who copies what.</param>
internal sealed class CommittedNewsActor(IShardPlaces places) : Actor
{
    // The shards of one commit tell of it within this time.
    private static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(5);

    private readonly List<CommittedRecord> _waiting = [];
    private readonly Dictionary<ShardPeer, List<CommittedRecord>> _byPeer = [];
    private long _bytes;

    protected override void Receive(object message)
    {
        switch (message)
        {
            case CommittedNews news:
                if (_waiting.Count == 0)
                {
                    Timers.StartSingle(Due.Instance, Due.Instance, GatherTime);
                }

                _waiting.Add(news.What);
                _bytes += news.What.Record.Payload.Length;
                if (_bytes >= RecordsWire.BytesMax)
                {
                    Send();
                }

                break;
            case Due:
                Send();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Send()
    {
        ShardPlaces now = places.Now;
        foreach (CommittedRecord record in _waiting)
        {
            foreach (ShardPeer peer in now.Shards[record.Shard].Followers)
            {
                if (!_byPeer.TryGetValue(peer, out List<CommittedRecord>? records))
                {
                    _byPeer.Add(peer, records = []);
                }

                records.Add(record);
            }
        }

        foreach ((ShardPeer peer, List<CommittedRecord> records) in _byPeer)
        {
            foreach (NodeMessage message in RecordsWire.Write(records))
            {
                _ = TellAsync(peer.Link, message);
            }
        }

        // Followers change with the plan: none of them is kept.
        _byPeer.Clear();
        _waiting.Clear();
        _bytes = 0;
    }

    private static async Task TellAsync(PeerLink link, NodeMessage message)
    {
        if (!await link.TellAsync(Lane.Replication, message))
        {
            ActorsMetrics.NewsNotSent.Add(1);
        }
    }

    private sealed class Due
    {
        public static readonly Due Instance = new();
    }
}

/// <summary>A record was committed by this node.</summary>
internal sealed record CommittedNews(CommittedRecord What);
