using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>Snapshots: one at a time, written outside the turn.</content>
internal sealed partial class SeriesShardActor
{
    private bool _saving;

    private void Save(ActorRef? asker)
    {
        if (_saving)
        {
            asker?.Tell(new SnapshotSaved("a snapshot is being saved already"), Self);
            return;
        }

        _saving = true;
        Shard shard = Shard;
        SnapshotJob job = shard.BeginSnapshot();
        long began = Context.Time.GetTimestamp();
        Context.PipeToSelf(
            _home.SaveAsync(_id, job),
            written => new Saved(shard, job, written, null, Context.Time.GetElapsedTime(began), asker),
            failure => new Saved(shard, job, null, failure.Message, Context.Time.GetElapsedTime(began), asker));
    }

    private void OnSaved(Saved saved)
    {
        if (!ReferenceEquals(saved.Of, Shard))
        {
            // Begun before a restart: its chunks lie in the memory of the shard that was.
            saved.Asker?.Tell(new SnapshotSaved(saved.Failure ?? "the shard was restarted meanwhile"), Self);
            return;
        }

        _saving = false;
        Shard.CompleteSnapshot(saved.Job, saved.Written);
        if (saved.Failure is null)
        {
            _log.SnapshotSaved(_id.Value, saved.Took);
        }
        else
        {
            _log.SnapshotFailed(_id.Value, saved.Failure);
        }

        saved.Asker?.Tell(new SnapshotSaved(saved.Failure), Self);
        OnSavedForSeal(saved.Failure);
        OnSavedToAdvance(saved);
    }

    private sealed record Saved(Shard Of, SnapshotJob Job, SnapshotWritten? Written, string? Failure, TimeSpan Took, ActorRef? Asker);

    private sealed class SaveDue
    {
        public static readonly SaveDue Instance = new();
    }
}
