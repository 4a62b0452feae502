using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>
/// A data directory as this version writes it, byte by byte, with a file of each format: journal, snapshot, block with chunks of every
/// encoding, tombstones; and those that versions before have written. They open for ever.
/// </summary>
/// <remarks>
/// A change of bytes is a new version of a format: keep the directory that is there, and let the test write another beside it
/// (PLEIAD_WRITE_GOLDEN=1).
/// </remarks>
public sealed class GoldenDirectoryTests
{
    private static readonly string s_golden = Path.Combine(Golden.Formats, "data-v3");

    [Fact]
    public void What_is_written_today_has_the_bytes_of_the_golden_directory()
    {
        SortedDictionary<string, byte[]> written = Tell(scaled: true, out _);
        if (Environment.GetEnvironmentVariable("PLEIAD_WRITE_GOLDEN") is { Length: > 0 })
        {
            foreach ((string path, byte[] bytes) in written)
            {
                string to = Path.Combine(s_golden, path);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.WriteAllBytes(to, bytes);
            }
        }

        string[] golden = [.. Directory.GetFiles(s_golden, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(s_golden, path)).Order(StringComparer.Ordinal)];
        Assert.Equal(golden, written.Keys);
        foreach ((string path, byte[] bytes) in written)
        {
            Assert.True(bytes.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(s_golden, path))), $"{path} is written in another way than it was");
        }
    }

    [Theory]
    [InlineData("data-v1", false)]
    [InlineData("data-v2", false)]
    [InlineData("data-v3", true)]
    public void A_golden_directory_opens_and_has_everything(string name, bool scaled)
    {
        string golden = Path.Combine(Golden.Formats, name);
        Tell(scaled, out List<string> expected);
        var files = new FaultyFiles();
        foreach (string path in Directory.GetFiles(golden, "*", SearchOption.AllDirectories))
        {
            string to = LedgerNode.Root + "/" + Path.GetRelativePath(golden, path);
            files.Create(to).Dispose();
            files.SetBytes(to, File.ReadAllBytes(path));
        }

        var node = new LedgerNode(files, shardCount: 1);
        node.Start();
        Assert.False(node.Data.Report.HasLosses);
        Assert.Equal(expected, Everything(node));
        Assert.Equal(1, node.Data.Shards[0].BlockCount);
        Assert.Equal(1, node.Data.Shards[0].Tombstones.Count);
        node.Kill();
    }

    [Fact]
    public void It_holds_a_chunk_of_every_encoding()
    {
        string block = Directory.GetFiles(Path.Combine(s_golden, "shards", "0000"), "*.blk").Single();
        using Block opened = Block.Open(new DiskFiles(), block, 0, 1);
        var found = new HashSet<ChunkEncoding>();
        var forms = new HashSet<ColumnValueForm>();
        var lease = default(PieceLease);
        for (var walk = new BlockWalk(opened, TombstoneList.Empty); walk.Labels is not null; walk.MoveNext())
        {
            foreach (BlockChunk chunk in walk.Reader.Chunks)
            {
                found.Add(chunk.Encoding);
                if (chunk.Encoding is ChunkEncoding.Columns or ChunkEncoding.ScaledColumns)
                {
                    Assert.True(opened.TryBytes(chunk, ref lease, out ReadOnlySpan<byte> bytes));
                    forms.Add(FormOf(bytes));
                }
            }
        }

        lease.Dispose();
        Assert.Equal(Enum.GetValues<ChunkEncoding>().Where(static encoding => encoding != default).Order(), found.Order());
        Assert.Equal(Enum.GetValues<ColumnValueForm>().Order(), forms.Order());
    }

    private static ColumnValueForm FormOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        int count = ColumnChunk.Count(ref reader);
        if (reader.Byte() == 0)
        {
            reader.Zigzag();
        }
        else
        {
            IntegerColumn.Read(ref reader, count, 0, 0, default(IntegerTarget), new long[IntegerColumn.Slack]);
        }

        return (ColumnValueForm)reader.Byte();
    }

    // The same files and samples whenever it is told.
    private static SortedDictionary<string, byte[]> Tell(bool scaled, out List<string> content)
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, shardCount: 1);
        node.Start();
        Write(node, scaled, 0, 150);
        node.Seal(2_000_000);
        Assert.True(node.Delete([new Matcher(LabelName.MetricName, MatchKind.Regex, "true_.*")], 300_000, 600_000));
        Write(node, scaled, 150, 300);
        node.Snapshot();
        Write(node, scaled, 300, 310);
        content = Everything(node);
        node.Kill();
        var bytes = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (string path in files.Paths)
        {
            bytes.Add(Path.GetRelativePath(LedgerNode.Root, path), files.Bytes(path));
        }

        return bytes;
    }

    private static void Write(LedgerNode node, bool scaled, int from, int through)
    {
        Shard shard = node.Data.Shards[0];
        for (int i = from; i < through; i++)
        {
            long time = 15_000L * i;
            using var batch = new SampleBatch(shard.Id);
            batch.Add(new SeriesKey(Named("requests_total", ("code", "200"), ("instance", "a:1"))), time, 7.0 * i * i);
            batch.Add(new SeriesKey(Named("requests_total", ("code", "500"), ("instance", "a:1"))), time + (i % 7), 3);
            batch.Add(new SeriesKey(Named("temperature", ("instance", "a:1"), ("zöne", "ä \"b\""))), time, Math.Round(20 + (i % 13 * 0.37), 2));
            batch.Add(new SeriesKey(Named("true_real", ("instance", "a:1"))), time, Math.Sqrt(i + 2));
            batch.Add(new SeriesKey(Named("ends", ("instance", "a:1"))), time, i % 50 == 49 ? StaleMarker.Value : i % 50 == 20 ? double.NegativeInfinity : i);
            batch.Add(new SeriesKey(Named("started_total", ("instance", "a:1"))), time, i);
            batch.SetStartTime(time - (1000 * (i % 40)));
            batch.Add(new SeriesKey(Named("latency", ("instance", "a:1"))), time, new NativeHistogram
            {
                Schema = 3,
                ZeroThreshold = 1e-9,
                ZeroCount = i / 3,
                Count = (4 * i) + (i / 3),
                Sum = 0.25 * i,
                PositiveSpans = [new BucketSpan(-2, 2), new BucketSpan(3, 1)],
                PositiveBuckets = [i, i, i],
                NegativeSpans = [new BucketSpan(0, 1)],
                NegativeBuckets = [i],
            });
            batch.Add(new SeriesKey(Named("sized", ("instance", "a:1"))), time, new NativeHistogram
            {
                Schema = NativeHistogram.CustomBucketsSchema,
                Count = 3 * i,
                Sum = 1.5 * i,
                PositiveSpans = [new BucketSpan(0, 3)],
                PositiveBuckets = [i, i, i],
                CustomBounds = [0.1, 2.5],
            });
            if (scaled)
            {
                batch.Add(new SeriesKey(Named("multiplied_seconds_total", ("instance", "a:1"))), time, ((37 * i) + (i % 11)) * 0.001);
                batch.Add(new SeriesKey(Named("divided_seconds_total", ("instance", "a:1"))), time, (7_000_000 + (90_001.0 * i)) / 1000 / 1000);
                batch.Add(new SeriesKey(Named("now_seconds", ("instance", "a:1"))), time, (1_795_330_386_394_941_184 + (15_000_000_000 * i) + (977 * i % 1000 * 1000)) / 1e9);
                batch.Add(new SeriesKey(Named("summed_seconds_total", ("instance", "a:1"))), time, 16.137 + (7 * 2.629) + (((37 * i) + (i % 11)) / 1000.0));
            }

            PreparedBatch prepared = shard.Prepare(batch);
            Task<LogOutcome> logging = node.Data.Log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask();
            node.Data.Log.FlushOnce();
            Assert.True(logging.IsCompletedSuccessfully);
            shard.Apply(prepared);
        }
    }

    private static List<string> Everything(LedgerNode node)
    {
        var found = new List<string>();
        using ShardView view = node.Data.Shards[0].View();
        using SeriesCursor cursor = view.Select(new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Regex, ".+")], TimeRange.All), CancellationToken.None);
        using var run = new SampleColumns();
        while (cursor.MoveNext())
        {
            run.Clear();
            cursor.Read(run);
            Labels labels = cursor.Labels;
            found.AddRange(BlockMaker.Words(run).Select(word => $"{labels} {word}"));
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }
}
