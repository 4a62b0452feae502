using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>Rollups: a step of the upkeep behind the seal, before blocks are merged. That it fails holds nothing else up.</content>
internal sealed partial class SeriesShardActor
{
    private bool TryRollUp(long sealedBefore, long? quietMs)
    {
        if (Shard.BeginRollup(_home.Settings.Rollups, sealedBefore, quietMs) is not { } job)
        {
            return false;
        }

        RollUp(job);
        return true;
    }

    // Part of a cleaning, behind the blocks of samples.
    private bool TryCleanRollups()
    {
        if (!_isCleaning || Shard.BeginRollupCleaning() is not { } job)
        {
            return false;
        }

        RollUp(job);
        return true;
    }

    private void RollUp(RollupJob job)
    {
        Shard shard = Shard;
        Context.PipeToSelf(
            _home.RollUpAsync(_id, job),
            written => new RolledUp(shard, job, written, null),
            failure => new RolledUp(shard, job, null, failure.Message));
    }

    private void OnRolledUp(RolledUp done)
    {
        if (!ReferenceEquals(done.Of, Shard))
        {
            // Begun before a restart: the shard that is has found the block by itself.
            return;
        }

        Shard.CompleteRollup(done.Job, done.Written);
        NoteLossesSinceOpened();
        _home.Publish(_id, Shard);
        if (done.Written is { } written)
        {
            _log.RolledUp(_id.Value, written.Buckets, written.Bytes);
            if (written.ChunksLost > 0)
            {
                _log.ChunksLost(_id.Value, written.ChunksLost, _home.QuarantinePath);
            }
        }
        else
        {
            _log.UpkeepFailed(_id.Value, done.Failure!);
        }

        GoOn();
    }

    private sealed record RolledUp(Shard Of, RollupJob Job, RollupWritten? Written, string? Failure);
}
