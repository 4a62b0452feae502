using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>The shard of a cluster: it follows the journal, and leads when it is told to.</content>
internal sealed partial class SeriesShardActor
{
    private ActorRef? _goalAsker;
    private ShardOwnership _goalRow;

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
                OnCopied(copied.Failure, copied.FillsGaps);
                return true;
            case Mended mended when ReferenceEquals(mended.Of, Shard):
                OnMended(mended);
                return true;
            case SpoolFoundDamaged found when ReferenceEquals(found.Of, Shard):
                SaveToAdvance(found.Asked);
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
            case RecordsRead or Copied or Mended or SpoolFoundDamaged or PredecessorRead or CommonFound or PassedOver:
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
        _isTaken &= _goalAsker is not null;
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
        if (through > Shard.AppliedSeq && !IsBusy && IsBeyondReach(follow.Row))
        {
            GiveUpSpool($"nothing that follows on record {Shard.AppliedSeq}, where the journal ends, leads to it", Shard.AppliedSeq + 1);
        }
        else if (through > Shard.AppliedSeq)
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
        _isTaken = true;
        StopFillingGaps();
        _leads = false;
        BeginDeletion();

        // Whoever led before gets nothing more acknowledged from here: what is in the chain now is what the journal may lack.
        CloseSpoolBefore(row.Epoch);
        Head(Math.Max(row.NextSeq - 1, SpoolEnd));
    }
}
