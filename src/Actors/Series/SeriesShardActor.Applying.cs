using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>Applying what the journal has, or the spool before it: a page at a time, so that views are handed out in between.</content>
internal sealed partial class SeriesShardActor
{
    private const int RecordsAPage = 64;

    private readonly Queue<JournalRecord> _toApply = new();
    private long _goal;
    private bool _readsJournal;
    private bool _sealsForRecord;
    private bool _blocksOverlap;

    private void Head(long through)
    {
        _goal = Math.Max(_goal, through);
        GoOnApplying();
    }

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
            Context.PipeToSelf(
                CopyFilesAsync(gap.NextSeq - 1, takesLacking: true), () => new Copied(shard, null), failure => new Copied(shard, failure));
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

    private sealed record RecordsRead(Shard Of, IReadOnlyList<JournalRecord> Records, Exception? Failure);

    private sealed class ApplyDue
    {
        public static readonly ApplyDue Instance = new();
    }
}
