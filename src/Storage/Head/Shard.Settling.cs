namespace Pleiad.Storage;

/// <content>The head lets go of what is in blocks, once nobody reads it there any more.</content>
public sealed partial class Shard
{
    private IReadOnlyList<BlockedSeries>? _blocked;
    private long _blockedTicket;

    /// <summary>Whether samples that are in a block are still in the head too, because a view from before is alive or a snapshot is being written.</summary>
    public bool IsSettling => _blocked is not null;

    private void LetGoOf(IReadOnlyList<BlockedSeries> series)
    {
        if (series.Count > 0 || _blocked is null)
        {
            _blocked = _blocked is null ? series : [.. _blocked, .. series];
            _blockedTicket = _reclaimer.NextTicket;
        }
    }

    // Views that do not know the new block are gone when the ticket is quiet. A snapshot under way has a list of chunks of its own.
    private void SettleIfQuiet()
    {
        if (_blocked is not { } blocked || _snapshotUnderWay || !_reclaimer.IsQuietBefore(_blockedTicket))
        {
            return;
        }

        _blocked = null;
        var through = new Dictionary<int, BlockedSeries>(blocked.Count);
        foreach (BlockedSeries series in blocked)
        {
            if (!through.TryGetValue(series.Slot, out BlockedSeries known) || known.Generation != series.Generation || known.Through < series.Through)
            {
                through[series.Slot] = series;
            }
        }

        _appender.ForgetUnsaved(chunk =>
            through.TryGetValue(chunk.Slot, out BlockedSeries series)
            && series.Generation == chunk.Generation
            && SealedChunk.At(_arena, chunk.Handle).LastTime <= series.Through);
        var gone = new List<int>();
        foreach (BlockedSeries series in through.Values)
        {
            if (_table.Holds(series.Slot) && _table[series.Slot].Generation == series.Generation && Settle(series.Slot, ref _table.Held(series.Slot), series.Through))
            {
                gone.Add(series.Slot);
            }
        }

        gone.Sort();
        RemoveSeries(gone);
    }

    // True where nothing of the series is left in the head.
    private bool Settle(int number, ref SeriesSlot slot, long through)
    {
        bool isAll = slot.Tail.Time <= through;
        if (isAll && IsHeldByTwin(number))
        {
            _heldByTwins.Add(new BlockedSeries(number, slot.Generation, through));
        }

        if (isAll && IsIdle(number, slot))
        {
            if (IsFollower)
            {
                Empty(ref slot);
            }

            return !IsFollower;
        }

        slot.BeginChange();
        _appender.DropSealed(ref slot, through + 1);
        if (slot.OldestTime != SeriesSlot.NoTime && slot.OldestTime <= through)
        {
            // Some samples of the oldest chunk are in the block, the others are not.
            slot.OldestTime = through + 1;
        }

        slot.EndChange();
        return false;
    }
}
