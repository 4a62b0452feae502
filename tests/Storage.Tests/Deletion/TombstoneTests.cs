using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class TombstoneTests
{
    private const string Directory = "/data/shards/0003";
    private const string Path = Directory + "/" + TombstoneFormat.Name;

    private static readonly TombstoneList s_some = new(
        [
            new Tombstone(2, [new Matcher(LabelName.MetricName, MatchKind.Equal, "up")], 1000, 2000),
            new Tombstone(7, [new Matcher("job", MatchKind.Regex, "a|b"), new Matcher("höst", MatchKind.NotRegex, "x.*"), new Matcher("c", MatchKind.NotEqual, "")], long.MinValue, long.MaxValue),
            new Tombstone(8, [new Matcher("instance", MatchKind.Equal, new string('y', 300))], -5, -5),
        ],
        lastNumber: 9);

    [Fact]
    public void What_was_written_is_read()
    {
        var files = new FaultyFiles();
        Store(files).Write(s_some);
        TombstoneStore again = Store(files);
        AssertSame(s_some, again.Load());
        Assert.False(again.HasLosses);
        Store(files).Write(s_some.Where(static tombstone => tombstone.Number == 7));
        TombstoneList left = Store(files).Load();
        Assert.Equal([7L], left.Tombstones.Select(static tombstone => tombstone.Number));
        Assert.Equal(9, left.LastNumber);
        Assert.Equal(0, Store(new FaultyFiles()).Load().Count);
    }

    [Fact]
    public void One_flipped_bit_anywhere_loses_nothing_and_the_file_is_put_aside()
    {
        byte[] sound = Bytes(s_some);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] bytes = [.. sound];
            bytes[at] ^= (byte)(1 << (at % 8));
            var files = new FaultyFiles();
            using (files.Create(Path))
            {
                files.SetBytes(Path, bytes);
            }

            TombstoneStore store = Store(files);
            Assert.Equal(s_some.Tombstones.Select(Words), store.Load().Tombstones.Select(Words));
            Assert.Equal(bytes, files.Bytes("/q/shard-0003-" + TombstoneFormat.Name));

            // Without its head nobody can say that there was not one more.
            Assert.True(at < 32 || !store.HasLosses, $"byte {at}");
            Assert.Equal(s_some.Tombstones.Select(Words), Store(files).Load().Tombstones.Select(Words));
        }
    }

    [Fact]
    public void A_file_that_ends_early_is_known_for_what_it_is()
    {
        byte[] sound = Bytes(s_some);
        for (int length = 0; length < sound.Length; length++)
        {
            TombstoneList found = TombstoneFormat.Read(Path, sound.AsSpan(0, length), 3, out bool isSound, out bool isWhole);
            Assert.False(isSound);
            Assert.True(!isWhole || found.Count == s_some.Count, $"{length} bytes");
            Assert.All(found.Tombstones, tombstone => Assert.Contains(Words(tombstone), s_some.Tombstones.Select(Words)));
        }
    }

    [Fact]
    public void What_a_later_version_wrote_is_left_alone()
    {
        byte[] bytes = Bytes(s_some);
        bytes[8]++;
        BitConverter.TryWriteBytes(bytes.AsSpan(28), Crc32C.Of(bytes.AsSpan(0, 28)));
        Assert.Throws<LaterVersionException>(() => TombstoneFormat.Read(Path, bytes, 3, out _, out _));
    }

    [Fact]
    public void The_file_of_version_1_opens()
    {
        byte[] golden = File.ReadAllBytes(System.IO.Path.Combine(Golden.Formats, "tombstones-v1.tmb"));
        AssertSame(s_some, TombstoneFormat.Read(Path, golden, 3, out bool isSound, out _));
        Assert.True(isSound);
        Assert.Equal(golden, Bytes(s_some));
    }

    [Fact]
    public void Spans_are_one_where_they_meet()
    {
        TimeSpans spans = new TimeSpans(10, 20).With(30, 40);
        Assert.Equal([(10L, 20L), (30L, 40L)], spans.Spans.ToArray());
        Assert.Equal([(10L, 40L)], spans.With(21, 29).Spans.ToArray());
        Assert.Equal([(5L, 50L)], spans.With(5, 50).Spans.ToArray());
        Assert.Equal([(long.MinValue, long.MaxValue)], spans.With(long.MinValue, long.MaxValue).Spans.ToArray());
        Assert.Equal([(long.MinValue, 9L), (11L, long.MaxValue)], new TimeSpans(11, long.MaxValue).With(long.MinValue, 9).Spans.ToArray());
        Assert.True(spans.Cover(10, 20) && spans.Cover(31, 40) && !spans.Cover(20, 30) && !spans.Cover(9, 20));
        Assert.Equal(20, spans.EndAt(10));
        Assert.Null(spans.EndAt(21));
    }

    [Fact]
    public void Whatever_spans_come_they_hold_the_same_times_as_a_set()
    {
        var random = new Random(11);
        for (int round = 0; round < 200; round++)
        {
            TimeSpans? spans = null;
            var set = new HashSet<long>();
            for (int i = 0; i < 12; i++)
            {
                long from = random.Next(60);
                long through = from + random.Next(8);
                spans = spans?.With(from, through) ?? new TimeSpans(from, through);
                set.UnionWith(Enumerable.Range((int)from, (int)(through - from + 1)).Select(static time => (long)time));
            }

            for (long time = -1; time < 70; time++)
            {
                Assert.Equal(set.Contains(time), spans!.Contains(time));
                Assert.Equal(set.Contains(time) && set.Contains(time + 1), spans.Cover(time, time + 1));
            }
        }
    }

    private static TombstoneStore Store(FaultyFiles files) => new(files, Directory, "/q", new ShardId(3));

    private static byte[] Bytes(TombstoneList tombstones)
    {
        var to = new ByteWriter();
        TombstoneFormat.Write(to, 3, tombstones);
        return to.Written.ToArray();
    }

    private static string Words(Tombstone tombstone) => $"{tombstone.Number} {string.Join(',', tombstone.Matchers)} {tombstone.From} {tombstone.Through}";

    private static void AssertSame(TombstoneList expected, TombstoneList found)
    {
        Assert.Equal(expected.Tombstones.Select(Words), found.Tombstones.Select(Words));
        Assert.Equal(expected.LastNumber, found.LastNumber);
    }
}
