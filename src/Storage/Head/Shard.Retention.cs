using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <content>Retention: what is older than a time goes, in a turn of the writer, once no view from before can see it.</content>
public sealed partial class Shard
{
    private long _sweepBefore = long.MinValue;
    private long _sweptBefore = long.MinValue;
    private long _sweepTicket;
    private bool _sweepDue;

    /// <summary>
    /// Gives up what is older than a time: samples before it are refused from now on and invisible to views taken from now on;
    /// sealed chunks that end before it, and series that have nothing after it, are removed as soon as the views alive now are gone.
    /// </summary>
    /// <param name="timeMs">Milliseconds since the epoch; an earlier one than before changes nothing.</param>
    public void DropBefore(long timeMs)
    {
        if (timeMs > AcceptFrom)
        {
            AcceptFrom = timeMs;
            DropOldBlocks();
        }

        SweepIfDue();
    }

    private void SweepIfDue()
    {
        SettleIfQuiet();
        if (!_sweepDue && AcceptFrom > _sweepBefore)
        {
            _sweepBefore = AcceptFrom;
            _sweepTicket = _reclaimer.NextTicket;
            _sweepDue = true;
        }

        if (!_sweepDue || !_reclaimer.IsQuietBefore(_sweepTicket))
        {
            return;
        }

        _sweepDue = false;
        _appender.ForgetUnsaved(chunk => SealedChunk.At(_arena, chunk.Handle).LastTime < _sweepBefore);
        _sweptBefore = _sweepBefore;
        ForgetDeletionsBefore(_sweepBefore);
        ForgetLateBefore(_sweepBefore);
        var gone = new List<int>();
        for (int number = 0; number < _table.End; number++)
        {
            if (!_table.Holds(number) || _table[number].OldestTime >= _sweepBefore)
            {
                continue;
            }

            ref SeriesSlot slot = ref _table.Held(number);

            // A series without any sample may have its first one under way.
            bool idle = IsIdle(number, slot);
            if (slot.OpenCount == 0 || slot.Tail.Time >= _sweepBefore)
            {
                slot.BeginChange();
                _appender.DropSealed(ref slot, _sweepBefore);
                slot.EndChange();
                if (slot.SealedAt == 0 && slot.OpenCount == 0 && idle && !IsFollower)
                {
                    gone.Add(number);
                }
            }
            else if (idle && slot.Tail.Time < _sweepBefore)
            {
                if (IsFollower)
                {
                    Empty(ref slot);
                }
                else
                {
                    gone.Add(number);
                }
            }
        }

        RemoveSeries(gone);
    }

    private void RemoveSeries(List<int> numbers)
    {
        if (numbers.Count == 0)
        {
            return;
        }

        ForgetAwaited(CollectionsMarshal.AsSpan(numbers));
        var pairs = new HashSet<int>();
        foreach (int number in numbers)
        {
            ref SeriesSlot slot = ref _table.Held(number);
            foreach (int pair in _table.PairsOf(slot))
            {
                pairs.Add(pair);
            }

            slot.BeginChange();
            _appender.DropSealed(ref slot, long.MaxValue);
            _appender.DropOpen(ref slot);
            slot.EndChange();
            _table.Remove(number);
        }

        foreach (int pair in _index.Remove(numbers.ToArray(), pairs, AwaitedPairs(pairs)))
        {
            _reclaimer.Retire(Reclaimed.Pair, pair);
        }

        ForgetSpecials(numbers);
        RemovedSeries += numbers.Count;
    }

    // Series whose first batch is under way have pairs and are in no postings yet.
    private HashSet<int> AwaitedPairs(HashSet<int> among)
    {
        var awaited = new HashSet<int>();
        for (int number = 0; number < _table.End; number++)
        {
            ref readonly SeriesSlot slot = ref _table[number];
            if (slot.InUse && slot.CreatedSeq == SeriesSlot.NotYet)
            {
                foreach (int pair in _table.PairsOf(slot))
                {
                    if (among.Contains(pair))
                    {
                        awaited.Add(pair);
                    }
                }
            }
        }

        return awaited;
    }

    /// <summary>Series removed since the start.</summary>
    public long RemovedSeries { get; private set; }
}
