using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>Rollups: begun and completed in turns of the writer, written by somebody else meanwhile, read through views.</content>
public sealed partial class Shard
{
    private readonly Dictionary<long, RollupProgress> _rollupProgress = [];
    private bool _rollupUnderWay;
    private long _rollupWindowMs;

    private RollupList Rollups
    {
        get => _parts.Rollups;
        set => _parts = _parts with { Rollups = value };
    }

    /// <summary>Blocks of rollups.</summary>
    public int RollupCount => Rollups.Blocks.Count;

    /// <summary>Bytes of them.</summary>
    public long RollupBytes => Rollups.Bytes;

    /// <summary>Times and sizes of them, in no order: the last time of each is the end of its last bucket.</summary>
    public IReadOnlyList<BlockExtent> RollupExtents =>
        [.. Rollups.Blocks.Select(static block => new BlockExtent(block.Rollup!.Ends.After + 1, block.Rollup.Ends.Through, block.Length)
        {
            ResolutionMs = block.Rollup.ResolutionMs,
        })];

    /// <summary>Another round of upkeep begins: what failed in one before is tried again, after each failure later.</summary>
    public void BeginRollupRound()
    {
        foreach (RollupProgress progress in _rollupProgress.Values)
        {
            progress.BeginRound();
        }
    }

    /// <summary>
    /// Takes what the next rollups are made of. Give it to <see cref="RollupStore.Write"/> on another thread, then <see cref="CompleteRollup"/>.
    /// Before blocks are merged: of a merged one it cannot be told as well what of it is new.
    /// </summary>
    /// <param name="settings">Which.</param>
    /// <param name="sealedBefore">Every sample of before this time is in a block.</param>
    /// <param name="quietMs">
    /// What time it is, where nothing has come for so long that nothing is waited for any more: then the window of the newest sample is complete when that time
    /// is behind it, and no later one, so that whoever comes back finds little that has to be written again. Null while something comes.
    /// </param>
    /// <returns>Null where there is nothing to do.</returns>
    public RollupJob? BeginRollup(RollupSettings settings, long sealedBefore, long? quietMs = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        IReadOnlyList<Block> blocks = Blocks.Blocks;
        if (_rollupUnderWay || IsBehindBlocks)
        {
            return null;
        }

        _rollupWindowMs = settings.WindowMs;
        long newest = blocks.Count == 0 ? 0 : blocks.Max(static block => block.Number);
        long newestTime = Math.Max(NewestTime, Blocks.NewestTime);
        long completeBefore = Math.Min(sealedBefore, newestTime == long.MaxValue ? newestTime : newestTime + 1);
        if (quietMs is { } quiet && newestTime != long.MinValue && RollupGrid.Ceiling(newestTime, settings.WindowMs) is var end && end < quiet)
        {
            completeBefore = Math.Min(sealedBefore, end + 1);
        }

        foreach (RollupTier tier in settings.Tiers)
        {
            RollupLevel? level = Rollups.Level(tier.ResolutionMs);
            RollupProgress progress = ProgressOf(tier.ResolutionMs);
            if (progress.Waits)
            {
                // One that fails holds up no other.
                continue;
            }

            if (level is not null && progress.Again(blocks, level, settings.WindowMs, newest) is { } again)
            {
                return Begin(again, RollupPurpose.Again);
            }

            if (RollupPlan.Next(blocks, level, settings.WindowMs, progress.SpanMs(settings.WindowMs), completeBefore) is { } ends)
            {
                return Begin(new RollupExtent(tier.ResolutionMs, ends, newest), RollupPurpose.New);
            }

            if (level is not null && progress.Merges && RollupPlan.Merge(level, settings.WindowMs) is { } same)
            {
                return Begin(new RollupExtent(tier.ResolutionMs, same, level.SourcesThrough), RollupPurpose.Merged);
            }
        }

        return null;
    }

    /// <summary>The same for rollups that tombstones may delete something of, to be written anew without it.</summary>
    /// <returns>Null where there are none.</returns>
    public RollupJob? BeginRollupCleaning()
    {
        if (_rollupUnderWay || IsBehindBlocks
            || Rollups.Blocks.FirstOrDefault(block => Tombstones.NotAppliedTo(block).Any() && !ProgressOf(block.Rollup!.ResolutionMs).Waits) is not { } next)
        {
            return null;
        }

        RollupExtent extent = next.Rollup!;
        return Begin(extent with { SourcesThrough = Rollups.Level(extent.ResolutionMs)!.SourcesThrough }, RollupPurpose.Cleaned);
    }

    /// <summary>Ends it: the new block takes the place of those it covers.</summary>
    /// <param name="job">From <see cref="BeginRollup"/> or <see cref="BeginRollupCleaning"/>.</param>
    /// <param name="written">Of the store; null when it failed, and everything stays as it was.</param>
    public void CompleteRollup(RollupJob job, RollupWritten? written)
    {
        ArgumentNullException.ThrowIfNull(job);
        _rollupUnderWay = false;
        job.View.Dispose();
        RollupProgress progress = ProgressOf(job.Extent.ResolutionMs);
        if (written is null)
        {
            progress.NoteFailed(job, _rollupWindowMs);
        }
        else
        {
            progress.NoteWritten(job);
            var list = new RollupList([.. Rollups.Blocks, written.Block]);
            ReplaceRollups(list.Hidden(), written.Block);
        }
    }

    /// <summary>Gives up the rollups that are older than they are kept, block by block.</summary>
    /// <returns>How many blocks.</returns>
    public int RetainRollups(RollupSettings settings, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(settings);
        List<Block> gone = [.. Rollups.Blocks.Where(block => settings.Tiers.Any(
            tier => tier.ResolutionMs == block.Rollup!.ResolutionMs && block.Rollup.Ends.Through < tier.KeptFrom(nowMs)))];
        if (gone.Count > 0)
        {
            ReplaceRollups(gone, null);
        }

        return gone.Count;
    }

    /// <summary>Drops the blocks of rollups of a resolution whose last bucket ends at or before a time, whatever retention says of them.</summary>
    /// <returns>How many.</returns>
    public int DropRollupsThrough(long resolutionMs, long timeMs)
    {
        List<Block> gone = [.. Rollups.Blocks.Where(block => block.Rollup!.ResolutionMs == resolutionMs && block.Rollup.Ends.Through <= timeMs)];
        if (gone.Count > 0)
        {
            ReplaceRollups(gone, null);
        }

        return gone.Count;
    }

    /// <summary>
    /// The time that retention of samples that no rule speaks of may go by: earlier than it is where samples would be gone of which rollups are still to be written, by
    /// <see cref="RollupSettings.RetentionWait"/> at most. Does not wait for samples that came into a time that was rolled up before.
    /// </summary>
    /// <param name="settings">Which rollups.</param>
    /// <param name="keep">How long samples are kept that no rule speaks of; zero for ever.</param>
    /// <param name="nowMs">What time it is.</param>
    public long RetentionTime(RollupSettings settings, TimeSpan keep, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(settings);
        long keepMs = (long)keep.TotalMilliseconds;
        long cut = keepMs > 0 ? nowMs - keepMs : long.MinValue;
        long needed = cut;
        foreach (RollupTier tier in settings.Tiers)
        {
            long covered = Rollups.Level(tier.ResolutionMs)?.CoveredThrough ?? long.MinValue;
            foreach (Block block in Blocks.Blocks)
            {
                if (block.MaxTime > covered)
                {
                    needed = Math.Min(needed, Math.Max(block.MinTime, covered == long.MinValue ? covered : covered + 1));
                }
            }
        }

        if (needed >= cut)
        {
            return nowMs;
        }

        long earliest = nowMs - (long)settings.RetentionWait.TotalMilliseconds;
        (needed + keepMs >= earliest ? StorageMetrics.RetentionsHeldBack : StorageMetrics.RetentionsBeforeRollups).Add(1);
        return Math.Max(needed + keepMs, earliest);
    }

    private RollupJob Begin(RollupExtent extent, RollupPurpose purpose)
    {
        _rollupUnderWay = true;
        return new RollupJob(View(), extent, purpose);
    }

    private RollupProgress ProgressOf(long resolutionMs)
    {
        if (!_rollupProgress.TryGetValue(resolutionMs, out RollupProgress? progress))
        {
            _rollupProgress.Add(resolutionMs, progress = new RollupProgress(resolutionMs));
        }

        return progress;
    }

    private void NoteMergedForRollups(Block made)
    {
        foreach (RollupLevel level in Rollups.Levels)
        {
            ProgressOf(level.ResolutionMs).NoteMerged(made, level.SourcesThrough);
        }
    }

    private void ReplaceRollups(IReadOnlyCollection<Block> gone, Block? added)
    {
        NoteRollupsLostOf(gone);
        IEnumerable<Block> left = Rollups.Blocks.Where(block => !gone.Contains(block));
        Rollups = new RollupList(added is null ? left : left.Append(added));
        Retire(gone);
    }
}
