using System.Diagnostics.CodeAnalysis;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>
/// What a copy does when its journal is not what it was: it has lost records that it had acknowledged, has others in their place, or has one that
/// cannot be read. The rolling hash tells.
/// </content>
internal sealed partial class SeriesShardActor
{
    private readonly RecentRecords? _recent;
    private long _suspectSeq;
    private ShardOwnership? _advances;

    // Nothing else is begun with the journal meanwhile.
    private bool IsBusy => _readsJournal || _sealsForRecord || _savesForRecord || _pending.Count > 0;

    private bool KnowsHash => Shard.AppliedSeq == 0 || Shard.JournalHash != 0;

    private void Apply(PreparedBatch batch)
    {
        if (_recent is null || batch.IsEmpty)
        {
            Shard.Apply(batch);
            return;
        }

        // The batch is the shard's again once it is applied.
        (long seq, byte[] payload) = (batch.Seq, batch.Payload.ToArray());
        Shard.Apply(batch);
        _appliedEpoch = _epoch;
        var record = new JournalRecord(seq, _epoch, Shard.JournalHash, payload);
        _recent.Add(record);
        Journal.Committed(new CommittedRecord(_id.Value, record));
    }

    private void Replay(JournalRecord record)
    {
        bool knew = KnowsHash;
        Shard.Replay(record.Seq, record.Payload.Span);
        if (!knew)
        {
            Shard.AdoptHash(record.Hash);
        }

        _appliedEpoch = record.Epoch;
        _recent!.Add(record);
    }

    /// <summary>Whether what is applied here is certainly not what a journal with this row has.</summary>
    private bool Differs(ShardOwnership row, bool wentBack)
    {
        long last = row.NextSeq - 1;
        return KnowsHash && (last == Shard.AppliedSeq ? row.Hash != Shard.JournalHash : wentBack && last < Shard.AppliedSeq && HashAt(last) is { } at && at != row.Hash);
    }

    private void FinishCatchUp()
    {
        ShardOwnership row = _goalRow;
        long last = row.NextSeq - 1;
        if (Differs(row, wentBack: true))
        {
            BeginAnew();
        }
        else if (Shard.AppliedSeq == last)
        {
            TellCaughtUp(row);
        }
        else
        {
            // Nobody but this node can append any more, and it has more than there is: what is missing was acknowledged.
            (long baseSeq, long _, IReadOnlyList<JournalRecord> known) = KnownTail();
            bool isRecent = last >= baseSeq && last - baseSeq <= known.Count;
            ActorsMetrics.JournalsWentBack.Add(1);
            _log.JournalWentBack(
                _id.Value, last, Shard.AppliedSeq,
                isRecent ? "The records are appended again." : "The journal goes on behind them; other copies are made anew from this one.");
            _readsJournal = true;
            if (!isRecent)
            {
                SaveToAdvance(row);
                return;
            }

            Shard shard = Shard;
            Context.PipeToSelf(
                Journal.RestoreAsync(row, [.. known.Skip((int)(last - baseSeq))]),
                given => given is { } to ? new Mended(shard, row, to, false, null) : new SpoolFoundDamaged(shard, row),
                failure => new Mended(shard, row, default, false, failure));
        }
    }

    // Others let go of what the row counts, and the journal does not have it: it is on the disk here before the row counts it.
    private void SaveToAdvance(ShardOwnership row)
    {
        _advances = row;
        if (!_saving)
        {
            Save(null);
        }
    }

    private void OnSavedToAdvance(Saved saved)
    {
        if (_advances is not { } row)
        {
            return;
        }

        if (saved.Failure is null && saved.Job.Seq < Shard.AppliedSeq)
        {
            // Begun before.
            Save(null);
            return;
        }

        _advances = null;
        Shard shard = Shard;
        if (saved.Failure is { } failure)
        {
            OnMended(new Mended(shard, row, default, false, new IOException(failure)));
            return;
        }

        // Once more behind it: others get what the older of two snapshots has.
        Context.PipeToSelf(
            Journal.AdvanceAsync(row, shard.AppliedSeq, shard.JournalHash), to => new Mended(shard, row, to, true, null),
            wrong => new Mended(shard, row, default, false, wrong));
    }

    private void OnMended(Mended mended)
    {
        _readsJournal = false;
        if (mended.NeedsSaving && !_saving)
        {
            // The others can only get it from here, and from files.
            Save(null);
        }

        if (!mended.Asked.IsSameTerm(_goalRow.Epoch, _goalRow.Token))
        {
            // It was taken anew meanwhile: who asks now asks for that.
            GoOnApplying();
            return;
        }

        if (mended.Failure is { } failure)
        {
            GiveUpCatchUp(failure.Message, failureIsNews: true);
            return;
        }

        TellCaughtUp(mended.Row);
    }

    private void TellCaughtUp(ShardOwnership row)
    {
        BecomeWholeAt(Shard.AppliedSeq);
        NoteApplied();
        _goalAsker?.Tell(new CaughtUp(row), Self);
        _goalAsker = null;
    }

    // Whether a record can be applied, and what must be sealed before.
    private bool TryCheck(JournalRecord record, out long? sealedBefore, [NotNullWhen(false)] out string? wrong)
    {
        sealedBefore = null;
        wrong = null;
        if (KnowsHash && (long)XxHash64.Of(record.Payload.Span, (ulong)Shard.JournalHash) != record.Hash)
        {
            wrong = "its hash is not that of its content and of what is before it";
            return false;
        }

        try
        {
            sealedBefore = Shard.SealNeededFor(record.Payload.Span);
            return true;
        }
        catch (FormatException e)
        {
            wrong = e.Message;
            return false;
        }
    }

    // Read once more first; then it is to be known which of the two is wrong, the record or the copy.
    private void OnUnreadable(JournalRecord record, string reason)
    {
        _toApply.Clear();
        if (_suspectSeq != record.Seq)
        {
            _suspectSeq = record.Seq;
            GoOnApplying();
            return;
        }

        _readsJournal = true;
        Shard shard = Shard;
        Context.PipeToSelf(
            shard.AppliedSeq == 0 ? Task.FromResult<IReadOnlyList<JournalRecord>>([]) : Journal.ReadAsync(_id, shard.AppliedSeq - 1, 1),
            page => new PredecessorRead(shard, record, reason, page, null), failure => new PredecessorRead(shard, record, reason, [], failure));
    }

    private void OnPredecessorRead(PredecessorRead read)
    {
        if (read.Failure is not (null or JournalGapException))
        {
            _readsJournal = false;
            GiveUpCatchUp(read.Failure.Message, failureIsNews: false);
            return;
        }

        if (Spool?.Find(_id.Value, read.Record.Seq)?.Hash == read.Record.Hash)
        {
            // Kept here as it is: read again it will be the same. What comes before it stays.
            _readsJournal = false;
            GiveUpSpool($"record {read.Record.Seq} of it cannot be read: {read.Reason}", read.Record.Seq);
            _goal = Math.Max(_goalAsker is null ? 0 : _goalRow.NextSeq - 1, Shard.AppliedSeq);
            GoOnApplying();
            return;
        }

        if (SpoolEnd > 0 || (read.Page is [JournalRecord before] && before.Seq == Shard.AppliedSeq && before.Hash != Shard.JournalHash))
        {
            // With a chain here in any case: before files of another copy are taken what was acknowledged has to be settled.
            BeginAnew();
            return;
        }

        // Another copy has what it holds, where one is saved that far; else it is put aside, what comes after it is kept, and the copy here lacks samples.
        Shard shard = Shard;
        Context.PipeToSelf(
            PassOverAsync(read.Record), copied => copied ? new Copied(shard, null) : new PassedOver(shard, read.Record, read.Reason, null),
            failure => new PassedOver(shard, read.Record, read.Reason, failure));
    }

    private async Task<bool> PassOverAsync(JournalRecord record)
    {
        try
        {
            await CopyFilesAsync(record.Seq, takesLacking: false);
            return true;
        }
        catch (IOException)
        {
            // Noted first: no later start meets the record again.
            await _home.NoteLossesAsync(_id);
            await _home.PutAsideRecordAsync(_id, record.Seq, record.Payload);
            return false;
        }
    }

    private void OnPassedOver(PassedOver passed)
    {
        _readsJournal = false;
        if (passed.Failure is { } failure)
        {
            GiveUpCatchUp(failure.Message, failureIsNews: true);
            return;
        }

        ActorsMetrics.RecordsUnreadable.Add(1);
        _log.RecordUnreadable(_id.Value, passed.Record.Seq, passed.Reason, _home.QuarantinePath);
        Shard.SkipTo(passed.Record.Seq, passed.Record.Hash);
        _appliedEpoch = passed.Record.Epoch;
        _recent!.Begin(Shard.AppliedSeq, Shard.JournalHash);
        NoteRecordLost();
        GoOnApplying();
    }

    private sealed record Mended(Shard Of, ShardOwnership Asked, ShardOwnership Row, bool NeedsSaving, Exception? Failure);

    private sealed record SpoolFoundDamaged(Shard Of, ShardOwnership Asked);

    private sealed record PredecessorRead(Shard Of, JournalRecord Record, string Reason, IReadOnlyList<JournalRecord> Page, Exception? Failure);

    private sealed record PassedOver(Shard Of, JournalRecord Record, string Reason, Exception? Failure);
}
