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
/// long as that takes; meanwhile records wait, and when too many do, more are refused. Thread-safe.
/// </remarks>
public sealed class GroupCommitLog : IShardLog, IShardTerms
{
    private readonly Lock _gate = new();
    private readonly IFencedJournal _journal;
    private readonly GroupCommitSettings _settings;
    private readonly TimeProvider _time;
    private readonly Dictionary<int, Lead> _leads = [];
    private Queue<Waiting> _queue = new();
    private int _queueBytes;
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
            _leads[row.Shard] = new Lead(row.Epoch, row.Token, row.NextSeq, row.Hash);
        }
    }

    /// <inheritdoc/>
    Task IShardTerms.EndLeadAsync(int shard) => EndLeadAsync(new ShardId(shard));

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

            if (_queueBytes + payload.Length > _settings.QueueBytesMax)
            {
                PersistenceMetrics.JournalRefused.Add(1);
                return Done(LogResult.Refused, $"{_queueBytes} bytes wait to be committed, and the limit is {_settings.QueueBytesMax}");
            }

            lead.NextSeq++;
            lead.Hash = (long)XxHash64.Of(payload.Span, (ulong)lead.Hash);
            lead.UnderWay++;
            var waiting = new Waiting(shard.Value, lead, seq, lead.Hash, payload);
            _queue.Enqueue(waiting);
            _queueBytes += payload.Length;
            _work.TrySetResult();
            if (_queueBytes >= _settings.GroupBytes)
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
        while (true)
        {
            Task work;
            Task enough;
            lock (_gate)
            {
                work = _work.Task;
                enough = _enough.Task;
            }

            await work.WaitAsync(cancel);
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
        List<JournalRun> runs = [];
        List<List<Waiting>> groups = TakeGroup(runs);
        if (runs.Count == 0)
        {
            return;
        }

        long began = _time.GetTimestamp();
        JournalVerdict[] verdicts = await _journal.AppendAsync(runs);
        PersistenceMetrics.JournalCommits.Add(1);
        PersistenceMetrics.JournalCommitSeconds.Record(_time.GetElapsedTime(began).TotalSeconds);
        for (int i = 0; i < runs.Count; i++)
        {
            JournalSettlement settled = verdicts[i] == JournalVerdict.Committed
                ? JournalSettlement.Committed
                : await SettleAsync(runs[i], verdicts[i], cancel);
            Answer(runs[i], groups[i], settled);
        }
    }

    private List<List<Waiting>> TakeGroup(List<JournalRun> runs)
    {
        List<List<Waiting>> groups = [];
        lock (_gate)
        {
            var byLead = new Dictionary<Lead, List<Waiting>>();
            var later = new Queue<Waiting>();
            var shards = new HashSet<int>();
            int bytes = 0;
            while (_queue.TryPeek(out Waiting? next) && (bytes == 0 || bytes + next.Payload.Length <= _settings.GroupBytes))
            {
                _queue.Dequeue();
                if (!byLead.TryGetValue(next.Lead, out List<Waiting>? group))
                {
                    // A shard that was given up and taken again within one interval: one run a shard and commit.
                    if (!shards.Add(next.Shard))
                    {
                        later.Enqueue(next);
                        continue;
                    }

                    byLead[next.Lead] = group = [];
                    groups.Add(group);
                }

                group.Add(next);
                bytes += next.Payload.Length;
            }

            if (later.Count > 0)
            {
                _queue = new Queue<Waiting>(later.Concat(_queue));
            }

            if (_queue.Count == 0)
            {
                _work = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_queue.Sum(static waiting => (long)waiting.Payload.Length) >= _settings.GroupBytes)
            {
                _enough.TrySetResult();
            }
        }

        foreach (List<Waiting> group in groups)
        {
            Waiting first = group[0];
            runs.Add(new JournalRun(
                first.Shard, first.Lead.Epoch, first.Lead.Token, first.Seq,
                [.. group.Select(static waiting => waiting.Hash)], [.. group.Select(static waiting => waiting.Payload)]));
        }

        return groups;
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

    private void Answer(JournalRun run, List<Waiting> group, JournalSettlement settled)
    {
        if (settled == JournalSettlement.Committed)
        {
            PersistenceMetrics.JournalRecords.Add(group.Count);
            PersistenceMetrics.JournalBytes.Add(group.Sum(static waiting => (long)waiting.Payload.Length));
            Complete(group, LogOutcome.Durable);
            return;
        }

        string reason = settled == JournalSettlement.Regressed
            ? $"the journal of shard {run.Shard} has lost records that it had acknowledged"
            : $"shard {run.Shard} has another owner";
        List<Waiting> refused = [.. group];
        lock (_gate)
        {
            // Whatever of this acquisition waits behind would leave a gap.
            Lead lead = group[0].Lead;
            refused.AddRange(_queue.Where(waiting => ReferenceEquals(waiting.Lead, lead)));
            _queue = new Queue<Waiting>(_queue.Where(waiting => !ReferenceEquals(waiting.Lead, lead)));
            if (_leads.GetValueOrDefault(run.Shard) == lead)
            {
                _leads.Remove(run.Shard);
            }
        }

        if (settled == JournalSettlement.Regressed)
        {
            PersistenceMetrics.JournalRegressed.Add(1);
        }
        else
        {
            PersistenceMetrics.JournalFenced.Add(refused.Count);
        }

        Complete(refused, new LogOutcome(LogResult.Fenced, reason));
    }

    private void Complete(List<Waiting> waiters, LogOutcome outcome)
    {
        TaskCompletionSource? drained = null;
        lock (_gate)
        {
            Lead lead = waiters[0].Lead;
            _queueBytes -= waiters.Sum(static waiting => waiting.Payload.Length);
            lead.UnderWay -= waiters.Count;
            drained = lead.UnderWay == 0 ? lead.Drained : null;
        }

        foreach (Waiting waiting in waiters)
        {
            waiting.SetResult(outcome);
        }

        drained?.TrySetResult();
    }

    private static ValueTask<LogOutcome> Done(LogResult result, string reason) => new(new LogOutcome(result, reason));

    /// <summary>An acquisition of a shard by this node.</summary>
    private sealed class Lead(long epoch, Guid token, long nextSeq, long hash)
    {
        public long Epoch { get; } = epoch;

        public Guid Token { get; } = token;

        public long NextSeq { get; set; } = nextSeq;

        public long Hash { get; set; } = hash;

        public int UnderWay { get; set; }

        public TaskCompletionSource? Drained { get; set; }
    }

    private sealed class Waiting(int shard, Lead lead, long seq, long hash, ReadOnlyMemory<byte> payload)
        : TaskCompletionSource<LogOutcome>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public int Shard { get; } = shard;

        public Lead Lead { get; } = lead;

        public long Seq { get; } = seq;

        public long Hash { get; } = hash;

        public ReadOnlyMemory<byte> Payload { get; } = payload;
    }
}
