using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads slots as a view sees them. From any thread, while the writer goes on.</summary>
internal sealed class SlotReader(SeriesTable table, LabelIndex index, ByteArena arena, ViewPin pin)
{
    /// <summary>Slots that may be seen: the table's end when the view was taken.</summary>
    public int End { get; } = table.End;

    /// <summary>The newest sample of the shard when the view was taken.</summary>
    public long NewestTime => pin.NewestTime;

    /// <summary>Bytes that the chunks of a series take in memory, as the view finds them.</summary>
    public int ChunkBytesOf(in SeriesSlot slot)
    {
        int bytes = slot.OpenAt == 0 ? 0 : ByteArena.CapacityOf(slot.OpenClass);
        for (int handle = slot.SealedAt; handle != 0;)
        {
            SealedChunk chunk = SealedChunk.At(arena, handle);
            bytes += ByteArena.CapacityOf(chunk.PieceClass);
            handle = chunk.Older;
        }

        return bytes;
    }

    /// <summary>Whether the view sees this series and may see samples of it in a range.</summary>
    public bool Sees(int number, TimeRange range) => TryRead(number, range, out _, out _);

    /// <summary>A copy of the slot, and how many of its samples the view sees; false where it sees none in the range.</summary>
    /// <param name="number">The slot.</param>
    /// <param name="range">Where samples are wanted.</param>
    /// <param name="slot">As it is now, which may be later than the view.</param>
    /// <param name="visible">As many samples, from the first ever on.</param>
    /// <param name="blockedThrough">Samples up to this time are in blocks; those that came late do not count among them.</param>
    public bool TryRead(int number, TimeRange range, out SeriesSlot slot, out int visible, long blockedThrough = long.MinValue)
    {
        SeriesSlot.Read(in table[number], out slot);
        visible = slot.Total;
        if (slot.CreatedSeq > pin.Seq || !slot.InUse)
        {
            return false;
        }

        if (slot.ChangedSeq > pin.Seq && pin.TryRecall(number, out int total, out _))
        {
            visible = total;
        }

        // The last time may be later than the view's: the answer is "may have".
        long oldest = Math.Max(slot.OldestTime, pin.OldestTime);
        TimeRange inHead = range with { After = Math.Max(range.After, blockedThrough) };
        return (oldest <= slot.Tail.Time
                && inHead.Overlaps(oldest, slot.Tail.Time)
                && DeletedOf(number)?.CoverOf(inHead, oldest, slot.Tail.Time) != true)
            || LateOf(number)?.HasAny(pin.Clip(range)) == true;
    }

    /// <summary>
    /// The same for a snapshot: every series that was there, those beyond retention too (the log may go on about them without
    /// defining them again), and how many samples its open chunk had.
    /// </summary>
    public bool TryReadWhole(int number, out SeriesSlot slot, out int visible, out int open)
    {
        SeriesSlot.Read(in table[number], out slot);
        visible = slot.Total;
        open = slot.OpenCount;
        if (slot.CreatedSeq > pin.Seq || !slot.InUse)
        {
            return false;
        }

        if (slot.ChangedSeq > pin.Seq && pin.TryRecall(number, out int total, out int openThen))
        {
            visible = total;
            open = openThen;
        }

        return true;
    }

    /// <summary>The time of the last sample the view sees of a series, deleted or not; <see cref="SeriesSlot.NoTime"/> where damage has taken it.</summary>
    public long LastTime(in SeriesSlot slot, int visible)
    {
        if (visible == slot.Total)
        {
            return slot.Tail.Time;
        }

        using var last = new SampleColumns();
        ReadSamples(slot, visible - 1, visible, TimeRange.All, last);
        return last.Count > 0 ? last.Times[^1] : SeriesSlot.NoTime;
    }

    /// <summary>The label pairs of a series the view sees.</summary>
    public ReadOnlySpan<int> PairsOf(in SeriesSlot slot) => table.PairsOf(slot);

    /// <summary>The labels of a series the view sees.</summary>
    public Labels LabelsOf(in SeriesSlot slot) => index.LabelsOf(table.PairsOf(slot));

    /// <summary>Appends the newest float of a series without decoding anything.</summary>
    /// <returns>False, and nothing appended, where it is not at hand: later than the view or the range, or no plain float.</returns>
    public bool TryReadNewest(int number, in SeriesSlot slot, int visible, TimeRange range, SampleColumns into)
    {
        if (DeletedOf(number)?.Contains(slot.Tail.Time) == true
            || LateOf(number) is not null
            || visible != slot.Total || slot.OpenCount == 0 || slot.Encoding != ChunkEncoding.Gorilla || !range.Contains(slot.Tail.Time))
        {
            return false;
        }

        into.Add(slot.Tail.Time, BitConverter.UInt64BitsToDouble(slot.Tail.Value));
        return true;
    }

    /// <summary>Appends the samples of a series that the view sees in a range, those that came late left out.</summary>
    /// <param name="number">The slot.</param>
    /// <param name="slot">As read before.</param>
    /// <param name="visible">As read before.</param>
    /// <param name="range">Which samples.</param>
    /// <param name="into">Where they go.</param>
    public void ReadSamples(int number, in SeriesSlot slot, int visible, TimeRange range, SampleColumns into)
    {
        int first = into.Count;
        ReadSamples(slot, 0, visible, pin.Clip(range), into);
        DeletedOf(number)?.RemoveFrom(into, first);
    }

    /// <summary>The same, from the chunk that holds a given sample on, and without regard to retention and deletion.</summary>
    public void ReadSamples(in SeriesSlot slot, int from, int visible, TimeRange range, SampleColumns into)
    {
        // The chain leads from the newest to the oldest; chunks are decoded the other way round.
        const int OnStack = 64;
        Span<int> handles = stackalloc int[OnStack];
        int count = 0;
        int end = slot.Total - slot.OpenCount;
        int firstOfOldest = end;
        for (int handle = slot.SealedAt; handle != 0;)
        {
            SealedChunk chunk = SealedChunk.At(arena, handle);
            if (chunk.LastTime <= range.After || firstOfOldest <= from)
            {
                break;
            }

            firstOfOldest -= chunk.Count;
            if (count == handles.Length)
            {
                var more = new int[count * 2];
                handles.CopyTo(more);
                handles = more;
            }

            handles[count++] = handle;
            handle = chunk.Older;
        }

        int first = firstOfOldest;
        while (count > 0)
        {
            int handle = handles[--count];
            SealedChunk chunk = SealedChunk.At(arena, handle);
            if (chunk.FirstTime <= range.Through && first < visible && first + chunk.Count > from)
            {
                int seen = Math.Min(chunk.Count, visible - first);
                ChunkDecoder.Read(chunk.Encoding, chunk.Bytes(arena, handle), chunk.FirstTime, seen, range, into);
            }

            first += chunk.Count;
        }

        int open = Math.Min(slot.OpenCount, visible - end);
        if (open > 0 && range.Overlaps(slot.FirstTime, slot.Tail.Time))
        {
            ChunkDecoder.Read(slot.Encoding, SampleAppender.OpenBytes(arena, slot), slot.FirstTime, open, range, into);
        }
    }

    /// <summary>Samples of a series that came late; null where there are none. What is deleted is not among them.</summary>
    public LateSamples? LateOf(int number) =>
        pin.Parts.Late.Count > 0 && pin.Parts.Late.TryGetValue(number, out LateSamples? late) ? late : null;

    /// <summary>What is deleted of a series; null where nothing is.</summary>
    public TimeSpans? DeletedOf(int number) =>
        pin.Parts.Deleted.Count > 0 && pin.Parts.Deleted.TryGetValue(number, out TimeSpans? spans) ? spans : null;
}
