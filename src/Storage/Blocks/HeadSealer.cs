using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Takes the samples before a time out of a view of the head, series by series in the order of blocks.</summary>
internal sealed class HeadSealer
{
    private readonly SealJob _job;
    private readonly List<(Labels Labels, int Number)> _found = [];

    /// <summary>Finds what there is.</summary>
    /// <param name="job">Says up to when.</param>
    public HeadSealer(SealJob job)
    {
        _job = job;
        SlotReader reader = job.View.Reader;
        for (int number = 0; number < reader.End; number++)
        {
            if (reader.TryRead(number, new TimeRange(long.MinValue, job.Before - 1), out SeriesSlot slot, out _))
            {
                _found.Add((reader.LabelsOf(slot), number));
                OldestTime = slot.OldestTime == SeriesSlot.NoTime ? OldestTime : Math.Min(OldestTime, slot.OldestTime);
            }
        }

        _found.Sort(static (left, right) => left.Labels.CompareTo(right.Labels));
    }

    /// <summary>Time of the oldest sample that came in order; <see cref="long.MaxValue"/> where there is none.</summary>
    public long OldestTime { get; } = long.MaxValue;

    /// <summary>Adds to a block what is not in one yet.</summary>
    /// <param name="into">The block.</param>
    /// <param name="series">Takes which series came how far.</param>
    public void AddAll(BlockBuilder into, List<BlockedSeries> series)
    {
        SealJob job = _job;
        SlotReader reader = job.View.Reader;
        using var run = new SampleColumns();
        using var unsorted = new SampleColumns();
        foreach ((Labels labels, int number) in _found)
        {
            if (!reader.TryRead(number, TimeRange.All, out SeriesSlot slot, out int visible))
            {
                continue;
            }

            run.Clear();
            unsorted.Clear();
            LateSamples? late = reader.LateOf(number);
            if (slot.OldestTime != SeriesSlot.NoTime)
            {
                // Older samples of its oldest chunk may be in a block already.
                reader.ReadSamples(number, slot, visible, new TimeRange(slot.OldestTime - 1, job.Before - 1), late is null ? run : unsorted);
            }

            if (late is not null)
            {
                late.Read(job.View.Pin.Clip(new TimeRange(long.MinValue, job.Before - 1)), unsorted);
                SampleOrder.AppendSorted(unsorted, run);
            }

            if (run.Count > 0)
            {
                into.Add(labels, run);
            }

            // Of a series without samples, too, nothing is left to be sealed up to its newest one: retention or damage has taken them, or
            // they are deleted. What comes later is not in the block.
            long through = run.Count > 0 && late is null && reader.DeletedOf(number) is null
                ? run.Times[^1]
                : Math.Min(reader.LastTime(slot, visible), job.Before - 1);
            series.Add(new BlockedSeries(number, slot.Generation, through));
        }
    }
}
