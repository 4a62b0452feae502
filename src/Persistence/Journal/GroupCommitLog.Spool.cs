using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Persistence;

/// <content>
/// The store is away: what has waited for long is kept on the disks of its leader and of a copy, and acknowledged. It keeps its place: when the
/// store is back it is committed before what came after it, read back from the spool.
/// </content>
public sealed partial class GroupCommitLog
{
    private static readonly TimeSpan SpoolLook = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan SpoolRetry = TimeSpan.FromSeconds(1);

    // Of acquisitions that have something in the spool and in nobody's hands.
    private readonly HashSet<Lead> _toDrain = [];
    private IReplicaSpool? _spool;
    private Action<int, long> _termLost = static (_, _) => { };
    private int _spooled;
    private long _spooledBytes;
    private long _spoolBegan;
    private long _drainedAt;
    private TimeSpan _drainPause;

    /// <inheritdoc/>
    public void UseSpool(IReplicaSpool spool, Action<int, long> termLost)
    {
        _spool = spool;
        _termLost = termLost;
    }

    /// <summary>Records that are acknowledged and that the journal does not have yet.</summary>
    public int SpooledCount
    {
        get
        {
            lock (_gate)
            {
                return _spooled;
            }
        }
    }

    /// <inheritdoc/>
    public bool IsSpooling => SpooledCount > 0;

    private async Task SpoolAsync(CancellationToken cancel)
    {
        var keeping = new List<Task>();
        Task? cut = null;
        while (true)
        {
            // What one look does not take is not left until the next is due.
            Task pause = _time.PauseAsync(_settings.Interval > SpoolLook ? _settings.Interval : SpoolLook, cancel);
            await (cut is null ? pause : Task.WhenAny(pause, cut));
            cancel.ThrowIfCancellationRequested();

            // A copy that is slow delays its own shards alone.
            Task once = SpoolOnceAsync(out bool isMore);
            keeping.Add(once);
            cut = isMore ? once : cut is { IsCompleted: false } ? cut : null;
            foreach (Task ended in keeping.Where(static task => task.IsCompleted))
            {
                await ended;
            }

            keeping.RemoveAll(static task => task.IsCompleted);
        }
    }

    /// <summary>Keeps what has waited for long, and everything behind it, and acknowledges what is kept. Nothing where nothing has.</summary>
    internal Task SpoolOnceAsync() => SpoolOnceAsync(out _);

    private Task SpoolOnceAsync(out bool isMore)
    {
        isMore = false;
        if (_spool is not { } spool || ToSpool(out SpoolRun[] runs, out isMore) is not { Count: > 0 } groups)
        {
            return Task.CompletedTask;
        }

        IReadOnlyList<Task<bool>> kept = spool.Keep(runs);
        return Task.WhenAll(groups.Select(async (group, i) => Acknowledge(spool, group, await kept[i])));
    }

    // By acquisition: what is neither spooled nor on its way there, the oldest first, at most as much as a commit has: the payloads are copied while nobody can
    // append, because their owner has them back as soon as the journal has the records. The rest is for the next look.
    private List<List<Waiting>> ToSpool(out SpoolRun[] runs, out bool isMore)
    {
        isMore = false;
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            bool isAway = _underWay.Exists(group => IsLate(group.QueuedAt, now)) || (_queue.First is { } first && IsLate(first.Value.QueuedAt, now));
            var groups = new Dictionary<Lead, List<Waiting>>();
            int bytes = 0;
            foreach (Waiting waiting in _underWay.SelectMany(static group => group.Waiting).Concat(_queue).Where(waiting => !waiting.IsSpooled && IsToBeKept(waiting.Lead, isAway, now)))
            {
                if (bytes > 0 && bytes + waiting.Bytes > _settings.GroupBytes)
                {
                    isMore = true;
                    break;
                }

                (groups.TryGetValue(waiting.Lead, out List<Waiting>? of) ? of : groups[waiting.Lead] = []).Add(waiting);
                bytes += waiting.Bytes;
            }

            foreach (Lead lead in groups.Keys)
            {
                lead.IsBeingKept = true;
            }

            runs = [.. groups.Values.Select(static group => new SpoolRun(RunOf(group), group[0].HashBefore, group[0].Lead.CommittedSeq))];
            return [.. groups.Values];
        }
    }

    private bool IsToBeKept(Lead lead, bool isAway, long now) =>
        !lead.IsBeingKept && (isAway || (lead.HasSpooled && IsLate(lead.SpooledSince, now)))
        && (lead.SpoolFailedAt is not { } failed || _time.GetElapsedTime(failed, now) >= SpoolRetry);

    private bool IsLate(long since, long now) => _time.GetElapsedTime(since, now) >= _settings.SpoolAfter;

    private static JournalRun RunOf(List<Waiting> group)
    {
        var run = new Group(group[0].Lead, group[0].Seq, group[0].HashBefore, group[0].QueuedAt);
        group.ForEach(waiting => run.Add(waiting, waiting.Payload!.Value.ToArray()));
        return run.ToRun();
    }

    private void Acknowledge(IReplicaSpool spool, List<Waiting> group, bool isKept)
    {
        Lead lead = group[0].Lead;
        bool isLate = false;
        lock (_gate)
        {
            lead.IsBeingKept = false;
            lead.SpoolFailedAt = isKept ? null : _time.GetTimestamp();
            if (!isKept)
            {
                PersistenceMetrics.RecordsNotSpooled.Add(group.Count);
                return;
            }

            if (_spooled == 0)
            {
                (_spoolBegan, _spooledBytes) = (group[0].QueuedAt, 0);
            }

            foreach (Waiting waiting in group)
            {
                if (waiting.HasEnded)
                {
                    // The journal was faster.
                    isLate = true;
                    continue;
                }

                waiting.IsSpooled = true;
                waiting.Payload = null;
                _queueBytes -= waiting.Bytes;
                _spooledBytes += waiting.Bytes;
                _spooled++;
                if (!waiting.IsUnderWay)
                {
                    // From here on it is one of many that nothing but their numbers is known of.
                    TakeOut(waiting);
                    lead.AddSpooled(waiting, _time);
                    _toDrain.Add(lead);
                }
            }
        }

        if (isLate)
        {
            spool.Release(lead.Shard, lead.CommittedSeq);
        }

        PersistenceMetrics.RecordsSpooled.Add(group.Count);
        foreach (Waiting waiting in group)
        {
            waiting.TrySetResult(LogOutcome.Durable);
        }
    }

    // How long until more may be taken out of the spool; null where nothing is in it.
    private TimeSpan? UntilDrain()
    {
        if (_toDrain.Count == 0)
        {
            return null;
        }

        TimeSpan left = _drainPause - _time.GetElapsedTime(_drainedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    // The oldest first. Half of a commit is for what comes in beside it, as far as there is any; and not faster than some times as fast as it was filled, for
    // others use the store too, and it has just come back.
    private List<Group> TakeSpooled()
    {
        Lead[] leads;
        int bytesMax;
        lock (_gate)
        {
            if (UntilDrain() is not { } pause || pause > TimeSpan.Zero)
            {
                return [];
            }

            bytesMax = _settings.GroupBytes - LiveBytes(_settings.GroupBytes / 2);
            leads = [.. _toDrain.OrderBy(static lead => lead.SpooledSince).ThenBy(static lead => lead.Shard)];
        }

        List<Group> groups = [];
        int bytes = 0;
        foreach (Lead lead in leads)
        {
            if (bytes >= bytesMax)
            {
                break;
            }

            if (!groups.Exists(group => group.Lead.Shard == lead.Shard) && TryTakeSpooled(lead, bytesMax - bytes, out Group group))
            {
                groups.Add(group);
                bytes += group.Bytes;
            }
        }

        lock (_gate)
        {
            double filled = _spooledBytes / Math.Max(1, _time.GetElapsedTime(_spoolBegan).TotalSeconds);
            _drainPause = TimeSpan.FromSeconds(bytes / Math.Max(_settings.DrainBytesMin, _settings.DrainFactor * filled));
            _drainedAt = _time.GetTimestamp();
        }

        return groups;
    }

    // What waits and could be committed now, up to some bytes.
    private int LiveBytes(int bytesMax)
    {
        int bytes = 0;
        for (LinkedListNode<Waiting>? place = _queue.First; place is not null && bytes < bytesMax; place = place.Next)
        {
            bytes += place.Value.Lead.HasSpooled ? 0 : place.Value.Bytes;
        }

        return Math.Min(bytes, bytesMax);
    }

    // Nobody but the one who commits takes any; more may come behind them meanwhile.
    private bool TryTakeSpooled(Lead lead, int bytesMax, out Group group)
    {
        (long through, long hash) = (0, 0);
        lock (_gate)
        {
            // It counts as waiting from now on: that it is late says nothing of others.
            group = new Group(lead, lead.SpooledFrom, lead.HashBeforeSpooled, _time.GetTimestamp());
            (through, hash) = (lead.SpooledThrough, lead.SpooledHash);
        }

        try
        {
            for (long seq = group.FirstSeq; seq <= through && (group.Count == 0 || group.Bytes < bytesMax); seq++)
            {
                group.AddSpooled(_spool!.Read(lead.Shard, seq));
            }

            if (group.LastSeq == through && group.Hash != hash)
            {
                throw new IOException($"what it has through record {through} is not what was to be kept");
            }
        }
        catch (IOException e)
        {
            // What it holds is in the copies of the shard: whoever takes it anew has them.
            group = new Group(lead, group.FirstSeq, lead.HashBeforeSpooled, group.QueuedAt);
            Refuse(group, $"the spool of shard {lead.Shard} cannot be read: {e.Message}");
            return false;
        }

        lock (_gate)
        {
            lead.TakeSpooled(group.LastSeq, group.Hash);
            if (!lead.HasSpooled)
            {
                _toDrain.Remove(lead);
            }
        }

        return true;
    }

    // How many of an acquisition that is over were in the spool and in nobody's hands: there they stay, for whoever looks what became of them.
    private int EndSpooled(Lead lead)
    {
        TaskCompletionSource? drained;
        int count;
        lock (_gate)
        {
            _toDrain.Remove(lead);
            count = lead.HasSpooled ? (int)(lead.SpooledThrough - lead.SpooledFrom + 1) : 0;
            if (count > 0)
            {
                lead.TakeSpooled(lead.SpooledThrough, 0);
            }

            lead.UnderWay -= count;
            _spooled -= count;
            drained = lead.UnderWay == 0 ? lead.Drained : null;
        }

        drained?.TrySetResult();
        return count;
    }

    private void ReleaseCommitted(Lead lead, long throughSeq)
    {
        lock (_gate)
        {
            lead.CommittedSeq = throughSeq;
        }

        if (_spool is { } spool && spool.Holds(lead.Shard))
        {
            spool.Release(lead.Shard, throughSeq);
        }
    }
}
