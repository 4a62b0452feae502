using System.Globalization;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>What an import has done.</summary>
/// <param name="Written">What became of the samples.</param>
/// <param name="Samples">How many there were.</param>
/// <param name="Series">Of so many series.</param>
/// <param name="Oldest">Time of the oldest, in milliseconds.</param>
/// <param name="Newest">Time of the newest.</param>
internal sealed record BackfillReport(HistoryWritten Written, long Samples, int Series, long Oldest, long Newest)
{
    /// <summary>How far ahead of the clock a sample may be: a series takes no sample that is older than its newest in a block.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(10);

    /// <summary>A time for people.</summary>
    public static string Text(long timeMs) => timeMs is > -62_135_596_800_000 and < 253_402_300_799_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : timeMs.ToString(CultureInfo.InvariantCulture) + " ms";

    /// <summary>Says it.</summary>
    /// <param name="output">For people.</param>
    /// <param name="retention">Of the node as it is configured; zero for ever.</param>
    /// <param name="now">By the clock.</param>
    public async Task WriteAsync(TextWriter output, TimeSpan retention, DateTimeOffset now)
    {
        if (Samples == 0)
        {
            await output.WriteLineAsync("there are no samples in it");
            return;
        }

        await output.WriteLineAsync($"{Many(Samples)} samples of {Many(Series)} series, from {Text(Oldest)} to {Text(Newest)}");
        await output.WriteLineAsync(
            $"written: {Many(Written.Samples)} in {Many(Written.Blocks)} blocks of {Many(Written.Bytes)} bytes; there already: {Many(Written.Known)}");
        if (Written.Conflicting > 0)
        {
            await output.WriteLineAsync($"left out: {Many(Written.Conflicting)}, for their series have other values at these times");
        }

        TimeSpan age = now - DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(Oldest, -62_135_596_800_000));
        if (retention > TimeSpan.Zero && age > retention)
        {
            await output.WriteLineAsync(
                $"the node keeps samples for {Days(retention)} days: to keep all of these, start it with --storage.tsdb.retention.time={Days(age + TimeSpan.FromDays(1))}d or longer");
        }
    }

    private static string Days(TimeSpan time) => Math.Floor(time.TotalDays).ToString(CultureInfo.InvariantCulture);

    private static string Many(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
