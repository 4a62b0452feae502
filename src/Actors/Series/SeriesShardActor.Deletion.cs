using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>
/// Deleting samples: the tombstone is made durable, then it goes through the journal as a batch does, and only when both are done is
/// the asker told. One at a time. In a cluster the journal comes first, for it decides what all copies delete; each of them then has the tombstone in
/// its file before it applies the record.
/// </content>
internal sealed partial class SeriesShardActor
{
    private readonly Queue<(DeleteSamples What, ActorRef Asker)> _deletions = new();
    private readonly List<ActorRef> _cleanAskers = [];
    private readonly List<ActorRef> _cleanServed = [];
    private bool _tombstonesAreWritten;
    private bool _deletesInJournal;
    private bool _savesForRecord;

    // The rolling hash at the record whose tombstone the file has: it names both the record and all before it.
    private long _savedForHash;
    private bool _isCleaning;
    private bool _hasPruned;
    private long _cleanedThrough;

    private void BeginDeletion()
    {
        if (_tombstonesAreWritten || _deletesInJournal || !_deletions.TryPeek(out (DeleteSamples What, ActorRef Asker) next))
        {
            return;
        }

        Shard shard = Shard;
        if (!_leads)
        {
            _deletions.Dequeue();
            next.Asker.Tell(SamplesDeleted.Moved, Self);
            BeginDeletion();
        }
        else if (shard.Tombstones.Count >= _home.Settings.Shard.TombstonesMax)
        {
            _deletions.Dequeue();
            ActorsMetrics.DeletionsRefused.Add(1);
            next.Asker.Tell(
                new SamplesDeleted($"{shard.Tombstones.Count} deletions wait for blocks to be written without what they delete, as many as may; clean_tombstones does that"),
                Self);
            BeginDeletion();
        }
        else if (_home.Cluster is null)
        {
            _deletions.Dequeue();
            _tombstonesAreWritten = true;
            var tombstone = new Tombstone(shard.Tombstones.LastNumber + 1, next.What.Matchers, next.What.From, next.What.Through);
            Context.PipeToSelf(
                _home.SaveTombstonesAsync(_id, shard.TombstonesWith(tombstone)),
                () => new TombstoneSaved(shard, tombstone, next.Asker, null),
                failure => new TombstoneSaved(shard, tombstone, next.Asker, failure.Message));
        }
        else if (Journal.IsSpooling)
        {
            // What a former leader has in its spool is written again as samples; a deletion could not be.
            _deletions.Dequeue();
            ActorsMetrics.DeletionsRefused.Add(1);
            next.Asker.Tell(new SamplesDeleted("the cluster's store is away; nothing can be deleted before it is back"), Self);
            BeginDeletion();
        }
        else if (shard.InFlightCount < _home.Settings.Shard.InFlightMax)
        {
            // Else it begins when there is room. The number of the record is that of the tombstone: all copies agree on it, and none has a later one.
            _deletions.Dequeue();
            _deletesInJournal = true;
            var tombstone = new Tombstone(shard.NextSeq, next.What.Matchers, next.What.From, next.What.Through);
            Log(new Pending(shard.PrepareDeletion(tombstone, isInFile: false), [], next.Asker, rows: null) { Deletes = tombstone }, isAwaited: true);
        }
    }

    // Of a cluster's committed deletion: whether the file has its tombstone, so that it can be applied. If not it is written, and what is behind waits.
    private bool HasTombstone(Pending deletion)
    {
        if (_home.Cluster is null || deletion.HasTombstone)
        {
            return true;
        }

        if (!_tombstonesAreWritten)
        {
            _tombstonesAreWritten = true;
            Shard shard = Shard;
            Context.PipeToSelf(
                _home.SaveTombstonesAsync(_id, shard.TombstonesWith(deletion.Deletes!)),
                () => new CommittedSaved(shard, deletion, null), failure => new CommittedSaved(shard, deletion, failure));
        }

        return false;
    }

    private void OnCommittedSaved(CommittedSaved saved)
    {
        if (!ReferenceEquals(saved.Of, Shard))
        {
            return;
        }

        _tombstonesAreWritten = false;
        if (saved.Failure is { } failure)
        {
            // It is committed and cannot be undone: the shard ends, others lead it, and here it begins anew with what it has saved.
            throw new InvalidOperationException($"shard {_id}: a committed deletion cannot be made durable here: {failure.Message}", failure);
        }

        saved.Deletion.HasTombstone = true;
        Settle();
    }

    // The same for a copy; the record waits.
    private void SaveForRecord(long hash, Tombstone tombstone)
    {
        if (_tombstonesAreWritten)
        {
            // What is written now does not have it; its end comes back here.
            return;
        }

        NoteApplied();
        _tombstonesAreWritten = _savesForRecord = true;
        Shard shard = Shard;
        Context.PipeToSelf(
            _home.SaveTombstonesAsync(_id, shard.TombstonesWith(tombstone)),
            () => new SavedForRecord(shard, hash, null), failure => new SavedForRecord(shard, hash, failure.Message));
    }

    private void OnSavedForRecord(SavedForRecord saved)
    {
        if (!ReferenceEquals(saved.Of, Shard))
        {
            return;
        }

        _tombstonesAreWritten = _savesForRecord = false;
        if (saved.Failure is { } failure)
        {
            GiveUpCatchUp(failure, failureIsNews: true);
        }
        else
        {
            _savedForHash = saved.Hash;
            GoOnApplying();
        }
    }

    private void OnTombstoneSaved(TombstoneSaved saved)
    {
        if (!ReferenceEquals(saved.Of, Shard))
        {
            saved.Asker.Tell(new SamplesDeleted("the shard was restarted meanwhile; what became of the deletion is unknown"), Self);
            return;
        }

        if (saved.Failure is { } failure)
        {
            Shard.GiveUp(saved.Tombstone);
            EndDeletion(saved.Asker, new SamplesDeleted(failure));
            return;
        }

        if (Shard.InFlightCount >= _home.Settings.Shard.InFlightMax)
        {
            Stash.Add();
            return;
        }

        Log(new Pending(Shard.PrepareDeletion(saved.Tombstone), [], saved.Asker, rows: null) { Deletes = saved.Tombstone }, isAwaited: true);
    }

    private void EndDeletion(ActorRef asker, SamplesDeleted answer)
    {
        if (_home.Cluster is null)
        {
            _tombstonesAreWritten = false;
        }

        _deletesInJournal = false;
        asker.Tell(answer, Self);
        BeginDeletion();
    }

    // Part of the upkeep: block by block; then the tombstones that no block needs any more go.
    private bool TryClean()
    {
        if (_cleanAskers.Count > 0 && !_isCleaning)
        {
            _isCleaning = true;
            _cleanServed.AddRange(_cleanAskers);
            _cleanAskers.Clear();
            _hasPruned = false;
            _cleanedThrough = 0;
        }

        if (!_isCleaning || Shard.BeginCleaning(_cleanedThrough) is not { } job)
        {
            return false;
        }

        _cleanedThrough = job.LastNumber;
        Merge(job, _home.CleanAsync(_id, job));
        return true;
    }

    private bool TryDropTombstones()
    {
        if (_hasPruned || _tombstonesAreWritten || Shard.Tombstones.Count == 0)
        {
            return false;
        }

        _hasPruned = true;
        _tombstonesAreWritten = true;
        Shard shard = Shard;
        ShardView view = shard.View();
        Context.PipeToSelf(
            _home.DropTombstonesAsync(_id, view),
            needed => new TombstonesDropped(shard, needed, null),
            failure => new TombstonesDropped(shard, null, failure.Message));
        return true;
    }

    private void OnTombstonesDropped(TombstonesDropped dropped)
    {
        if (!ReferenceEquals(dropped.Of, Shard))
        {
            return;
        }

        if (dropped.Needed is { } needed)
        {
            Shard.UseTombstones(needed);
        }
        else
        {
            _log.UpkeepFailed(_id.Value, dropped.Failure!);
        }

        // Whatever was written, it has nothing of a record that is not applied yet.
        _savedForHash = 0;
        _tombstonesAreWritten = false;
        if (_home.Cluster is not null)
        {
            // Whoever waits for the file: a committed deletion, or a record that deletes.
            Settle();
            if (!_leads)
            {
                GoOnApplying();
            }
        }

        BeginDeletion();
        GoOn();
    }

    private void AnswerCleaned(List<ActorRef> askers, string? failure)
    {
        _isCleaning = false;
        foreach (ActorRef asker in askers)
        {
            asker.Tell(new TombstonesCleaned(failure), Self);
        }

        askers.Clear();
    }

    private void GiveUpDeletions()
    {
        while (_deletions.TryDequeue(out (DeleteSamples What, ActorRef Asker) next))
        {
            next.Asker.Tell(new SamplesDeleted("the shard is being closed; nothing was deleted"), Self);
        }

        AnswerCleaned(_cleanServed, "the shard is being closed");
        AnswerCleaned(_cleanAskers, "the shard is being closed");
    }

    private sealed record TombstoneSaved(Shard Of, Tombstone Tombstone, ActorRef Asker, string? Failure);

    private sealed record CommittedSaved(Shard Of, Pending Deletion, Exception? Failure);

    private sealed record SavedForRecord(Shard Of, long Hash, string? Failure);

    private sealed record TombstonesDropped(Shard Of, TombstoneList? Needed, string? Failure);
}
