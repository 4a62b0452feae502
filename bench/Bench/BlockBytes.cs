// dotnet run -c Release --project bench/Bench -- block-bytes DATA/shards/0001/block-000000000001.blk 1
using System.Globalization;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>
/// Writes the chunks of floats of a block anew, as long as they are and cut into parts of the head's 120 samples: how many chunks, samples and bytes
/// each form has, and which metrics take most of those that are written by XOR.
/// </summary>
internal static class BlockBytes
{
    private const int MetricsShown = 12;

    /// <summary>Tells bytes.</summary>
    /// <param name="file">The block, which is only read.</param>
    /// <param name="shard">Whose it is.</param>
    public static void Run(string file, int shard)
    {
        long number = long.Parse(Path.GetFileNameWithoutExtension(file)["block-".Length..], CultureInfo.InvariantCulture);
        using Block block = Block.Open(new DiskFiles(), file, shard, number);
        foreach (int length in (int[])[BlockFormat.ChunkSamplesMax, ChunkDecoder.SamplesMax])
        {
            var forms = new SortedDictionary<string, Sum>(StringComparer.Ordinal);
            var metrics = new SortedDictionary<string, Sum>(StringComparer.Ordinal);
            Encode(block, length, forms, metrics);
            Console.WriteLine($"chunks of up to {length} samples");
            foreach ((string form, Sum sum) in forms.Append(new("all", forms.Values.Aggregate(default(Sum), static (a, b) => a + b))))
            {
                Tell(form, sum);
            }

            foreach ((string metric, Sum sum) in metrics.OrderByDescending(static pair => pair.Value.Bytes).Take(MetricsShown))
            {
                Tell("  XOR: " + metric, sum);
            }
        }
    }

    private static void Encode(Block block, int length, SortedDictionary<string, Sum> forms, SortedDictionary<string, Sum> metrics)
    {
        var series = new BlockSeriesReader(block);
        var encoder = new RunEncoder();
        var written = new ByteWriter();
        var chunks = new List<BlockChunk>();
        using var samples = new SampleColumns();
        var lease = default(PieceLease);
        for (int i = 0; i < block.SeriesCount; i++)
        {
            series.MoveTo(i);
            foreach (BlockChunk chunk in series.Chunks)
            {
                samples.Clear();
                if (!block.TryBytes(chunk, ref lease, out ReadOnlySpan<byte> bytes))
                {
                    throw new InvalidDataException("the block is damaged");
                }

                ChunkDecoder.Read(chunk.Encoding, bytes, chunk.FirstTime, chunk.Count, TimeRange.All, samples);
                for (int from = 0; from < samples.Count; from += length)
                {
                    Range part = from..Math.Min(samples.Count, from + length);
                    written.Clear();
                    chunks.Clear();
                    encoder.Encode(samples.Times[part], samples.Values[part], written, chunks);
                    var sum = new Sum(1, chunks[0].Count, written.Length);
                    Add(forms, FormOf(chunks[0].Encoding, written.Written, chunks[0].Count), sum);
                    if (chunks[0].Encoding == ChunkEncoding.Gorilla)
                    {
                        Add(metrics, series.Labels().Get(LabelName.MetricName), sum);
                    }
                }
            }
        }

        lease.Dispose();
    }

    private static string FormOf(ChunkEncoding encoding, ReadOnlySpan<byte> bytes, int count)
    {
        if (encoding is not (ChunkEncoding.Columns or ChunkEncoding.ScaledColumns))
        {
            return encoding.ToString();
        }

        var reader = new ByteReader(bytes);
        reader.Varint();
        if (reader.Byte() == 0)
        {
            reader.Zigzag();
        }
        else
        {
            IntegerColumn.Read(ref reader, count, 0, 0, default(IntegerTarget), new long[IntegerColumn.Slack]);
        }

        return $"{encoding}, {(ColumnValueForm)reader.Byte()}";
    }

    private static void Add(SortedDictionary<string, Sum> sums, string name, Sum more) => sums[name] = sums.GetValueOrDefault(name) + more;

    private static void Tell(string what, Sum sum) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what,-56}{sum.Chunks,7} chunks{sum.Samples,9} samples{sum.Bytes,9} B{(double)sum.Bytes / sum.Samples,8:F4} B a sample"));

    private readonly record struct Sum(int Chunks, long Samples, long Bytes)
    {
        public static Sum operator +(Sum one, Sum other) => new(one.Chunks + other.Chunks, one.Samples + other.Samples, one.Bytes + other.Bytes);
    }
}
