using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>
/// Lets go of the journal as far as all copies of a shard have saved it: asks those who copy what this node leads, and records what all of them
/// have. A shard one of whose copies cannot be asked keeps its records, and so does one of which there are fewer copies than there shall be: until
/// another is made, the database is what a lost disk is made good from.
/// </summary>
/// <param name="places">Ways to the other nodes.</param>
/// <param name="store">Takes the records of what is saved, and cuts the journal.</param>
/// <param name="savedSeq">Through which record a shard is saved here.</param>
/// <param name="replicas">Copies that a shard must have before records of it go, the leader's included.</param>
/// <param name="interval">Between two looks.</param>
internal sealed class JournalTrimActor(IShardPlaces places, IClusterStore store, Func<int, long> savedSeq, int replicas, TimeSpan interval) : Actor
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private ClusterStatus? _status;
    private bool _trims;

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<ClusterStatus>(Self);
        Timers.StartPeriodic(Due.Instance, Due.Instance, interval);
    }

    protected override void Receive(object message)
    {
        switch (message)
        {
            case ClusterStatus status:
                _status = status;
                break;
            case Due when !_trims && _status is { } status:
                _trims = true;
                Context.PipeToSelf(TrimAsync(CandidatesOf(status, places.Now, replicas)), static () => new Trimmed(), static _ => new Trimmed());
                break;
            case Due:
                break;
            case Trimmed:
                // Failed or not: the next look does what is left.
                _trims = false;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The shards this node leads of which there are enough copies, all of which can be asked, with those to be asked.</summary>
    internal static IReadOnlyList<(ShardOwnership Row, IReadOnlyList<ShardPeer> Copies)> CandidatesOf(ClusterStatus status, ShardPlaces places, int replicas)
    {
        if (status.Plan is not { } plan || status.View.Find(status.Self) is not { } self)
        {
            return [];
        }

        var candidates = new List<(ShardOwnership, IReadOnlyList<ShardPeer>)>();
        foreach (int shard in status.Leading.Where(shard => shard < plan.Shards.Length && shard < places.Shards.Length))
        {
            string[] planned = [.. plan.Shards[shard].All.Where(name => name != self.Name)];
            IReadOnlyList<ShardPeer> reached = places.Shards[shard].Followers;
            if (plan.Shards[shard].All.Count() < replicas)
            {
                ActorsMetrics.TrimsHeld.Add(1);
            }
            else if (planned.All(name => reached.Any(peer => peer.Name == name)))
            {
                candidates.Add((status.Rows[shard], reached));
            }
        }

        return candidates;
    }

    private async Task TrimAsync(IReadOnlyList<(ShardOwnership Row, IReadOnlyList<ShardPeer> Copies)> candidates)
    {
        Dictionary<int, long> saved = candidates.ToDictionary(static one => one.Row.Shard, one => savedSeq(one.Row.Shard));
        foreach (IGrouping<ShardPeer, int> asked in candidates.SelectMany(static one => one.Copies.Select(peer => (peer, one.Row.Shard))).GroupBy(static one => one.peer, static one => one.Shard))
        {
            int[] shards = [.. asked];
            NodeReply reply = await asked.Key.Link.AskAsync(Lane.Replication, CopyWire.AskSaved(shards), AnswerTimeout);
            IReadOnlyList<long> theirs = reply.Result == ReplyResult.Answered ? CopyWire.SavedOf(reply.Message.Payload.Span, shards.Length) : new long[shards.Length];
            for (int i = 0; i < shards.Length; i++)
            {
                saved[shards[i]] = Math.Min(saved[shards[i]], theirs[i]);
            }
        }

        foreach ((ShardOwnership row, _) in candidates)
        {
            // Twice the same moves the previous one up, too: a shard to which nothing is written any more keeps no records.
            if (saved[row.Shard] > row.PreviousSnapshotSeq)
            {
                await store.Manifests.RecordAsync(new SnapshotManifest(row.Shard, row.Epoch, saved[row.Shard], []), row.Token, CancellationToken.None);
            }
        }

        await store.Journal.TrimAsync(CancellationToken.None);
    }

    private sealed record Trimmed;

    private sealed class Due
    {
        public static readonly Due Instance = new();
    }
}
