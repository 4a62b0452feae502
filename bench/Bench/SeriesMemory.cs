// dotnet run -c Release --project bench/Bench -- series-memory 1000000
using System.Globalization;
using System.Text;
using Pleiad.Exposition;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>
/// What series cost that come by remote write, six samples each, by counting the managed heap after each part is there and again after it is
/// let go: what the receiver remembers of them, and the heads of 16 shards.
/// </summary>
internal static class SeriesMemory
{
    private const int Shards = 16;
    private const int SeriesInRequest = 5000;
    private const int Samples = 6;

    public static void Run(int count)
    {
        long atFirst = Live();
        var map = new ShardMap(Shards);
        var cache = new SeriesKeyCache(count * 4);
        Shard[] shards = [.. Enumerable.Range(0, Shards).Select(static number => new Shard(new ShardId(number), new ShardSettings()))];
        var message = new MemoryStream();
        for (int sample = 0; sample < Samples; sample++)
        {
            for (int from = 0; from < count; from += SeriesInRequest)
            {
                message.SetLength(0);
                for (int i = from; i < Math.Min(count, from + SeriesInRequest); i++)
                {
                    Write(message, i, 1_700_000_000_000 + (15_000 * sample));
                }

                using RemoteWriteContent content = new RemoteWriteReader(map, cache, SeriesInRequest, long.MaxValue).ReadFirst(message.GetBuffer().AsSpan(0, (int)message.Length));
                foreach (SampleBatch batch in content.TakeBatches())
                {
                    Shard shard = shards[batch.Shard.Value];
                    shard.Apply(shard.Prepare(batch));
                    batch.Dispose();
                }
            }
        }

        ShardFigures[] figures = [.. shards.Select(static shard => shard.Figures())];
        long whole = Live();
        GC.KeepAlive(cache);
        cache = null;
        long heads = Live();
        double series = figures.Sum(static one => (double)one.Series);
        Tell("all", whole - atFirst);
        Tell("what the receiver remembers", whole - heads);
        Tell("heads", heads - atFirst);
        Tell("  of that, arenas: label numbers and chunks", figures.Sum(static one => one.ArenaBytesReserved));
        Tell("  in use of those", figures.Sum(static one => one.ArenaBytesUsed));
        Tell("  the rest: slots, lookup, pairs and postings", heads - atFirst - figures.Sum(static one => one.ArenaBytesReserved));
        GC.KeepAlive(shards);

        void Tell(string what, long bytes) => Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{what,-50}{bytes / 1e6,10:F1} MB{bytes / series,8:F0} B a series"));
    }

    private static long Live()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    // As node_exporter's and an application's: ten labels, a sixteenth of the values of one of them new with each series.
    private static void Write(MemoryStream into, int i, long time)
    {
        var series = new MemoryStream();
        Label(series, "__name__", $"http_request_duration_seconds_{i % 200}_bucket");
        Label(series, "cluster", "eu-west-1");
        Label(series, "handler", $"/api/v1/handler_{i / 200 % 40}");
        Label(series, "instance", $"10.3.{i / 16000 % 256}.{i / 16000 / 256}:9100");
        Label(series, "job", "application");
        Label(series, "le", (i / 8000 % 2 == 0 ? 0.25 : 0.5).ToString(CultureInfo.InvariantCulture));
        Label(series, "method", "GET");
        Label(series, "namespace", "production");
        Label(series, "pod", $"application-7d9f8b6c5-{i / 16000:x5}");
        Label(series, "status", "200");
        var sample = new MemoryStream();
        sample.WriteByte(9);
        sample.Write(BitConverter.GetBytes(i % 5 == 0 ? i + (time / 1000.0) : i));
        sample.WriteByte(16);
        Varint(sample, (ulong)time);
        Field(series, 2, sample);
        Field(into, 1, series);
    }

    private static void Label(MemoryStream into, string name, string value)
    {
        var label = new MemoryStream();
        Field(label, 1, new MemoryStream(Encoding.UTF8.GetBytes(name)));
        Field(label, 2, new MemoryStream(Encoding.UTF8.GetBytes(value)));
        Field(into, 1, label);
    }

    private static void Field(MemoryStream into, int field, MemoryStream bytes)
    {
        into.WriteByte((byte)((field << 3) | 2));
        Varint(into, (ulong)bytes.Length);
        bytes.WriteTo(into);
    }

    private static void Varint(MemoryStream into, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            into.WriteByte((byte)(value | 0x80));
        }

        into.WriteByte((byte)value);
    }
}
