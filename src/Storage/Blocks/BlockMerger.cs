using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads several blocks side by side, series by series in the order of their labels.</summary>
internal static class BlockMerger
{
    /// <summary>Adds all samples that the job's view still sees to a block: not what retention and tombstones took.</summary>
    /// <returns>Chunks that were damaged and are left out.</returns>
    public static int AddAll(CompactionJob job, BlockBuilder into)
    {
        Source[] sources = [.. job.Sources.Select(block => new Source(new BlockSeriesReader(block, block.DeletedBy(job.View.Pin.Parts.Tombstones, CancellationToken.None))))];
        var range = new TimeRange(job.View.Pin.OldestTime == long.MinValue ? long.MinValue : job.View.Pin.OldestTime - 1, long.MaxValue);
        var same = new List<Source>();
        using var parts = new PartsOfSeries();
        using var run = new SampleColumns();
        int lost = 0;
        while (true)
        {
            same.Clear();
            foreach (Source source in sources)
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
            foreach (Source source in same)
            {
                parts.Add(source.Reader);
            }

            lost += parts.Read(range, run, newestOnly: false);
            if (run.Count > 0)
            {
                into.Add(same[0].Labels!, run);
            }

            foreach (Source source in same)
            {
                source.MoveNext();
            }
        }
    }

    private sealed class Source
    {
        private int _series = -1;

        public Source(BlockSeriesReader reader)
        {
            Reader = reader;
            MoveNext();
        }

        public BlockSeriesReader Reader { get; }

        public Labels? Labels { get; private set; }

        public void MoveNext()
        {
            _series++;
            Labels = null;
            if (_series < Reader.Block.SeriesCount)
            {
                Reader.MoveTo(_series);
                Labels = Reader.Labels();
            }
        }
    }
}
