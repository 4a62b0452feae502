using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>The shard of a cluster: it follows the journal, and leads when it is told to.</content>
internal sealed partial class SeriesShardActor
{
    private const int RecordsAPage = 64;

    private readonly Queue<JournalRecord> _toApply = new();
    private readonly List<ActorRef> _drainAskers = [];
    private bool _leads;
    private long _epoch = StorageSettings.Epoch;
    private long _goal;
    private ActorRef? _goalAsker;
    private ShardOwnership _goalRow;
    private bool _readsJournal;
    private bool _sealsForRecord;
    private bool _blocksOverlap;

    private ClusterJournal Journal => _home.Cluster ?? throw new InvalidOperationException("the node is not part of a cluster");

    private bool ReceiveOfCluster(object message)
    {
        switch (message)
        {
            case CatchUp catchUp:
                BeginCatchUp(catchUp.Row, Sender);
                return true;
            case Follow follow when !_leads:
                OnFollow(follow);
                return true;
            case Pushed pushed when !_leads:
                OnPushed(pushed.Records);
                return true;
            case Follow or Pushed:
                return true;
            case RecordsRead read when ReferenceEquals(read.Of, Shard):
                OnRecordsRead(read);
                return true;
            case Copied copied when ReferenceEquals(copied.Of, Shard):
                OnCopied(copied.Failure);
                return true;
            case Mended mended when ReferenceEquals(mended.Of, Shard):
                OnMended(mended);
                return true;
            case PredecessorRead read when ReferenceEquals(read.Of, Shard):
                OnPredecessorRead(read);
                return true;
            case CommonFound found when ReferenceEquals(found.Of, Shard):
                OnCommonFound(found);
                return true;
            case PassedOver passed when ReferenceEquals(passed.Of, Shard):
                OnPassedOver(passed);
                return true;
            case RecordsRead or Copied or Mended or PredecessorRead or CommonFound or PassedOver:
                // Begun before a restart: it goes on from where the shard was then.
                return true;
            case ApplyDue:
                GoOnApplying();
                return true;
            case BeginLead lead:
                OnBeginLead(lead.Row);
                return true;
            case EndLead:
                _leads = false;
                _drainAskers.Add(Sender);
                BeginDeletion();
                TellDrained();
                return true;
            default:
                return false;
        }
    }

    private void OnOpened()
    {
        _leads = _home.Cluster is null;
        if (!_leads)
        {
            // Blocks may have been written after the snapshot: what is read from the journal now may be in them.
            _blocksOverlap = true;
            _recent!.Begin(Shard.AppliedSeq, Shard.JournalHash);
            CheckSpool();
            NoteLosses();
            NoteApplied();
        }
    }

    private void OnFollow(Follow follow)
    {
        if (!IsBusy && TryFillGaps())
        {
            return;
        }

        CloseSpoolBefore(follow.Row.Epoch);
        Journal.ForgetMissed(_id.Value, follow.Row.Epoch);
        ReleaseSpooled(follow.Row);
        long through = Math.Max(follow.Row.NextSeq - 1, SpoolEnd);

        // One that has waited since before a failure says nothing of what was acknowledged until the shard was opened again.
        bool isAll = follow.OpeningCounted == Journal.OpeningOf(_id.Value);
        if (through > Shard.AppliedSeq)
        {
            if (isAll)
            {
                BecomeWholeAt(through);
            }

            Head(through);
        }
        else if (!IsBusy && (Differs(follow.Row, follow.WentBack || SpoolEnd > 0) || IsStranded(follow.Row)))
        {
            BeginAnew();
        }
        else if (!IsBusy && isAll)
        {
            BecomeWholeAt(through);
            NoteApplied();
        }
    }

    // Whatever does not follow on what is here is read from the journal, as it would be without.
    private void OnPushed(IReadOnlyList<JournalRecord> records)
    {
        long last = Shard.AppliedSeq;
        if (!IsBusy && _toApply.Count == 0)
        {
            foreach (JournalRecord record in records.Where(record => record.Seq == last + 1))
            {
                _toApply.Enqueue(record);
                last = record.Seq;
            }

            ActorsMetrics.RecordsPushed.Add(_toApply.Count);
        }

        Head(Math.Max(records[^1].Seq, last));
    }

    private void BeginCatchUp(ShardOwnership row, ActorRef asker)
    {
        _goalAsker?.Tell(new Failure(new InvalidOperationException($"shard {_id} was asked again")), Self);
        _goalAsker = asker;
        _goalRow = row;
        _leads = false;
        BeginDeletion();

        // Whoever led before gets nothing more acknowledged from here: what is in the chain now is what the journal may lack.
        CloseSpoolBefore(row.Epoch);
        Head(Math.Max(row.NextSeq - 1, SpoolEnd));
    }

    private void Head(long through)
    {
        _goal = Math.Max(_goal, through);
        GoOnApplying();
    }

    // A page at a time, so that views are handed out in between.
    private void GoOnApplying()
    {
        if (IsBusy || TryFillGaps())
        {
            return;
        }

        Shard.BeginFollow();
        while (_toApply.TryPeek(out JournalRecord record))
        {
            if (record.Seq > Shard.AppliedSeq + 1)
            {
                GiveUpCatchUp($"the journal gave record {record.Seq} after record {Shard.AppliedSeq}", failureIsNews: true);
                return;
            }

            // Before the spool is looked at: what is kept from here on was not there then.
            CloseSpoolBefore(record.Epoch);
            if (record.Seq > Shard.AppliedSeq && IsAgainstSpool(record))
            {
                _toApply.Clear();
                break;
            }

            if (record.Seq > Shard.AppliedSeq)
            {
                if (!TryCheck(record, out long? before, out string? wrong))
                {
                    OnUnreadable(record, wrong);
                    return;
                }

                if (before is { } sealedBefore)
                {
                    SealForRecord(sealedBefore);
                    return;
                }

                if (record.Hash != _savedForHash && Shard.DeletionOf(record.Payload.Span) is { } tombstone)
                {
                    SaveForRecord(record.Hash, tombstone);
                    return;
                }

                Replay(record);
            }

            _toApply.Dequeue();
        }

        NoteApplied();
        if (Shard.AppliedSeq < _goal)
        {
            _readsJournal = true;
            Shard shard = Shard;
            Context.PipeToSelf(
                Journal.ReadOnAsync(_id, shard.AppliedSeq, KnowsHash ? shard.JournalHash : null, RecordsAPage), page => new RecordsRead(shard, page, null), failure => new RecordsRead(shard, [], failure));
            return;
        }

        if (_blocksOverlap)
        {
            _blocksOverlap = false;
            Shard.LetGoOfBlocked();
        }

        if (_goalAsker is not null)
        {
            FinishCatchUp();
        }
    }

    private void OnRecordsRead(RecordsRead read)
    {
        if (read.Failure is JournalGapException)
        {
            // What it keeps now for others it could not apply, and its views lack what lies between.
            (_isWhole, _wholeGoal) = (false, null);
            Journal.NoteGap(_id.Value);
        }

        if (read.Failure is JournalGapException && SpoolEnd > 0)
        {
            // Files of another copy do not tell what was acknowledged here: that is settled first.
            _readsJournal = false;
            LetGoOfChain("the journal does not reach back to where it begins");
            return;
        }

        if (read.Failure is JournalGapException gap)
        {
            // What lies between is in other copies alone. Nothing is read meanwhile.
            Shard shard = Shard;
            Context.PipeToSelf(Journal.Copy(_id.Value, gap.NextSeq - 1, _home.FilesOf(_id)), () => new Copied(shard, null), failure => new Copied(shard, failure));
            return;
        }

        _readsJournal = false;
        if (read.Failure is CorruptDataException damaged && Spool?.Find(_id.Value, Shard.AppliedSeq + 1) is not null)
        {
            // What is before it is applied, and goes to the journal like that of a chain that is whole.
            GiveUpSpool(damaged.Message, Shard.AppliedSeq + 1);
            _goal = Math.Max(_goalAsker is null ? 0 : _goalRow.NextSeq - 1, Shard.AppliedSeq);
            GoOnApplying();
            return;
        }

        if (read.Failure is null && read.Records.Count == 0 && _goalAsker is not null && Spool?.EndsOf(_id.Value)?.First.Seq > Shard.AppliedSeq + 1)
        {
            // Nobody but this node can append what lies between, and it does not have it.
            GiveUpSpool($"the journal ends at record {Shard.AppliedSeq}, before it begins");
            _goal = Math.Max(_goalRow.NextSeq - 1, Shard.AppliedSeq);
            GoOnApplying();
            return;
        }

        if (read.Failure is { } failure || read.Records.Count == 0)
        {
            string reason = read.Failure?.Message ?? $"the journal ends at record {Shard.AppliedSeq}, not at {_goal}";
            GiveUpCatchUp(reason, failureIsNews: read.Failure is not ClusterStoreException);
            return;
        }

        foreach (JournalRecord record in read.Records)
        {
            _toApply.Enqueue(record);
        }

        GoOnApplying();
    }

    private void OnCopied(Exception? failure)
    {
        bool fillsGaps = _fillsGaps;
        _fillsGaps = false;
        if (failure is not null)
        {
            _readsJournal = false;
            if (fillsGaps)
            {
                // With what is here until then.
                _log.CopyLacks(_id.Value, failure.Message);
                GoOnApplying();
                return;
            }

            GiveUpCatchUp(failure.Message, failureIsNews: true);
            return;
        }

        _home.NoteCopied(_id);
        _log.CopyMade(_id.Value, fillsGaps ? "files of it here were damaged" : "the journal does not reach back far enough");
        Become(WhileInstalling);
        Context.PipeToSelf(_home.InstallAsync(_id), static () => new Installed(null), static wrong => new Installed(wrong));
    }

    // Nothing of what the actor holds is what the files are now: it begins anew with them.
    private void WhileInstalling(object message)
    {
        if (message is Installed installed)
        {
            throw new InvalidOperationException($"shard {_id} begins anew with other files than it had", installed.Failure);
        }

        Stash.Add();
    }

    private void SealForRecord(long before)
    {
        if (_blocksOverlap)
        {
            _blocksOverlap = false;
            Shard.LetGoOfBlocked();
        }

        Shard.Settle();
        if (Shard.IsSettling || Shard.IsSealing)
        {
            Timers.StartSingle(ApplyDue.Instance, ApplyDue.Instance, SettlingPause);
            return;
        }

        if (Shard.SealNeededFor(_toApply.Peek().Payload.Span) is null)
        {
            Timers.StartSingle(ApplyDue.Instance, ApplyDue.Instance, TimeSpan.Zero);
            return;
        }

        _sealsForRecord = true;
        Seal(before);
    }

    private void OnSealedForRecord(string? failure)
    {
        _sealsForRecord = false;
        if (failure is null)
        {
            GoOnApplying();
        }
        else
        {
            GiveUpCatchUp(failure, failureIsNews: true);
        }
    }

    // Who follows is told again with the next look at the rows.
    private void GiveUpCatchUp(string reason, bool failureIsNews)
    {
        _toApply.Clear();
        _goal = Shard.AppliedSeq;
        if (failureIsNews)
        {
            _log.CopyBehind(_id.Value, reason);
        }

        _goalAsker?.Tell(new Failure(new InvalidOperationException($"shard {_id}: {reason}")), Self);
        _goalAsker = null;
    }

    private void OnBeginLead(ShardOwnership row)
    {
        if (Shard.NextSeq != row.NextSeq || _toApply.Count > 0 || _readsJournal || Differs(row, wentBack: false))
        {
            Journal.TermLost(_id.Value, row.Epoch);
            return;
        }

        Shard.AdoptHash(row.Hash);
        Shard.BeginLead();
        _epoch = row.Epoch;
        _leads = true;
    }

    // A scrape has nobody who would send its samples again: they are taken to the leader on behalf of the target, however long that lives.
    private void Move(SampleBatch batch, bool comesBack, ActorRef sender)
    {
        if (comesBack)
        {
            sender.Tell(new BatchMoved(batch), Self);
            return;
        }

        ActorsMetrics.BatchesForwarded.Add(1);
        _ = ForwardAsync(Journal.Forward(batch), sender, Self);
    }

    private static async Task ForwardAsync(Task<IngestOutcome> forwarding, ActorRef sender, ActorRef self)
    {
        IngestOutcome outcome;
        try
        {
            outcome = await forwarding;
        }
        catch (Exception e)
        {
            // Whatever it was: the target counts on an answer.
            outcome = IngestOutcome.Nothing with { Failure = e.Message };
        }

        if (outcome.Failure is not null)
        {
            ActorsMetrics.BatchesRefused.Add(1);
        }

        sender.Tell(outcome, self);
    }

    private void TellDrained()
    {
        if (_pending.Count > 0)
        {
            return;
        }

        foreach (ActorRef asker in _drainAskers)
        {
            asker.Tell(new LeadEnded(), Self);
        }

        _drainAskers.Clear();
    }

    private void LoseTerm()
    {
        if (_leads && _home.Cluster is { } journal)
        {
            _leads = false;
            journal.TermLost(_id.Value, _epoch);
        }
    }

    private sealed record Copied(Shard Of, Exception? Failure);

    private sealed record Installed(Exception? Failure);

    private sealed record RecordsRead(Shard Of, IReadOnlyList<JournalRecord> Records, Exception? Failure);

    private sealed class ApplyDue
    {
        public static readonly ApplyDue Instance = new();
    }
}
