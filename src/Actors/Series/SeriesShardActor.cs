using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// The one writer of a shard. A batch goes into the journal, then into the head, and only then is it acknowledged;
/// readers get a view, which takes a turn no time.
/// </summary>
internal sealed partial class SeriesShardActor : Actor
{
    private readonly ShardId _id;
    private readonly ShardHome _home;
    private readonly SampleTap _tap;
    private readonly ILogger _log;
    private readonly Queue<Pending> _pending = new();
    private readonly ExemplarBuffer _exemplars;
    private Shard? _shard;
    private bool _refusing;
    private bool _saving;
    private DateTimeOffset _openedAt;
    private long _openedTicks;

    /// <param name="id">Which shard.</param>
    /// <param name="home">Where it recovers from, is journalled and saved.</param>
    /// <param name="tap">Where durable samples are offered to whom they are forwarded.</param>
    /// <param name="log">For people.</param>
    public SeriesShardActor(ShardId id, ShardHome home, SampleTap tap, ILogger log)
    {
        _id = id;
        _home = home;
        _tap = tap;
        _log = log;
        _exemplars = new ExemplarBuffer(home.ExemplarsPerShard);
        _recent = home.Cluster is { } journal ? new RecentRecords(journal.Recent) : null;
    }

    private Shard Shard => _shard ?? throw new InvalidOperationException("the shard has not recovered yet");

    protected override void PreStart()
    {
        // A restart after a failure gets here too: what the failed turn left half done is not trusted, the journal is.
        _home.LayOut(_id, null);
        _home.Cluster?.NoteNothingApplied(_id.Value);
        Become(WhileRecovering);
        _home.Cluster?.Restarted(_id.Value);
        Context.PipeToSelf(OpenAsync(), static recovered => recovered);
    }

    protected override void PostStop()
    {
        _home.LayOut(_id, null);
        _home.Cluster?.NoteNothingApplied(_id.Value);
        SaveExemplarsAtEnd();
        foreach (Pending pending in _pending)
        {
            const string unknown = "the shard is being closed; what became of the batch is unknown";
            pending.Rows?.Dispose();
            pending.Sender.Tell(pending.Deletes is not null ? new SamplesDeleted(unknown) : IngestOutcome.Nothing with { Failure = unknown }, Self);
        }

        _pending.Clear();
        _recent?.Clear();
        _goalAsker?.Tell(new Failure(new InvalidOperationException($"shard {_id} is being closed")), Self);
        Answer(_sealServed, "the shard is being closed; what was sealed stays sealed");
        Answer(_sealAskers, "the shard is being closed");
        GiveUpDeletions();
        GiveTurnBack();
    }

    protected override void Receive(object message)
    {
        if (message is not (AppendBatch or Logged or TakeView or TakeExemplars or TakeFigures))
        {
            // Blocks, retention: whatever a turn changes beside samples, nobody sees the state before it once it is answered.
            Shard.WithdrawView();
        }

        switch (message)
        {
            case AppendBatch append when _leads:
                Append(append);
                break;
            case AppendBatch append:
                Move(append.Batch, append.ComesBack, Sender);
                break;
            case Logged logged:
                OnLogged(logged);
                break;
            case TakeView:
                GiveView();
                break;
            case TakeExemplars:
                Sender.Tell(new ExemplarsTaken(_exemplars.Copy()), Self);
                break;
            case TakeFigures:
                Sender.Tell(new FiguresTaken(Shard.Figures()), Self);
                break;
            case SaveSnapshot:
                Save(Sender);
                break;
            case ExemplarsSaved saved:
                OnExemplarsSaved(saved);
                break;
            case SaveDue when !_saving && (Shard.IsSnapshotDue(_home.Settings.SnapshotFloorBytes) || _home.IsHeldBackBy(Shard)):
                SaveExemplars();
                Save(null);
                break;
            case SaveDue:
                SaveExemplars();
                break;
            case Saved saved:
                OnSaved(saved);
                break;
            case RetentionDue when Shard.NewestTime == long.MinValue:
                break;
            case RetentionDue:
                Retain();
                break;
            case UseOutOfOrderWindow use:
                _home.OutOfOrderWindow = use.Window;
                Shard.OutOfOrderWindowMs = (long)use.Window.TotalMilliseconds;
                break;
            case DeleteSamples delete:
                _deletions.Enqueue((delete, Sender));
                BeginDeletion();
                break;
            case TombstoneSaved saved:
                OnTombstoneSaved(saved);
                break;
            case CommittedSaved saved:
                OnCommittedSaved(saved);
                break;
            case SavedForRecord saved:
                OnSavedForRecord(saved);
                break;
            case CleanTombstones:
                _cleanAskers.Add(Sender);
                BeginUpkeep();
                break;
            case TombstonesDropped dropped:
                OnTombstonesDropped(dropped);
                break;
            case SealHead:
                _sealAskers.Add(Sender);
                BeginUpkeep();
                break;
            case UpkeepDue:
                BeginUpkeep();
                break;
            case UpkeepTurn:
                OnUpkeepTurn();
                break;
            case Settling:
                GoOn();
                break;
            case Sealed done:
                OnSealed(done);
                break;
            case Rolled rolled:
                OnRolled(rolled);
                break;
            case Merged done:
                OnMerged(done);
                break;
            case RolledUp done:
                OnRolledUp(done);
                break;
            default:
                if (!ReceiveOfCluster(message))
                {
                    Unhandled(message);
                }

                break;
        }
    }

    private void Retain()
    {
        long now = RetentionNow().Milliseconds;
        Shard.Retain(_home.Settings.Policy, _home.Settings.Rollups, now);
        Shard.RetainRollups(_home.Settings.Rollups, now);
        int dropped = 0;
        foreach ((long resolutionMs, long through) in _home.SizeCuts())
        {
            dropped += resolutionMs == 0 ? Shard.DropBlocksThrough(through) : Shard.DropRollupsThrough(resolutionMs, through);
        }

        if (dropped > 0)
        {
            _log.BlocksOverSize(_id.Value, dropped);
        }

        _home.Publish(_id, Shard);
    }

    // A wall clock that jumps forwards must not make everything look old: retention advances with the steady clock at most,
    // and never beyond the newest sample.
    private Timestamp RetentionNow()
    {
        Timestamp now = SteadyNow();
        return Shard.NewestTime < now.Milliseconds ? new Timestamp(Shard.NewestTime) : now;
    }

    private Timestamp SteadyNow()
    {
        DateTimeOffset wall = Context.Time.GetUtcNow();
        DateTimeOffset steady = _openedAt + Context.Time.GetElapsedTime(_openedTicks);
        return Timestamp.From(wall < steady ? wall : steady);
    }

    private void WhileRecovering(object message)
    {
        switch (message)
        {
            case Recovered recovered:
                _shard = recovered.Shard;
                RestoreExemplars(recovered.Exemplars);
                _shard.Neighbours = _home;
                _shard.OutOfOrderWindowMs = (long)_home.OutOfOrderWindow.TotalMilliseconds;
                _openedAt = Context.Time.GetUtcNow();
                _openedTicks = Context.Time.GetTimestamp();
                Timers.StartPeriodic(SaveDue.Instance, SaveDue.Instance, _home.Settings.SnapshotInterval);
                Timers.StartPeriodic(RetentionDue.Instance, RetentionDue.Instance, _home.Settings.RetentionInterval, TimeSpan.Zero);
                Timers.StartPeriodic(UpkeepDue.Instance, UpkeepDue.Instance, _home.Settings.UpkeepInterval);
                _home.Publish(_id, Shard);
                if (Shard.NewestTime != long.MinValue)
                {
                    // Before anybody sees the shard: what expired while the node was away is in no answer.
                    Retain();
                }

                _home.LayOut(_id, Shard);
                OnOpened();
                Unbecome();
                Stash.UnstashAll();
                break;
            case Failure failure:
                // The supervisor tries again after a pause; meanwhile batches wait in the mailbox.
                throw new InvalidOperationException($"shard {_id} could not be recovered: {failure.Cause.Message}", failure.Cause);
            default:
                Stash.Add();
                break;
        }
    }

    // Who asked may have given up meanwhile: a view that nobody takes would hold memory back until the collector finds it.
    private void GiveView()
    {
        ShardView view = Shard.PublishView();
        if (Sender.TryTell(view, Self) != TellOutcome.Accepted)
        {
            view.Dispose();
        }
    }

    private void Append(AppendBatch append)
    {
        if (Shard.InFlightCount >= _home.Settings.Shard.InFlightMax)
        {
            Stash.Add();
            return;
        }

        PreparedBatch prepared;
        IReadOnlyList<(SeriesKey Series, Exemplar Exemplar)> exemplars;
        bool forwards = _tap.IsOpen;
        try
        {
            exemplars = append.Batch.Exemplars;
            Shard.TracksRows = forwards;
            Shard.TakesNewSeries = _home.Memory.Step < MemoryStep.SeriesRefused;
            prepared = Shard.Prepare(append.Batch);
            forwards &= !prepared.IsEmpty;
            if (append.Batch.WasAcknowledged && prepared.Counts.LateOverLimit > 0)
            {
                // They come again. Those that were taken make room when they are in a block.
                _sealsForLate = true;
                BeginUpkeep();
            }
        }
        catch
        {
            append.Batch.Dispose();

            // Whatever it was, the turn fails with it; but whoever counts what is unacknowledged is not left waiting for ever.
            Sender.Tell(IngestOutcome.Nothing with { Failure = "the shard failed over the batch; nothing of it was written" }, Self);
            throw;
        }

        // Kept where it is forwarded, and in a cluster: should the shard be another node's before the batch is durable, it is taken there.
        bool keeps = forwards || (_home.Cluster is not null && !prepared.IsEmpty);
        if (!keeps)
        {
            append.Batch.Dispose();
        }

        Log(new Pending(prepared, exemplars, Sender, keeps ? append.Batch : null) { IsTapped = forwards, ComesBack = append.ComesBack }, append.IsAwaited);
    }

    private void Log(Pending pending, bool isAwaited)
    {
        PreparedBatch prepared = pending.Batch;
        _pending.Enqueue(pending);
        if (prepared.IsEmpty)
        {
            pending.Outcome = LogOutcome.Durable;
            Settle();
            return;
        }

        ValueTask<LogOutcome> logging = _home.AppendAsync(_id, _epoch, prepared, isAwaited);
        if (logging.IsCompletedSuccessfully)
        {
            pending.Outcome = logging.Result;
            Settle();
        }
        else
        {
            Context.PipeToSelf(logging.AsTask(), outcome => new Logged(pending, outcome));
        }
    }

    private void OnLogged(Logged logged)
    {
        logged.Pending.Outcome = logged.Outcome;
        Settle();
    }

    // The journal completes in order, but the messages that tell so may overtake each other.
    private void Settle()
    {
        while (_pending.TryPeek(out Pending? first) && first.Outcome is LogOutcome outcome)
        {
            AppendCounts counts = first.Batch.Counts;
            if (outcome.IsDurable && first.Deletes is not null && !HasTombstone(first))
            {
                break;
            }

            if (outcome.IsDurable)
            {
                if (first.IsTapped)
                {
                    _tap.Offer(_id, first.Rows!, first.Batch);
                }

                // Taken out only then: if applying fails, the batch is among those that PostStop answers.
                Apply(first.Batch);
                _pending.Dequeue();
                OnDurable(counts, first.Exemplars);
                if (first.Deletes is not null)
                {
                    EndDeletion(first.Sender, new SamplesDeleted(null));
                }
                else
                {
                    first.Sender.Tell(OutcomeOf(counts, failure: null), Self);
                }
            }
            else
            {
                Shard.Abort(first.Batch);
                _pending.Dequeue();
                bool moves = outcome.Result == LogResult.Fenced && (first.Rows ?? (object?)first.Deletes) is not null && _home.Cluster is not null;
                OnRefused(first, outcome, moves);
                string reason = outcome.Reason ?? "the journal refused the batch";
                if (first.Deletes is not null)
                {
                    EndDeletion(first.Sender, moves ? SamplesDeleted.Moved : new SamplesDeleted(reason));
                }
                else if (moves)
                {
                    // It was not written and never will be under this term: the new leader's it is.
                    Move(first.Rows!, first.ComesBack, first.Sender);
                    continue;
                }
                else
                {
                    first.Sender.Tell(OutcomeOf(counts with { Accepted = 0, Histograms = 0, Late = 0 }, reason), Self);
                }
            }

            first.Rows?.Dispose();
        }

        // As many as there is room for: what waits beyond them stays where it is.
        if (_home.Settings.Shard.InFlightMax - Shard.InFlightCount is > 0 and int room)
        {
            Stash.Unstash(room);
        }

        BeginDeletion();
        NoteApplied();
        TellDrained();
        if (_home.Cluster is not null && !_leads && _pending.Count == 0 && (_goalAsker is not null || _goal > Shard.AppliedSeq))
        {
            // A catch-up that began while batches of its own were under way has waited for them.
            GoOnApplying();
        }
    }

    private void OnDurable(AppendCounts counts, IReadOnlyList<(SeriesKey Series, Exemplar Exemplar)> exemplars)
    {
        foreach ((SeriesKey series, Exemplar exemplar) in exemplars)
        {
            _exemplars.Add(series.Labels, exemplar);
        }

        ActorsMetrics.SamplesAccepted.Add(counts.Accepted);
        if (counts.Late > 0)
        {
            ActorsMetrics.SamplesLate.Add(counts.Late);
        }

        if (_refusing)
        {
            _refusing = false;
            _log.ShardRecovered(_id.Value);
        }
    }

    private void OnRefused(Pending refused, LogOutcome outcome, bool moves)
    {
        if (outcome.Result == LogResult.Fenced && !refused.FollowsRefused)
        {
            LoseTerm();
        }

        foreach (Pending later in _pending)
        {
            // Refused for that alone: their numbers will be used again.
            later.FollowsRefused = true;
        }

        if (moves)
        {
            return;
        }

        ActorsMetrics.BatchesRefused.Add(1);
        if (!_refusing)
        {
            _refusing = true;
            _log.BatchRefused(_id.Value, outcome.Reason ?? "no reason given");
        }
    }

    private void Save(ActorRef? asker)
    {
        if (_saving)
        {
            asker?.Tell(new SnapshotSaved("a snapshot is being saved already"), Self);
            return;
        }

        _saving = true;
        Shard shard = Shard;
        SnapshotJob job = shard.BeginSnapshot();
        long began = Context.Time.GetTimestamp();
        Context.PipeToSelf(
            _home.SaveAsync(_id, job),
            written => new Saved(shard, job, written, null, Context.Time.GetElapsedTime(began), asker),
            failure => new Saved(shard, job, null, failure.Message, Context.Time.GetElapsedTime(began), asker));
    }

    private void OnSaved(Saved saved)
    {
        if (!ReferenceEquals(saved.Of, Shard))
        {
            // Begun before a restart: its chunks lie in the memory of the shard that was.
            saved.Asker?.Tell(new SnapshotSaved(saved.Failure ?? "the shard was restarted meanwhile"), Self);
            return;
        }

        _saving = false;
        Shard.CompleteSnapshot(saved.Job, saved.Written);
        if (saved.Failure is null)
        {
            _log.SnapshotSaved(_id.Value, saved.Took);
        }
        else
        {
            _log.SnapshotFailed(_id.Value, saved.Failure);
        }

        saved.Asker?.Tell(new SnapshotSaved(saved.Failure), Self);
        OnSavedForSeal(saved.Failure);
    }

    private IngestOutcome OutcomeOf(AppendCounts counts, string? failure)
    {
        Count("out-of-order", counts.OutOfOrder - counts.LateOverLimit);
        Count("out-of-order-limit", counts.LateOverLimit);
        Count("beyond-window", counts.BeyondWindow);
        Count("too-old", counts.TooOld);
        Count("conflicting", counts.Conflicting);
        CountRefusedSeries(counts);
        Count("invalid", counts.Invalid);
        return new IngestOutcome(
            counts.Accepted, counts.Duplicates, counts.OutOfOrder, counts.TooOld, counts.Conflicting, counts.SeriesOverLimit, counts.Invalid, failure)
        {
            Histograms = counts.Histograms,
            BeyondWindow = counts.BeyondWindow,
            LateOverLimit = counts.LateOverLimit,
        };
    }

    private static void Count(string reason, int samples)
    {
        if (samples > 0)
        {
            ActorsMetrics.SamplesRefused.Add(samples, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    /// <summary>A batch on its way through the journal; its rows are kept only where they are forwarded or may have to be.</summary>
    private sealed class Pending(
        PreparedBatch batch, IReadOnlyList<(SeriesKey Series, Exemplar Exemplar)> exemplars, ActorRef sender, SampleBatch? rows)
    {
        public SampleBatch? Rows => rows;

        public PreparedBatch Batch { get; } = batch;

        public IReadOnlyList<(SeriesKey Series, Exemplar Exemplar)> Exemplars { get; } = exemplars;

        public ActorRef Sender { get; } = sender;

        public LogOutcome? Outcome { get; set; }

        /// <summary>Where it is no batch of samples: what it deletes.</summary>
        public Tombstone? Deletes { get; init; }

        /// <summary>Whether the file has the tombstone that it deletes by.</summary>
        public bool HasTombstone { get; set; }

        /// <summary>Whether its rows are offered to whom samples are forwarded.</summary>
        public bool IsTapped { get; init; }

        public bool ComesBack { get; init; }

        /// <summary>Whether one before it was refused.</summary>
        public bool FollowsRefused { get; set; }
    }

    private sealed record Recovered(Shard Shard, IReadOnlyList<StoredExemplar> Exemplars);

    private sealed record Logged(Pending Pending, LogOutcome Outcome);

    private sealed record Saved(Shard Of, SnapshotJob Job, SnapshotWritten? Written, string? Failure, TimeSpan Took, ActorRef? Asker);

    private sealed class SaveDue
    {
        public static readonly SaveDue Instance = new();
    }

    private sealed class RetentionDue
    {
        public static readonly RetentionDue Instance = new();
    }
}
