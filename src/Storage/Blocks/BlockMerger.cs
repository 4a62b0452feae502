using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Writes what several blocks have of each series as one.</summary>
internal static class BlockMerger
{
    /// <summary>Adds all samples that the job's view still sees to a block: not what retention and tombstones took.</summary>
    /// <returns>Chunks that were damaged and are left out.</returns>
    public static int AddAll(CompactionJob job, BlockBuilder into)
    {
        var series = new BlocksByLabels([.. job.Sources.Select(block => new BlockWalk(block, job.View.Pin.Parts.Tombstones))]);
        var range = new TimeRange(job.View.Pin.OldestTime == long.MinValue ? long.MinValue : job.View.Pin.OldestTime - 1, long.MaxValue);
        using var parts = new PartsOfSeries();
        using var run = new SampleColumns();
        int lost = 0;
        while (series.MoveNext())
        {
            run.Clear();
            parts.Clear();
            foreach (BlockWalk source in series.Same)
            {
                parts.Add(source.Reader);
            }

            lost += parts.Read(job.View.Pin.Parts.Cut.Clip(range, series.Labels), run, newestOnly: false);
            if (run.Count > 0)
            {
                into.Add(series.Labels, run);
            }
        }

        return lost;
    }
}
