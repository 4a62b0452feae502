namespace Pleiad.Storage;

/// <content>Retention by selector: what views no longer show, and blocks that are written anew without it.</content>
public sealed partial class Shard
{
    // Blocks that have been looked at, and at how many steps of the cut: they are looked at again when there is one more.
    private readonly Dictionary<long, int> _expiryLooked = [];

    /// <summary>
    /// Gives up what a policy says is expired at a time: the default waits for rollups as <see cref="RetentionTime"/> says, rules do not.
    /// </summary>
    public void Retain(RetentionPolicy policy, RollupSettings rollups, long nowMs)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Retain(policy.At(nowMs, RetentionTime(rollups, policy.Default, nowMs)));
    }

    /// <summary>
    /// Gives up what is expired: what is so for every series as <see cref="DropBefore"/> does, of other series what their own time says, to
    /// views from now on. Blocks lose it when they are merged, or when all samples of a series are expired: <see cref="BeginExpiry"/>.
    /// No limit goes back: what views no longer show stays out of them.
    /// </summary>
    public void Retain(RetentionCut cut)
    {
        ArgumentNullException.ThrowIfNull(cut);
        ForgetSetAside();
        cut = cut.NotBefore(_parts.Cut);
        if (cut.Floor != cut.Ceiling || _parts.Cut.Floor != _parts.Cut.Ceiling)
        {
            _reclaimer.Refresh();
            _parts = _parts with { Cut = cut };
        }

        if (cut.Floor != long.MinValue)
        {
            DropBefore(cut.Floor);
        }
        else
        {
            SweepIfDue();
        }
    }

    /// <summary>
    /// Takes a block that may have series that are expired whole, to be written anew without them. Give it to
    /// <see cref="BlockStore.Expire(CompactionJob)"/> on another thread, then <see cref="CompleteCompaction"/>.
    /// </summary>
    /// <returns>Null where there is none.</returns>
    public CompactionJob? BeginExpiry()
    {
        RetentionCut cut = _parts.Cut;
        if (_compactionUnderWay || cut.Floor == cut.Ceiling || IsBehindBlocks)
        {
            return null;
        }

        foreach (Block block in Blocks.Blocks)
        {
            int steps = cut.StepsBehind(block.MaxTime);
            if (steps > _expiryLooked.GetValueOrDefault(block.Number))
            {
                // Blocks that are gone need not be remembered.
                HashSet<long> held = [.. Blocks.Blocks.Select(static held => held.Number)];
                foreach (long gone in _expiryLooked.Keys.Where(number => !held.Contains(number)).ToArray())
                {
                    _expiryLooked.Remove(gone);
                }

                _expiryLooked[block.Number] = steps;
                _compactionUnderWay = true;
                return new CompactionJob(View(), [block]);
            }
        }

        return null;
    }
}
