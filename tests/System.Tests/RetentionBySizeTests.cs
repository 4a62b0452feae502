using System.Globalization;
using System.Text;

namespace Pleiad.Outside.Tests;

/// <summary>A limit of bytes that is set on a directory with more: the oldest goes, whole blocks of it, and what is left is what is newest, without a hole.</summary>
public sealed class RetentionBySizeTests
{
    private const int Series = 20;
    private const int Minutes = 40 * 60;
    private const int MinutesOfOldBlock = 22 * 60;

    // An import writes a block for each such time since 1970.
    private const long BlockSeconds = 54 * 3600;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_oldest_blocks_go_at_the_next_start_and_the_newest_samples_stay()
    {
        using var scratch = new Scratch();
        string none = scratch.File("none.yml", "scrape_configs: []\n");
        string shards = scratch.File("shards.conf", "pleiad.storage.shards = 1\n");
        string data = scratch.Folder("data");

        // Whatever the time of day is, the older block has more than half of the samples: one of them fits.
        long border = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (60 * Minutes)) / BlockSeconds * BlockSeconds;
        long start = border - (60 * MinutesOfOldBlock);
        string history = scratch.File("history.om", History(start));
        await using (var import = new RunningProgram(PleiadServer.Binary, ["import", "openmetrics", history, "--storage.path=" + data, "--conf=" + shards]))
        {
            Assert.True(await import.WaitForExitAsync(Limit) == 0, import.Output);
        }

        // Taken before a node runs: it merges, and when it ends a merged block may lie beside those it was made of until the next start.
        long bytes = BlockBytes(data) / 2;
        Assert.NotEqual(0, bytes);
        double end = start + (60 * Minutes);
        await using (var whole = new PleiadServer(data, none, RunningProgram.FreePort(), "--conf=" + shards))
        {
            await whole.ReadyAsync(Limit);
            Dictionary<string, List<(long TimeMs, string Value)>> all = await whole.Client.RawAsync("wave[72h]", end);
            Assert.Equal(Series, all.Count);
            Assert.All(all.Values, static samples => Assert.Equal(Minutes, samples.Count));
            await whole.SignalAsync("TERM");
            Assert.True(await whole.WaitForExitAsync(Limit) == 0, whole.Output);
        }

        await using var limited = new PleiadServer(
            data, none, RunningProgram.FreePort(), "--conf=" + shards, $"--storage.tsdb.retention.size={bytes.ToString(CultureInfo.InvariantCulture)}B");
        await limited.ReadyAsync(Limit);
        await Pause.UntilAsync(() => Task.FromResult(IsSettled(data, bytes)), Limit, () => $"{BlockBytes(data)} bytes stay over a limit of {bytes}: {limited.Output}");
        Dictionary<string, List<(long TimeMs, string Value)>> left = await limited.Client.RawAsync("wave[72h]", end);
        Assert.Equal(Series, left.Count);
        foreach (List<(long TimeMs, string Value)> samples in left.Values)
        {
            Assert.InRange(samples.Count, 1, Minutes - 1);
            Assert.Equal(Enumerable.Range(Minutes - samples.Count, samples.Count).Select(i => 1000 * (start + (60L * i))), samples.Select(static sample => sample.TimeMs));
        }
    }

    private static long BlockBytes(string data) => Blocks(data).Sum(BytesOf);

    // What is merged meanwhile counts neither as what it was nor as what it is.
    private static bool IsSettled(string data, long bytes)
    {
        string[] blocks = Blocks(data);
        return blocks.Sum(BytesOf) <= bytes && Blocks(data).SequenceEqual(blocks);
    }

    private static string[] Blocks(string data) =>
        [.. Directory.EnumerateFiles(data, "block-*.blk", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    // The node deletes them when it likes.
    private static long BytesOf(string file)
    {
        try
        {
            return new FileInfo(file).Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private static string History(long start)
    {
        var text = new StringBuilder();
        var random = new Random(1);
        for (int series = 0; series < Series; series++)
        {
            for (int i = 0; i < Minutes; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"wave{{series=\"{series}\"}} {random.NextDouble()} {start + (60 * i)}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }
}
