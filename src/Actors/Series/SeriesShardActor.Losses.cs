using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>
/// What a copy does that has damaged files, or passed over a record that cannot be read: it lacks samples that others have. It is nobody's first choice, and whoever asks it is told that the
/// answer is partial, until it has the files of another.
/// </content>
internal sealed partial class SeriesShardActor
{
    private bool _lacks;
    private long _lacksThrough;
    private bool _fillsGaps;
    private bool _dropsWhatFills;

    // From when it is to catch up until another leads: what is begun in between would keep it from leading.
    private bool _isTaken;
    private Task _copying = Task.CompletedTask;
    private long? _wholeGoal;
    private bool _isWhole;

    private void NoteLosses()
    {
        _lacks = _home.HasLosses(_id);
        _lacksThrough = Shard.AppliedSeq;
        (int blocks, int rollups, int chunks) = _home.DamagedOf(_id);
        if (blocks + rollups + chunks > 0)
        {
            _log.FilesDamaged(_id.Value, blocks, rollups, chunks, _home.QuarantinePath);
        }

        if (!_lacks)
        {
            _home.FilesPauseOf(_id).End();
        }
    }

    // A block that has rotted since it was opened: the one that takes its place lacks what is damaged.
    private void NoteLossesSinceOpened()
    {
        if (!_lacks && _home.Cluster is { } journal && _home.HasLosses(_id))
        {
            NoteLosses();
            (_isWhole, _wholeGoal) = (false, null);
            journal.NoteGap(_id.Value);
            NoteApplied();
        }
    }

    // Who has saved no more than this one before that record is no help.
    private void NoteRecordLost()
    {
        NoteLossesSinceOpened();
        _lacksThrough = Shard.AppliedSeq;
    }

    // A copy that lacks samples says so, however many records it has applied. One that was just opened may have less than it had before, until it has reached
    // what a look at the rows says. Where it leads all the same, because nobody else is there, its answers are partial.
    private void NoteApplied()
    {
        if (_home.Cluster is { } journal)
        {
            journal.NoteApplied(_id.Value, Shard.AppliedSeq, Shard.JournalHash, _appliedEpoch, _lacks);
            if (!_lacks && !_isWhole && Shard.AppliedSeq >= _wholeGoal)
            {
                _isWhole = true;
                journal.NoteWhole(_id.Value);
            }
        }
    }

    // Whatever the journal had at one look since the shard was opened will do.
    private void BecomeWholeAt(long seq) => _wholeGoal = Math.Min(_wholeGoal ?? long.MaxValue, seq);

    /// <summary>
    /// Asks for the files of another copy that has all this one had: again and again, with longer pauses, for who has all may not be there yet. Not while the shard is
    /// taken over: nobody leads it until it is.
    /// </summary>
    private bool TryFillGaps()
    {
        if (!_lacks || _leads || _isTaken || _fillsGaps || SpoolEnd > 0 || _home.FilesPauseOf(_id) is not { } pause || !pause.IsOver(Context.Time))
        {
            return false;
        }

        pause.Begin(Context.Time);
        _fillsGaps = true;
        _readsJournal = true;
        Shard shard = Shard;
        Context.PipeToSelf(
            CopyFilesAsync(_lacksThrough, takesLacking: false), () => new Copied(shard, null, FillsGaps: true), failure => new Copied(shard, failure, FillsGaps: true));
        return true;
    }

    // The shard is taken over: what comes of the files that were asked for before is not used.
    private void StopFillingGaps()
    {
        if (_fillsGaps && !_dropsWhatFills)
        {
            (_dropsWhatFills, _readsJournal) = (true, false);
        }
    }

    // One after the other: all of them are put beside the same files, and one that is not waited for any more goes on.
    private Task CopyFilesAsync(long throughSeq, bool takesLacking)
    {
        Task before = _copying;
        return _copying = CopyBehindAsync();

        async Task CopyBehindAsync()
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Journal.Copy(_id.Value, throughSeq, takesLacking, _home.FilesOf(_id));
        }
    }
}
