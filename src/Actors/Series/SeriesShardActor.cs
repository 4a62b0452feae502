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
    private readonly ExemplarBuffer _exemplars;
    private Shard? _shard;

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

    private sealed record Recovered(Shard Shard, IReadOnlyList<StoredExemplar> Exemplars);
}
