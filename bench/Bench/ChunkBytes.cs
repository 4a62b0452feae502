// dotnet run -c Release --project bench/Bench -- chunk-bytes ../shared/data/node-exporter.capture.gz
using System.Globalization;
using System.IO.Compression;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>
/// Writes the series of a capture of pages as chunks and reads them back: bytes a sample, and processor time a sample, which the load of
/// the machine changes less than the time on the wall. Chunks of 512 and, as in the head, of 120 samples; each form by itself, then together.
/// </summary>
internal static class ChunkBytes
{
    private const long StepMs = 15_000;
    private const string Constant = "constant";
    private const string Reals = "reals (XOR)";
    private const string Products = "products, n * 10^-e";
    private const string Thousandths = "thousandths, n / 1000 / 1000";
    private const string Binary = "binary, n / 2^k";
    private const string Corrected = "corrected, n / 10^e and units of the last place";
    private static readonly string[] s_forms =
    [
        Constant, "integers, offset", "integers, step", "integers, signed step", "integers, bend",
        "decimals, offset", "decimals, step", "decimals, signed step", "decimals, bend", Products, Thousandths, Binary, Corrected, Reals,
    ];

    /// <summary>Tells bytes and speeds.</summary>
    /// <param name="file">The capture, gzipped.</param>
    /// <param name="only">Which lines, by how they begin; all where null.</param>
    public static void Run(string file, string? only)
    {
        List<double[]> series = Read(file);
        long[] times = [.. Enumerable.Range(0, ColumnChunk.SamplesMax).Select(static i => 1_700_000_000_000 + (i * StepMs))];
        foreach (int length in (int[])[512, 120])
        {
            var parts = new List<(double[] Values, string Form)>();
            foreach (double[] values in series)
            {
                for (int from = 0; from < values.Length; from += length)
                {
                    double[] part = values[from..Math.Min(values.Length, from + length)];
                    parts.Add((part, FormOf(times, part)));
                }
            }

            foreach (string form in s_forms)
            {
                Tell($"{form}, {length}", only, [.. parts.Where(part => part.Form == form).Select(static part => part.Values)], times);
            }

            Tell($"changing integers, {length}", only, [.. parts.Where(static part => IsInteger(part.Form)).Select(static part => part.Values)], times);
            Tell($"changing decimals, {length}", only, [.. parts.Where(static part => IsDecimal(part.Form)).Select(static part => part.Values)], times);
            Tell($"changing integers and decimals, {length}", only, [.. parts.Where(static part => IsInteger(part.Form) || IsDecimal(part.Form)).Select(static part => part.Values)], times);
            Tell($"changing, {length}", only, [.. parts.Where(static part => part.Form != Constant).Select(static part => part.Values)], times);
            Tell($"integers and decimals, constant ones included, {length}", only, [.. parts.Where(static part => part.Form == Constant || IsInteger(part.Form) || IsDecimal(part.Form)).Select(static part => part.Values)], times);
        }
    }

    private static bool IsInteger(string form) => form.StartsWith("integers", StringComparison.Ordinal);

    private static bool IsDecimal(string form) => form.StartsWith("decimals", StringComparison.Ordinal);

    // As docs/formats/chunk.md has the bytes.
    private static string FormOf(ReadOnlySpan<long> times, double[] values)
    {
        if (!new ColumnChunk().TryWrite(times[..values.Length], values, out ReadOnlySpan<byte> bytes, out _))
        {
            return Reals;
        }

        var reader = new ByteReader(bytes);
        reader.Varint();
        reader.Byte();
        reader.Zigzag();
        switch ((ColumnValueForm)reader.Byte())
        {
            case ColumnValueForm.Constant:
                return Constant;
            case ColumnValueForm.Product:
                return Products;
            case ColumnValueForm.Thousandths:
                return Thousandths;
            case ColumnValueForm.Binary:
                return Binary;
            case ColumnValueForm.Corrected:
                return Corrected;
        }

        bool isInteger = reader.Byte() == 0;
        int exceptions = reader.Count(values.Length, 9);
        for (int i = 0; i < exceptions; i++)
        {
            reader.Varint();
            reader.UInt64();
        }

        return s_forms[(isInteger ? 1 : 5) + reader.Byte()];
    }

    private static void Tell(string what, string? only, List<double[]> parts, long[] times)
    {
        var chunk = new ColumnChunk();
        var written = new List<(byte[] Bytes, ChunkEncoding Encoding, int Count)>();
        long samples = 0;
        long bytes = 0;
        byte[] stream = new byte[(ColumnChunk.SamplesMax * GorillaStream.SampleBitsMax / 8) + 1];
        foreach (double[] part in parts)
        {
            bool isColumns = chunk.TryWrite(times.AsSpan(0, part.Length), part, out ReadOnlySpan<byte> columns, out ChunkEncoding encoding);
            byte[] one = isColumns ? columns.ToArray() : stream[..WriteReals(times, part, stream)];
            written.Add((one, isColumns ? encoding : ChunkEncoding.Gorilla, part.Length));
            samples += part.Length;
            bytes += one.Length;
        }

        if (samples == 0 || (only is not null && !what.StartsWith(only, StringComparison.Ordinal)))
        {
            return;
        }

        using var read = new SampleColumns();
        double encode = Fastest(() =>
        {
            foreach (double[] part in parts)
            {
                if (!chunk.TryWrite(times.AsSpan(0, part.Length), part, out _, out _))
                {
                    WriteReals(times, part, stream);
                }
            }
        });
        double decode = Fastest(() =>
        {
            foreach ((byte[] one, ChunkEncoding encoding, int count) in written)
            {
                read.Clear();
                ChunkDecoder.Read(encoding, one, times[0], count, TimeRange.All, read);
            }
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what,-56}{written.Count,6} chunks{samples,8} samples{(double)bytes / samples,8:F4} B a sample   written {samples / encode / 1e6,5:F0} M/s   read {samples / decode / 1e6,5:F0} M/s"));
    }

    // What is no column stays as it was written in the open chunk.
    private static int WriteReals(ReadOnlySpan<long> times, ReadOnlySpan<double> values, Span<byte> into)
    {
        into.Clear();
        var tail = new GorillaTail();
        int position = 0;
        GorillaStream.First(into, ref position, ref tail, times[0], BitConverter.DoubleToUInt64Bits(values[0]));
        for (int i = 1; i < values.Length; i++)
        {
            GorillaStream.Next(into, ref position, ref tail, times[i], BitConverter.DoubleToUInt64Bits(values[i]));
        }

        return (position + 7) >> 3;
    }

    // Seconds of processor time of the fastest of some runs.
    private static double Fastest(Action run)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < 12; i++)
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
