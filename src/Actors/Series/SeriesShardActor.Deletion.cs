using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>
/// Deleting samples: the tombstone is made durable, then it goes through the journal as a batch does, and only when both are done is
/// the asker told. One at a time.
/// </content>
internal sealed partial class SeriesShardActor
{
    private readonly Queue<(DeleteSamples What, ActorRef Asker)> _deletions = new();
    private readonly List<ActorRef> _cleanAskers = [];
    private readonly List<ActorRef> _cleanServed = [];
    private bool _tombstonesAreWritten;
    private bool _isCleaning;
    private bool _hasPruned;
    private long _cleanedThrough;

    private void BeginDeletion()
    {
        if (_tombstonesAreWritten || !_deletions.TryDequeue(out (DeleteSamples What, ActorRef Asker) next))
        {
            return;
        }

        Shard shard = Shard;
        if (shard.Tombstones.Count >= _home.Settings.Shard.TombstonesMax)
        {
            ActorsMetrics.DeletionsRefused.Add(1);
            next.Asker.Tell(
                new SamplesDeleted($"{shard.Tombstones.Count} deletions wait for blocks to be written without what they delete, as many as may; clean_tombstones does that"),
                Self);
            BeginDeletion();
            return;
        }

        _tombstonesAreWritten = true;
        var tombstone = new Tombstone(shard.Tombstones.LastNumber + 1, next.What.Matchers, next.What.From, next.What.Through);
        Context.PipeToSelf(
            _home.SaveTombstonesAsync(_id, shard.TombstonesWith(tombstone)),
            () => new TombstoneSaved(shard, tombstone, next.Asker, null),
            failure => new TombstoneSaved(shard, tombstone, next.Asker, failure.Message));
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
            EndDeletion(saved.Asker, failure);
            return;
        }

        if (Shard.InFlightCount >= _home.Settings.Shard.InFlightMax)
        {
            Stash.Add();
            return;
        }

        Log(new Pending(Shard.PrepareDeletion(saved.Tombstone), [], saved.Asker, rows: null) { IsDeletion = true }, isAwaited: true);
    }

    private void EndDeletion(ActorRef asker, string? failure)
    {
        _tombstonesAreWritten = false;
        asker.Tell(new SamplesDeleted(failure), Self);
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

        _tombstonesAreWritten = false;
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

    private sealed record TombstonesDropped(Shard Of, TombstoneList? Needed, string? Failure);
}
