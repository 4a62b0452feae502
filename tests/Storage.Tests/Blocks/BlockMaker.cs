using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>Makes blocks of what a test says, and reads all of a block.</summary>
internal static class BlockMaker
{
    public const string Directory = "/data/shards/0000";

    /// <summary>A block of its own, written to files of its own.</summary>
    public static Block Of(FaultyFiles files, IEnumerable<KeyValuePair<Labels, SampleColumns>> series, long number = 1, params long[] replaces) =>
        Of(files, series, isCompressed: false, number: number, replaces: replaces);

    /// <summary>A block of its own, written to files of its own.</summary>
    public static Block Of(
        FaultyFiles files, IEnumerable<KeyValuePair<Labels, SampleColumns>> series, bool isCompressed, PieceCache? cache = null, long number = 1, params long[] replaces)
    {
        string path = $"{Directory}/{BlockFormat.NameOf(number)}";
        using (IFile file = files.Create(path))
        {
            var builder = new BlockBuilder(path, file, shard: 0, number, new BlockMeta(replaces, 0, null), isCompressed);
            foreach ((Labels labels, SampleColumns run) in series.OrderBy(static pair => pair.Key))
            {
                builder.Add(labels, run);
            }

            builder.End();
            file.Flush();
        }

        return Block.Open(files, path, 0, number, cache);
    }

    public static SampleColumns Run(params ReadOnlySpan<(long Time, double Value)> samples)
    {
        var run = new SampleColumns();
        foreach ((long time, double value) in samples)
        {
            run.Add(time, value);
        }

        return run;
    }

    /// <summary>Every sample of every series, as words that show each bit.</summary>
    public static SortedDictionary<Labels, List<string>> Everything(Block block, out int damaged)
    {
        var found = new SortedDictionary<Labels, List<string>>();
        var reader = new BlockSeriesReader(block);
        using var run = new SampleColumns();
        damaged = 0;
        for (int series = 0; series < block.SeriesCount; series++)
        {
            run.Clear();
            reader.MoveTo(series);
            damaged += reader.Read(TimeRange.All, run);
            found.Add(reader.Labels(), Words(run));
        }

        return found;
    }

    public static List<string> Words(SampleColumns run)
    {
        var words = new List<string>();
        for (int i = 0; i < run.Count; i++)
        {
            long start = run.HasStartTimes ? run.StartTimes[i] : 0;
            words.Add(run.HasHistograms && run.Histograms[i] is { } histogram
                ? $"{run.Times[i]} {histogram} {start}"
                : $"{run.Times[i]} {BitConverter.DoubleToUInt64Bits(run.Values[i]):x} {start}");
        }

        return words;
    }
}
