using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>A copy that is made from the files of another.</content>
internal sealed partial class SeriesShardActor
{
    private void OnCopied(Exception? failure, bool fillsGaps)
    {
        if (fillsGaps)
        {
            bool isDropped = _dropsWhatFills;
            (_fillsGaps, _dropsWhatFills) = (false, false);
            if (isDropped)
            {
                return;
            }
        }

        if (failure is not null)
        {
            _readsJournal = false;
            if (fillsGaps)
            {
                // With what is here until then.
                Journal.NoteNobodyWhole(_id.Value, failure is NobodyWholeException);
                _log.CopyLacks(_id.Value, failure.Message);
                GoOnApplying();
                return;
            }

            GiveUpCatchUp(failure.Message, failureIsNews: true);
            return;
        }

        _log.CopyMade(_id.Value, fillsGaps ? "files of it here were damaged" : "the journal does not reach back far enough");
        Become(WhileInstalling);
        Context.PipeToSelf(_home.InstallAsync(_id), static () => new Installed(null, IsCopy: true), static wrong => new Installed(wrong));
    }

    // Nothing of what the actor holds is what the files are now: it begins anew with them.
    private void WhileInstalling(object message)
    {
        if (message is Installed installed)
        {
            if (installed.IsCopy)
            {
                _home.FilesPauseOf(_id).Taken(_home.HasLosses(_id));
            }

            throw new InvalidOperationException($"shard {_id} begins anew with other files than it had", installed.Failure);
        }

        Stash.Add();
    }

    private sealed record Copied(Shard Of, Exception? Failure, bool FillsGaps = false);

    private sealed record Installed(Exception? Failure, bool IsCopy = false);
}
