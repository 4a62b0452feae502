using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>How the rollups of one resolution get on: what has to be rolled up again, and what attempts that failed have taught. The writer's alone.</summary>
/// <remarks>It is gone with a stop, which costs only work: what is rolled up again begins anew, and what is too large is found out again.</remarks>
internal sealed class RollupProgress(long resolutionMs)
{
    /// <summary>Rounds of upkeep that are left out at most after one failure more.</summary>
    public const int WaitMax = 64;

    // Merged blocks, made only of such as were looked at, whose numbers are larger all the same.
    private readonly HashSet<long> _lookedAt = [];
    private long _spanMaxMs = long.MaxValue;
    private (TimeRange Left, long SourcesThrough)? _again;
    private int _failures;
    private int _wait;

    /// <summary>Whether nothing of it is begun in this round, because it failed before.</summary>
    public bool Waits => _wait > 0;

    /// <summary>Whether its blocks are still merged: one that was too large would be so again.</summary>
    public bool Merges { get; private set; } = true;

    /// <summary>Another round of upkeep begins.</summary>
    public void BeginRound() => _wait = Math.Max(0, _wait - 1);

    /// <summary>Time that is rolled up at once at most.</summary>
    public long SpanMs(long windowMs) => Math.Min(_spanMaxMs, RollupPlan.WindowsMax * windowMs);

    /// <summary>The next part of what is rolled up and has changed; null where nothing has.</summary>
    /// <param name="blocks">Of samples.</param>
    /// <param name="level">What there is.</param>
    /// <param name="windowMs">See <see cref="RollupSettings.Window"/>.</param>
    /// <param name="newest">The largest number of the blocks.</param>
    /// <remarks>
    /// Only with the last part every block up to a number was looked at. What the parts are of is kept from the first to the last: a block that is merged
    /// meanwhile can no longer be told from those that were looked at.
    /// </remarks>
    public RollupExtent? Again(IReadOnlyList<Block> blocks, RollupLevel level, long windowMs, long newest)
    {
        if (_again is null && RollupPlan.Again(blocks, level, windowMs, IsNew) is { } all)
        {
            _again = (all, newest);
        }

        if (_again is not { } again)
        {
            return null;
        }

        var part = new TimeRange(again.Left.After, RollupPlan.EndOf(again.Left, SpanMs(windowMs), windowMs));
        return new RollupExtent(resolutionMs, part, part.Through == again.Left.Through ? again.SourcesThrough : level.SourcesThrough);
    }

    /// <summary>A block was made of others.</summary>
    public void NoteMerged(Block made, long sourcesThrough)
    {
        if (!IsNew(made, sourcesThrough))
        {
            _lookedAt.Add(made.Number);
        }
    }

    /// <summary>Rollups were written.</summary>
    public void NoteWritten(RollupJob job)
    {
        _failures = 0;
        if (job.Purpose != RollupPurpose.Again || _again is not { } again)
        {
            return;
        }

        if (job.Extent.Ends.Through < again.Left.Through)
        {
            _again = again with { Left = again.Left with { After = job.Extent.Ends.Through } };
        }
        else
        {
            _again = null;
            _lookedAt.RemoveWhere(number => number <= again.SourcesThrough);
        }
    }

    /// <summary>Rollups could not be written. What was too large is tried again with half the time, anything else later and later.</summary>
    public void NoteFailed(RollupJob job, long windowMs)
    {
        if (job.IsTooLarge && job.Purpose == RollupPurpose.Merged)
        {
            Merges = false;
            return;
        }

        long span = Math.Min(SpanMs(windowMs), job.Extent.Ends.Through - job.Extent.Ends.After);
        if (job.IsTooLarge && job.Purpose != RollupPurpose.Cleaned && span > resolutionMs)
        {
            _spanMaxMs = Math.Max(resolutionMs, RollupGrid.Floor(span / 2, resolutionMs));
            return;
        }

        _wait = Math.Min(WaitMax, 1 << Math.Min(_failures++, 6));
    }

    private bool IsNew(Block block, long sourcesThrough) =>
        IsNew(block.Number, sourcesThrough) && (block.Replaces.Count == 0 || block.Replaces.Any(number => IsNew(number, sourcesThrough)));

    private bool IsNew(long number, long sourcesThrough) => number > sourcesThrough && !_lookedAt.Contains(number);
}
