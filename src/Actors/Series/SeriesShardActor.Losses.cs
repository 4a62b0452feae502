using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>
/// What a copy does that has damaged files: it lacks samples that others have. It is nobody's first choice, and whoever asks it is told that the
/// answer is partial, until it has the files of another.
/// </content>
internal sealed partial class SeriesShardActor
{
    private static readonly TimeSpan FilesInterval = TimeSpan.FromSeconds(10);

    private bool _lacks;
    private long _lacksThrough;
    private bool _fillsGaps;
    private bool _hasAskedForFiles;
    private long _filesAskedAt;
    private long? _wholeGoal;
    private bool _isWhole;

    private void NoteLosses()
    {
        _lacks = _home.HasLosses(_id);
        _lacksThrough = Shard.AppliedSeq;
    }

    // A block that has rotted since it was opened: the one that takes its place lacks what is damaged.
    private void NoteLossesSinceOpened()
    {
        if (!_lacks && _home.Cluster is { } journal && _home.HasLosses(_id))
        {
            NoteLosses();
            _home.ForgetCopied(_id);
            (_isWhole, _wholeGoal) = (false, null);
            journal.NoteGap(_id.Value);
            NoteApplied();
        }
    }

    // A copy that lacks samples is behind every record, however many it has applied. One that was just opened may have less than it had before, until it
    // has reached what a look at the rows says. Where it leads all the same, because nobody else is there, its answers are partial.
    private void NoteApplied()
    {
        if (_home.Cluster is { } journal)
        {
            (long seq, long hash) = _lacks ? (AppliedMarks.Unknown, 0) : (Shard.AppliedSeq, Shard.JournalHash);
            journal.NoteApplied(_id.Value, seq, hash, _appliedEpoch);
            if (!_lacks && !_isWhole && Shard.AppliedSeq >= _wholeGoal)
            {
                _isWhole = true;
                journal.NoteWhole(_id.Value);
            }
        }
    }

    // Whatever the journal had at one look since the shard was opened will do.
    private void BecomeWholeAt(long seq) => _wholeGoal = Math.Min(_wholeGoal ?? long.MaxValue, seq);

    /// <summary>Asks for the files of another copy that has all this one had; once it has got some it takes them as they are, for nobody has better ones.</summary>
    private bool TryFillGaps()
    {
        if (!_lacks || _leads || SpoolEnd > 0 || _home.HasCopied(_id) || (_hasAskedForFiles && Context.Time.GetElapsedTime(_filesAskedAt) < FilesInterval))
        {
            return false;
        }

        _hasAskedForFiles = true;
        _filesAskedAt = Context.Time.GetTimestamp();
        _fillsGaps = true;
        _readsJournal = true;
        Shard shard = Shard;
        Context.PipeToSelf(Journal.Copy(_id.Value, _lacksThrough, _home.FilesOf(_id)), () => new Copied(shard, null), failure => new Copied(shard, failure));
        return true;
    }
}
