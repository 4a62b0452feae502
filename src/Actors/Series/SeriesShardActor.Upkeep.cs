using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>Moving the head into blocks and blocks into longer ones: one shard of the node after the other, each step outside the turn.</content>
internal sealed partial class SeriesShardActor
{
    // Two snapshots: the log is cut behind the older of the two that are kept.
    private const int SnapshotsThatCutTheLog = 2;

    private static readonly TimeSpan SettlingPause = TimeSpan.FromMilliseconds(100);

    // Those who wait for the next seal of everything, and those whom the one under way is for: what the others have written is not all in it.
    private readonly List<ActorRef> _sealAskers = [];
    private readonly List<ActorRef> _sealServed = [];
    private QuietTime? _quiet;
    private bool _isQuiet;
    private bool _upkeep;
    private bool _hasTurn;
    private bool _sealedAll;
    private bool _sealsForLate;
    private int _snapshotsLeft;

    private void BeginUpkeep()
    {
        if (!_upkeep)
        {
            _upkeep = true;
            _sealedAll = false;
            _hasPruned = false;
            _quiet ??= new QuietTime(Context.Time, _home.Settings.QuietAfter);
            _isQuiet = _quiet.Look(Shard.AppliedSeq);
            Shard.BeginRollupRound();
            Context.PipeToSelf(_home.UpkeepTurnAsync(), static _ => UpkeepTurn.Instance);
        }
    }

    private void OnUpkeepTurn()
    {
        if (!_upkeep || _hasTurn)
        {
            // Asked for before a restart.
            _home.EndUpkeepTurn();
            return;
        }

        _hasTurn = true;
        GoOn();
    }

    // One step at a time; each one's end comes back here.
    private void GoOn()
    {
        bool all = _sealedAll || _sealsForLate || _sealAskers.Count > 0;
        long? quiet = _isQuiet ? SteadyNow().Milliseconds : null;
        if (all && !_sealedAll)
        {
            // Nobody tells when a view ends, and where nothing comes nothing else looks before the next round of retention.
            Shard.Settle();
            if (Shard.IsSettling || Shard.IsSealing)
            {
                // A view or a snapshot of before the last seal is alive; it ends.
                Timers.StartSingle(Settling.Instance, Settling.Instance, SettlingPause);
                return;
            }

            _sealedAll = true;
            _sealsForLate = false;
            _sealServed.AddRange(_sealAskers);
            _sealAskers.Clear();
            if (Shard.OldestInHead() != long.MaxValue)
            {
                Seal(Shard.NewestTime + 1);
                return;
            }
        }
        else if (!all && Shard.SealDue(_home.Settings.BlockRangeMs, RetentionNow().Milliseconds, quiet) is long before)
        {
            Seal(before);
            return;
        }

        // Asked to seal everything, a window is complete as it is; otherwise blocks of it may still come out of the head.
        long sealedBefore = all ? long.MaxValue : Shard.OldestInHead();
        if (TryRollUp(sealedBefore, quiet) || TryClean() || TryCleanRollups())
        {
            return;
        }

        if (Shard.BeginExpiry() is { } expired)
        {
            Merge(expired, _home.ExpireAsync(_id, expired));
            return;
        }

        // An empty head says nothing of what comes: a window that is not over would be merged again after each burst.
        long mergedBefore = all ? long.MaxValue : Math.Min(sealedBefore, quiet ?? RetentionNow().Milliseconds);
        if (Shard.BeginCompaction(_home.Settings.BlockRangeMs, _home.Settings.BlockRangeMaxMs, mergedBefore, _home.MergedBytesMax) is { } job)
        {
            Merge(job, _home.MergeAsync(_id, job));
            return;
        }

        if (TryDropTombstones())
        {
            return;
        }

        if (all)
        {
            Context.PipeToSelf(_home.RollJournalAsync(), static () => new Rolled(null), static failure => new Rolled(failure.Message));
            return;
        }

        EndUpkeep(null);
    }

    private void Seal(long before)
    {
        Shard shard = Shard;
        SealJob job = shard.BeginSeal(before);
        long began = Context.Time.GetTimestamp();
        Context.PipeToSelf(
            _home.SealAsync(_id, job),
            written => new Sealed(shard, job, written, null, Context.Time.GetElapsedTime(began)),
            failure => new Sealed(shard, job, null, failure.Message, Context.Time.GetElapsedTime(began)));
    }

    private void OnSealed(Sealed done)
    {
        if (!ReferenceEquals(done.Of, Shard))
        {
            // Begun before a restart: the shard that is has found the block by itself.
            return;
        }

        Shard.CompleteSeal(done.Job, done.Written);
        _home.Publish(_id, Shard);
        if (done.Written is { } written)
        {
            _log.HeadSealed(_id.Value, written.Samples, written.Bytes, done.Took);
        }
        else
        {
            _log.UpkeepFailed(_id.Value, done.Failure!);
        }

        if (_sealsForRecord)
        {
            OnSealedForRecord(done.Failure);
        }
        else if (done.Failure is null)
        {
            GoOn();
        }
        else
        {
            EndUpkeep(done.Failure);
        }
    }

    private void Merge(CompactionJob job, Task<CompactionWritten> writing)
    {
        Shard shard = Shard;
        Context.PipeToSelf(
            writing,
            written => new Merged(shard, job, written, null),
            failure => new Merged(shard, job, null, failure.Message));
    }

    private void OnMerged(Merged done)
    {
        if (!ReferenceEquals(done.Of, Shard))
        {
            return;
        }

        Shard.CompleteCompaction(done.Job, done.Written);
        NoteLossesSinceOpened();
        _home.Publish(_id, Shard);
        if (done.Written is { } written)
        {
            if (!written.IsUnchanged)
            {
                _log.BlocksMerged(_id.Value, done.Job.Count);
            }

            if (written.ChunksLost > 0)
            {
                _log.ChunksLost(_id.Value, written.ChunksLost, _home.QuarantinePath);
            }

            GoOn();
        }
        else
        {
            _log.UpkeepFailed(_id.Value, done.Failure!);
            EndUpkeep(done.Failure);
        }
    }

    private void OnRolled(Rolled rolled)
    {
        if (!_hasTurn)
        {
            return;
        }

        if (rolled.Failure is not null)
        {
            EndUpkeep(rolled.Failure);
            return;
        }

        _snapshotsLeft = SnapshotsThatCutTheLog;
        SaveForSeal();
    }

    private void SaveForSeal()
    {
        // One of its own accord may be under way: its end comes here too.
        if (!_saving)
        {
            Save(null);
        }
    }

    private void OnSavedForSeal(string? failure)
    {
        if (_snapshotsLeft == 0)
        {
            return;
        }

        _snapshotsLeft = failure is null ? _snapshotsLeft - 1 : 0;
        if (_snapshotsLeft > 0)
        {
            SaveForSeal();
        }
        else
        {
            EndUpkeep(failure);
        }
    }

    private void EndUpkeep(string? failure)
    {
        _upkeep = false;
        GiveTurnBack();
        if (_isCleaning || failure is not null)
        {
            AnswerCleaned(_cleanServed, failure);
        }

        if (failure is not null)
        {
            // Tried for nobody, it would fail again for them; whoever asked for a seal is not done before one was tried.
            AnswerCleaned(_cleanAskers, failure);
        }

        Answer(_sealServed, failure);
        if (_sealsForLate || _sealAskers.Count > 0 || _cleanAskers.Count > 0)
        {
            // Asked for while this was under way.
            BeginUpkeep();
        }
    }

    private void Answer(List<ActorRef> askers, string? failure)
    {
        foreach (ActorRef asker in askers)
        {
            asker.Tell(new HeadSealed(failure), Self);
        }

        askers.Clear();
    }

    private void GiveTurnBack()
    {
        if (_hasTurn)
        {
            _hasTurn = false;
            _home.EndUpkeepTurn();
        }
    }

    private sealed record Sealed(Shard Of, SealJob Job, SealWritten? Written, string? Failure, TimeSpan Took);

    private sealed record Rolled(string? Failure);

    private sealed record Merged(Shard Of, CompactionJob Job, CompactionWritten? Written, string? Failure);

    private sealed class UpkeepDue
    {
        public static readonly UpkeepDue Instance = new();
    }

    private sealed class UpkeepTurn
    {
        public static readonly UpkeepTurn Instance = new();
    }

    private sealed class Settling
    {
        public static readonly Settling Instance = new();
    }
}
