using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Persistence;

/// <summary>
/// The journal of a cluster as the shards of one node see it: their records are gathered for a moment and committed together,
/// each shard's in order, and each is acknowledged when the journal is certain to have it.
/// </summary>
/// <remarks>
/// One commit is under way at a time: while it is, the next group gathers. What the store leaves open is settled by reading it, for as
/// long as that takes; meanwhile records wait, and when too many do, more are refused. Where there is a spool, what has waited for long is
/// kept there and acknowledged. Thread-safe.
/// </remarks>
public sealed partial class GroupCommitLog : IShardLog, IShardTerms
{
    private readonly Lock _gate = new();
    private readonly IFencedJournal _journal;
    private readonly GroupCommitSettings _settings;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, Lead> _leads = [];
    private readonly LinkedList<Waiting> _queue = new();
    private List<Group> _underWay = [];
    private int _queueBytes;
    private long _bytesInQueue;
    private TaskCompletionSource _work = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="journal">Where records go.</param>
    /// <param name="settings">How they are gathered.</param>
    /// <param name="time">Of the interval and of pauses.</param>
    public GroupCommitLog(IFencedJournal journal, GroupCommitSettings settings, TimeProvider time)
    {
        _journal = journal;
        _settings = settings;
        _time = time;
    }

    /// <summary>Bytes waiting to be committed or being committed.</summary>
    public int QueueBytes
    {
        get
        {
            lock (_gate)
            {
                return _queueBytes;
            }
        }
    }

    /// <summary>Accepts records of a shard from now on, behind those that its row counts.</summary>
    /// <param name="row">As <see cref="IShardOwnership.TakeAsync"/> returned it.</param>
    public void BeginLead(ShardOwnership row)
    {
        lock (_gate)
        {
            if (_leads.TryGetValue(row.Shard, out Lead? there) && (there.Epoch, there.Token, there.NextSeq, there.Hash) == (row.Epoch, row.Token, row.NextSeq, row.Hash))
            {
                // What was restored may be in the spool alone: the journal does not have everything before the row's end yet.
                there.IsRestoring = false;
                return;
            }

            _leads[row.Shard] = new Lead(row);
        }
    }

    /// <inheritdoc/>
    public void BeginRestore(ShardOwnership row)
    {
        lock (_gate)
        {
            _leads[row.Shard] = new Lead(row) { IsRestoring = true };
        }
    }

    /// <inheritdoc/>
    Task IShardTerms.EndLeadAsync(int shard) => EndLeadAsync(new ShardId(shard));

    /// <inheritdoc/>
    public Task EndLeadAsync(int shard, long epoch)
    {
        lock (_gate)
        {
            return _leads.TryGetValue(shard, out Lead? lead) && lead.Epoch == epoch ? EndLeadAsync(new ShardId(shard)) : Task.CompletedTask;
        }
    }

    /// <summary>Accepts no more records of a shard; completes when none is under way.</summary>
    public Task EndLeadAsync(ShardId shard)
    {
        lock (_gate)
        {
            if (!_leads.Remove(shard.Value, out Lead? lead) || lead.UnderWay == 0)
            {
                return Task.CompletedTask;
            }

            lead.Drained = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return lead.Drained.Task;
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            if (!_leads.TryGetValue(shard.Value, out Lead? lead) || lead.Epoch != epoch)
            {
                return Done(LogResult.Fenced, $"this node does not hold shard {shard} with epoch {epoch}");
            }

            if (seq != lead.NextSeq)
            {
                return Done(LogResult.Fenced, $"shard {shard} goes on with number {lead.NextSeq}, not {seq}");
            }

            if (payload.Length > _settings.RecordBytesMax)
            {
                return Done(LogResult.Refused, $"a record of {payload.Length} bytes exceeds {_settings.RecordBytesMax}");
            }

            // What is restored was acknowledged before: whoever restores sees to it that there is not much of it at a time, and waits.
            if (!lead.IsRestoring && _queueBytes + payload.Length > _settings.QueueBytesMax)
            {
                PersistenceMetrics.JournalRefused.Add(1);
                return Done(LogResult.Refused, $"{_queueBytes} bytes wait to be committed, and the limit is {_settings.QueueBytesMax}");
            }

            if (_spooled > 0 && !lead.IsRestoring && _spool is { TakesMore: false })
            {
                PersistenceMetrics.SpoolRefused.Add(1);
                return Done(LogResult.Refused, "the cluster's store is away and the spool is full");
            }

            lead.NextSeq++;
            long hashBefore = lead.Hash;
            lead.Hash = (long)XxHash64.Of(payload.Span, (ulong)lead.Hash);
            lead.UnderWay++;
            var waiting = new Waiting(lead, seq, hashBefore, lead.Hash, payload, _time.GetTimestamp());
            waiting.Place = _queue.AddLast(waiting);
            _queueBytes += payload.Length;
            _bytesInQueue += payload.Length;
            if (!lead.HasSpooled)
            {
                _work.TrySetResult();
            }

            if (_bytesInQueue >= _settings.GroupBytes)
            {
                _enough.TrySetResult();
            }

            return new ValueTask<LogOutcome>(waiting.Task);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ReplayAsync(ShardId shard, long afterSeq, LogVisitor visit, CancellationToken cancel)
    {
        const int RecordsAPage = 64;
        while (true)
        {
            IReadOnlyList<JournalRecord> page = await _journal.ReadAsync(shard.Value, afterSeq, RecordsAPage, cancel);
            foreach (JournalRecord record in page)
            {
                cancel.ThrowIfCancellationRequested();
                visit(shard, record.Epoch, record.Seq, record.Payload.Span);
                afterSeq = record.Seq;
            }

            if (page.Count == 0)
            {
                return;
            }
        }
    }

    /// <summary>Nothing: records go when the manifests of all shards cover them (<see cref="IFencedJournal.TrimAsync"/>).</summary>
    public void Release(ShardId shard, long throughSeq)
    {
    }

    /// <summary>Commits group after group until it is cancelled. What waits then stays unanswered: cancel when nothing does, or when the process ends.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        Task committing = CommitAsync(cancel);
        await await (_spool is null ? Task.WhenAny(committing) : Task.WhenAny(committing, SpoolAsync(cancel)));
    }

    private async Task CommitAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task work;
            Task enough;
            TimeSpan? drain;
            lock (_gate)
            {
                work = _work.Task;
                enough = _enough.Task;
                drain = UntilDrain();
            }

            await (drain is { } pause ? Task.WhenAny(work, _time.PauseAsync(pause, cancel)) : work).WaitAsync(cancel);
            if (_settings.Interval > TimeSpan.Zero)
            {
                await Task.WhenAny(_time.PauseAsync(_settings.Interval, cancel), enough);
                cancel.ThrowIfCancellationRequested();
            }

            await CommitOnceAsync(cancel);
        }
    }

    /// <summary>Commits one group of what waits, and answers those who wait for it. Nothing where nothing waits.</summary>
    internal async Task CommitOnceAsync(CancellationToken cancel)
    {
        List<Group> groups = TakeGroups();
        if (groups.Count == 0)
        {
            return;
        }

        JournalRun[] runs = [.. groups.Select(static group => group.ToRun())];
        long began = _time.GetTimestamp();
        JournalVerdict[] verdicts = await _journal.AppendAsync(runs);
        PersistenceMetrics.JournalCommits.Add(1);
        PersistenceMetrics.JournalCommitSeconds.Record(_time.GetElapsedTime(began).TotalSeconds);
        for (int i = 0; i < runs.Length; i++)
        {
            JournalSettlement settled = verdicts[i] == JournalVerdict.Committed
                ? JournalSettlement.Committed
                : await SettleAsync(runs[i], verdicts[i], cancel);
            Answer(groups[i], settled);
        }
    }

    // At most one run a shard, for the journal takes no more in one commit.
    private List<Group> TakeGroups()
    {
        List<Group> groups = TakeSpooled();
        lock (_gate)
        {
            var byLead = groups.ToDictionary(static group => group.Lead);
            var shards = groups.Select(static group => group.Lead.Shard).ToHashSet();
            int bytes = groups.Sum(static group => group.Bytes);
            LinkedListNode<Waiting>? place = _queue.First;
            while (place is { Value: { } next })
            {
                place = place.Next;
                if (next.Lead.HasSpooled)
                {
                    // What is spooled comes before it.
                    continue;
                }

                if (bytes > 0 && bytes + next.Bytes > _settings.GroupBytes)
                {
                    break;
                }

                if (!byLead.TryGetValue(next.Lead, out Group? group))
                {
                    if (!shards.Add(next.Lead.Shard))
                    {
                        // A shard was given up and taken again within one interval.
                        continue;
                    }

                    byLead[next.Lead] = group = new Group(next.Lead, next.Seq, next.HashBefore, next.QueuedAt);
                    groups.Add(group);
                }

                // A copy: once a record is acknowledged from the spool, which may be while it is being committed, its owner fills the buffer with another.
                group.Add(next, _spool is null ? next.Payload!.Value : next.Payload!.Value.ToArray());
                next.IsUnderWay = true;
                TakeOut(next);
                bytes += next.Bytes;
            }

            NoteWork();
            _underWay = [.. groups];
        }

        return groups;
    }

    // In no more time than the first takes, however many wait before it.
    private void TakeOut(Waiting waiting)
    {
        if (waiting.Place is { } place)
        {
            _queue.Remove(place);
            waiting.Place = null;
            _bytesInQueue -= waiting.Bytes;
        }
    }

    // Whether there is something that can be committed, and so much that nothing more is waited for.
    private void NoteWork()
    {
        if (_queue.Any(static waiting => !waiting.Lead.HasSpooled))
        {
            _work.TrySetResult();
        }
        else if (_work.Task.IsCompleted)
        {
            _work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_bytesInQueue >= _settings.GroupBytes)
        {
            _enough.TrySetResult();
        }
    }

    private async Task<JournalSettlement> SettleAsync(JournalRun run, JournalVerdict verdict, CancellationToken cancel)
    {
        TimeSpan pause = _settings.RetryPause;
        while (true)
        {
            if (verdict == JournalVerdict.Indeterminate)
            {
                PersistenceMetrics.JournalIndeterminate.Add(1);
            }

            try
            {
                JournalSettlement settled = await _journal.SettleAsync(run, cancel);
                if (settled != JournalSettlement.NotCommitted)
                {
                    return settled;
                }

                verdict = (await _journal.AppendAsync([run]))[0];
                if (verdict == JournalVerdict.Committed)
                {
                    return JournalSettlement.Committed;
                }
            }
            catch (ClusterStoreException)
            {
                // The store is away. Nothing is decided without it.
            }

            await _time.PauseAsync(pause, cancel);
            pause = pause * 2 < _settings.RetryPauseMax ? pause * 2 : _settings.RetryPauseMax;
        }
    }

    private static ValueTask<LogOutcome> Done(LogResult result, string reason) => new(new LogOutcome(result, reason));
}
