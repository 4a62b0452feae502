using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Keeps records on the disk of this node and on that of at least one other copy of their shard. A copy that does not answer delays no shard that another copy
/// keeps; it is asked nothing more of a shard until it has, or its time is over. Safe from any thread.
/// </summary>
/// <param name="spool">Of this node.</param>
/// <param name="places">Where copies are.</param>
/// <param name="answerTimeout">How long a copy is waited for; null for two seconds.</param>
internal sealed class ReplicatedSpool(SpoolLog spool, IShardPlaces places, TimeSpan? answerTimeout = null) : IReplicaSpool
{
    private const int TriesMax = 3;

    private readonly TimeSpan _answerTimeout = answerTimeout ?? TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private readonly HashSet<(ShardPeer Peer, int Shard)> _busy = [];

    /// <inheritdoc/>
    public bool TakesMore => spool.Use.Share < 1;

    /// <inheritdoc/>
    public bool Holds(int shard) => spool.Holds(shard);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Read(int shard, long seq) => spool.Read(shard, seq);

    /// <inheritdoc/>
    public void Release(int shard, long throughSeq) => spool.Release(shard, throughSeq);

    /// <inheritdoc/>
    public IReadOnlyList<Task<bool>> Keep(IReadOnlyList<SpoolRun> runs)
    {
        Keeping[] all = [.. runs.Select(static run => new Keeping(run))];
        _ = Task.Run(() => KeepAsync(all));
        return [.. all.Select(static keeping => keeping.Task)];
    }

    private async Task KeepAsync(Keeping[] all)
    {
        try
        {
            ShardPlaces now = places.Now;
            var asked = new Dictionary<ShardPeer, List<Keeping>>();
            foreach (Keeping keeping in KeptHere(all))
            {
                foreach (ShardPeer peer in now.Shards[keeping.Shard].Followers)
                {
                    if (TryBegin(peer, keeping))
                    {
                        (asked.TryGetValue(peer, out List<Keeping>? of) ? of : (asked[peer] = [])).Add(keeping);
                    }
                }
            }

            foreach (Keeping keeping in all.Where(static keeping => keeping.IsAskedOfNobody))
            {
                keeping.End(isKept: false);
            }

            await Task.WhenAll(asked.Select(of => KeepWithAsync(of.Key, of.Value)));
        }
        finally
        {
            foreach (Keeping keeping in all)
            {
                keeping.End(isKept: false);
            }
        }
    }

    private IReadOnlyList<Keeping> KeptHere(Keeping[] all)
    {
        Keeping[] fit = [.. all.Where(keeping =>
            keeping.Records.All(static record => record.Payload.Length <= SpoolWire.PayloadBytesMax && record.IsWhole)
            && spool.GoesOnWith(keeping.Shard, keeping.Run.Run.Epoch, keeping.Run.Run.FirstSeq, keeping.Run.HashBefore))];
        try
        {
            IReadOnlySet<int> refused = spool.Append([.. fit.SelectMany(static keeping => keeping.Records)]);
            return [.. fit.Where(keeping => !refused.Contains(keeping.Shard))];
        }
        catch (IOException)
        {
            return [];
        }
    }

    // Not while it is being sent what it lacks, or has not answered for an earlier run.
    private bool TryBegin(ShardPeer peer, Keeping keeping)
    {
        lock (_gate)
        {
            if (!_busy.Add((peer, keeping.Shard)))
            {
                return false;
            }
        }

        keeping.NoteAsked();
        return true;
    }

    // Before whoever waits goes on: the next run of the shard may come at once.
    private void End(ShardPeer peer, Keeping keeping, bool isKept)
    {
        lock (_gate)
        {
            _busy.Remove((peer, keeping.Shard));
        }

        keeping.NoteAnswered(isKept);
    }

    private async Task KeepWithAsync(ShardPeer peer, IReadOnlyList<Keeping> asked)
    {
        Dictionary<int, (Keeping Of, long From)> left = asked.ToDictionary(static keeping => keeping.Shard, static keeping => (keeping, keeping.Run.Run.FirstSeq));
        try
        {
            for (int tries = 0; tries < TriesMax && left.Count > 0; tries++)
            {
                Dictionary<int, long> refused = [];
                foreach (NodeMessage message in SpoolWire.Write(left.Values.SelectMany(one => NewsFrom(one.Of, one.From))))
                {
                    NodeReply reply = await peer.Link.AskAsync(Lane.Replication, message, _answerTimeout);
                    if (reply.Result != ReplyResult.Answered)
                    {
                        return;
                    }

                    foreach ((int shard, long needed) in SpoolWire.AnswerOf(reply.Message.Payload.Span))
                    {
                        refused[shard] = refused.TryGetValue(shard, out long before) ? Math.Min(before, needed) : needed;
                    }
                }

                foreach ((int shard, (Keeping of, _)) in left.ToArray())
                {
                    if (refused.TryGetValue(shard, out long needed) && needed > 0)
                    {
                        left[shard] = (of, needed);
                        continue;
                    }

                    left.Remove(shard);
                    End(peer, of, isKept: !refused.ContainsKey(shard));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // Its answer, or the spool here, cannot be read; or it is gone.
        }
        finally
        {
            foreach ((Keeping of, _) in left.Values)
            {
                End(peer, of, isKept: false);
            }
        }
    }

    private IEnumerable<SpoolNews> NewsFrom(Keeping keeping, long from)
    {
        SpoolRun run = keeping.Run;
        for (long seq = from; seq < run.Run.FirstSeq; seq++)
        {
            SpoolEntry entry = spool.Find(keeping.Shard, seq) ?? throw new IOException($"record {seq} of shard {keeping.Shard} is not in the spool any more");

            // Under the epoch of whoever sends it: a term before may have left it, and who keeps it takes nothing of that any more.
            yield return new SpoolNews(
                new SpooledRecord(keeping.Shard, run.Run.Epoch, seq, entry.HashBefore, entry.Hash, spool.Read(keeping.Shard, seq)), run.CommittedThrough);
        }

        foreach (SpooledRecord record in keeping.Records.Where(record => record.Seq >= from))
        {
            yield return new SpoolNews(record, run.CommittedThrough);
        }
    }

    // A run that is being kept: it is when one copy has it, and is not when none of those that were asked has.
    private sealed class Keeping(SpoolRun run)
    {
        private readonly TaskCompletionSource<bool> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _asked;

        public SpoolRun Run => run;

        public int Shard => run.Run.Shard;

        public Task<bool> Task => _end.Task;

        public bool IsAskedOfNobody => _asked == 0;

        public IEnumerable<SpooledRecord> Records
        {
            get
            {
                long before = run.HashBefore;
                for (int i = 0; i < run.Run.Payloads.Count; i++)
                {
                    yield return new SpooledRecord(Shard, run.Run.Epoch, run.Run.FirstSeq + i, before, run.Run.Hashes[i], run.Run.Payloads[i]);
                    before = run.Run.Hashes[i];
                }
            }
        }

        // All copies are told of before the first of them is asked.
        public void NoteAsked() => _asked++;

        public void NoteAnswered(bool isKept)
        {
            if (isKept || Interlocked.Decrement(ref _asked) == 0)
            {
                End(isKept);
            }
        }

        public void End(bool isKept) => _end.TrySetResult(isKept);
    }
}
