using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>Batches on their way: into the journal, then into the head, and only then answered.</content>
internal sealed partial class SeriesShardActor
{
    private readonly Queue<Pending> _pending = new();
    private bool _refusing;

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

    private sealed record Logged(Pending Pending, LogOutcome Outcome);
}
