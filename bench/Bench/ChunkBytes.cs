// dotnet run -c Release --project bench/Bench -- chunk-bytes ../shared/data/node-exporter.capture.gz
using System.Globalization;
using System.IO.Compression;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>
/// Writes the series of a capture of pages as chunks of columns and reads them back: bytes a sample, and processor time a sample, which the load of
/// the machine changes less than the time on the wall. Chunks of 512 and, as in the head, of 120 samples; those that are no columns are left out.
/// </summary>
internal static class ChunkBytes
{
    private const long StepMs = 15_000;

    public static void Run(string file)
    {
        List<double[]> series = Read(file);
        long[] times = [.. Enumerable.Range(0, ColumnChunk.SamplesMax).Select(static i => 1_700_000_000_000 + (i * StepMs))];
        foreach (int length in (int[])[512, 120])
        {
            var parts = new List<double[]>();
            foreach (double[] values in series)
            {
                for (int from = 0; from < values.Length; from += length)
                {
                    parts.Add(values[from..Math.Min(values.Length, from + length)]);
                }
            }

            Tell($"constant, {length}", [.. parts.Where(static part => part.All(value => value.Equals(part[0])))], times);
            Tell($"changing, {length}", [.. parts.Where(static part => !part.All(value => value.Equals(part[0])))], times);
        }
    }

    private static void Tell(string what, List<double[]> parts, long[] times)
    {
        var chunk = new ColumnChunk();
        var written = new List<(byte[] Bytes, int Count)>();
        long samples = 0;
        long bytes = 0;
        foreach (double[] part in parts)
        {
            if (chunk.TryWrite(times.AsSpan(0, part.Length), part, out ReadOnlySpan<byte> columns))
            {
                written.Add((columns.ToArray(), part.Length));
                samples += part.Length;
                bytes += columns.Length;
            }
        }

        using var read = new SampleColumns();
        double encode = Fastest(() =>
        {
            foreach (double[] part in parts)
            {
                chunk.TryWrite(times.AsSpan(0, part.Length), part, out _);
            }
        });
        double decode = Fastest(() =>
        {
            foreach ((byte[] one, int count) in written)
            {
                read.Clear();
                ChunkDecoder.Read(ChunkEncoding.Columns, one, times[0], count, TimeRange.All, read);
            }
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-16}{written.Count,7} of {parts.Count} chunks{samples,9} samples{(double)bytes / samples,8:F4} B a sample   written {parts.Sum(static part => part.Length) / encode / 1e6,7:F0} M/s   read {samples / decode / 1e6,7:F0} M/s"));
    }

    // Seconds of processor time of the fastest of some runs.
    private static double Fastest(Action run)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < 25; i++)
        {
            TimeSpan before = Environment.CpuUsage.UserTime;
            int times = 0;
            TimeSpan took;
            do
            {
                run();
                times++;
                took = Environment.CpuUsage.UserTime - before;
            }
            while (took < TimeSpan.FromMilliseconds(60));

            fastest = Math.Min(fastest, took.TotalSeconds / times);
        }

        return fastest;
    }

    // Each line of a page is a series, by its text; only those that all pages have.
    private static List<double[]> Read(string file)
    {
        var series = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        int pages = 0;
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            pages += line.StartsWith("# scrape ", StringComparison.Ordinal) ? 1 : 0;
            int space = line.LastIndexOf(' ');
            if (space > 0 && line[0] != '#')
            {
                if (!series.TryGetValue(line[..space], out List<double>? values))
                {
                    series.Add(line[..space], values = []);
                }

                values.Add(line[(space + 1)..] switch
                {
                    "+Inf" => double.PositiveInfinity,
                    "-Inf" => double.NegativeInfinity,
                    var text => double.Parse(text, CultureInfo.InvariantCulture),
                });
            }
        }

        return [.. series.Values.Where(values => values.Count == pages).Select(static values => values.ToArray())];
    }
}
