using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads several blocks side by side, series by series in the order of their labels.</summary>
internal static class BlockMerger
{
    /// <summary>Adds all samples that the job's view still sees to a block: not what retention and tombstones took.</summary>
    /// <returns>Chunks that were damaged and are left out.</returns>
    public static int AddAll(CompactionJob job, BlockBuilder into)
    {
        BlockWalk[] sources = [.. job.Sources.Select(block => new BlockWalk(block, job.View.Pin.Parts.Tombstones))];
        var range = new TimeRange(job.View.Pin.OldestTime == long.MinValue ? long.MinValue : job.View.Pin.OldestTime - 1, long.MaxValue);
        var same = new List<BlockWalk>();
        using var parts = new PartsOfSeries();
        using var run = new SampleColumns();
        int lost = 0;
        while (true)
        {
            same.Clear();
            foreach (BlockWalk source in sources)
            {
                if (source.Labels is not { } labels)
                {
                    continue;
                }

                int order = same.Count == 0 ? 0 : labels.CompareTo(same[0].Labels);
                if (order < 0)
                {
                    same.Clear();
                }

                if (order <= 0)
                {
                    same.Add(source);
                }
            }

            if (same.Count == 0)
            {
                return lost;
            }

            run.Clear();
            parts.Clear();
            foreach (BlockWalk source in same)
            {
                parts.Add(source.Reader);
            }

            lost += parts.Read(job.View.Pin.Parts.Cut.Clip(range, same[0].Labels!), run, newestOnly: false);
            if (run.Count > 0)
            {
                into.Add(same[0].Labels!, run);
            }

            foreach (BlockWalk source in same)
            {
                source.MoveNext();
            }
        }
    }
}
