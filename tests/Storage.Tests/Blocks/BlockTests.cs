using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class BlockTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public void What_was_written_is_read_bit_for_bit(int seed, bool isCompressed)
    {
        var random = new Random(seed);
        var series = new Dictionary<Labels, SampleColumns>();
        for (int i = 0; i < 150; i++)
        {
            series[SomeLabels(random, i)] = SomeRun(random);
        }

        var files = new FaultyFiles();
        using Block block = BlockMaker.Of(files, series, isCompressed);
        block.Verify();
        Assert.Equal(isCompressed, block.IsCompressed);
        Assert.Equal(series.Count, block.SeriesCount);
        Assert.Equal(series.Values.Sum(static run => (long)run.Count), block.Samples);
        Assert.Equal(series.Values.Min(static run => run.Times[0]), block.MinTime);
        Assert.Equal(series.Values.Max(static run => run.Times[^1]), block.MaxTime);
        SortedDictionary<Labels, List<string>> read = BlockMaker.Everything(block, out int damaged);
        Assert.Equal(0, damaged);
        Assert.Equal(series.Keys.Order(), read.Keys);
        foreach ((Labels labels, SampleColumns run) in series)
        {
            Assert.Equal(BlockMaker.Words(run), read[labels]);
        }

        // In any order, not only the one they lie in.
        var reader = new BlockSeriesReader(block);
        Labels[] sorted = [.. read.Keys];
        for (int i = 0; i < 300; i++)
        {
            int number = random.Next(sorted.Length);
            reader.MoveTo(number);
            Assert.Equal(sorted[number], reader.Labels());
            Assert.Equal((uint)(sorted[number].Hash >> 32), block.HashOf(number));
            BlockSeriesReader found = BlockedInHead.Find(block, sorted[number])!;
            Assert.Equal(sorted[number], found.Labels());
            Assert.Equal(series[sorted[number]].Times[^1], found.LastTime);
        }

        Assert.Null(BlockedInHead.Find(block, Named("nowhere")));
    }

    [Fact]
    public void Names_and_values_are_announced_as_the_same_list_by_blocks_that_have_the_same_and_by_no_others()
    {
        using Block first = WithHosts("a", "b");
        using Block second = WithHosts("a", "b");
        using Block third = WithHosts("a", "bc");
        Assert.Equal(first.HashOfNames(), third.HashOfNames());
        int instance = first.FindName("instance");
        Assert.Equal(first.HashOfValues(instance), second.HashOfValues(instance));
        Assert.NotEqual(first.HashOfValues(instance), third.HashOfValues(instance));
        Assert.NotEqual(first.HashOfValues(instance), first.HashOfValues(first.FindName(LabelName.MetricName)));
        var union = new TextUnion();
        foreach (Block block in (Block[])[first, second, third])
        {
            BlockMatching.AddValues(block, "instance", [], union, CancellationToken.None);
            BlockMatching.AddNames(block, [], union, CancellationToken.None);
        }

        Assert.Equal([LabelName.MetricName, "a", "b", "bc", "instance"], union.Sorted());

        static Block WithHosts(params string[] hosts)
        {
            var series = new Dictionary<Labels, SampleColumns>();
            foreach (string host in hosts)
            {
                var run = new SampleColumns();
                run.Add(1000, 1);
                series[Named("up", ("instance", host))] = run;
            }

            return BlockMaker.Of(new FaultyFiles(), series);
        }
    }

    [Fact]
    public void Matchers_that_ask_whether_a_label_is_there_find_what_looking_at_each_series_finds()
    {
        var series = new Dictionary<Labels, SampleColumns>();
        for (int i = 0; i < 200; i++)
        {
            var run = new SampleColumns();
            run.Add(1000 + i, 1);
            series[i % 3 == 0 ? Named("m" + i) : Named("m" + i, ("instance", "host" + (i % 7)))] = run;
        }

        using Block block = BlockMaker.Of(new FaultyFiles(), series);
        var reader = new BlockSeriesReader(block);
        foreach ((MatchKind kind, string value) in new[]
                 {
                     (MatchKind.Equal, ""), (MatchKind.NotEqual, ""), (MatchKind.Regex, ".+"), (MatchKind.NotRegex, ".+"), (MatchKind.Regex, ".*"),
                 })
        {
            foreach (string name in (string[])["instance", "nowhere", LabelName.MetricName])
            {
                var matcher = new Matcher(name, kind, value);
                using SlotList found = BlockMatching.Find(block, [matcher], CancellationToken.None);
                var labels = new List<Labels>();
                foreach (int number in found.Slots)
                {
                    reader.MoveTo(number);
                    labels.Add(reader.Labels());
                }

                Assert.Equal(series.Keys.Where(matcher.Matches).Order(), labels);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_range_is_read_as_if_all_were_read_and_cut(bool isCompressed)
    {
        var random = new Random(11);
        var series = new Dictionary<Labels, SampleColumns>();
        for (int i = 0; i < 40; i++)
        {
            series[Named("m" + i)] = SomeRun(random);
        }

        using Block block = BlockMaker.Of(new FaultyFiles(), series, isCompressed);
        var reader = new BlockSeriesReader(block);
        using var read = new SampleColumns();
        foreach ((int number, (Labels labels, SampleColumns run)) in series.OrderBy(static pair => pair.Key).Index())
        {
            reader.MoveTo(number);
            for (int i = 0; i < 20; i++)
            {
                long from = run.Times[random.Next(run.Count)] - random.Next(2);
                var range = new TimeRange(from, from + random.NextInt64(1 + run.Times[^1] - run.Times[0]));
                read.Clear();
                Assert.Equal(0, reader.Read(range, read));
                Assert.Equal(run.Times.ToArray().Where(range.Contains), read.Times.ToArray());
                Assert.True(read.Count == 0 || reader.Overlaps(range), $"{labels}");
            }
        }
    }

    [Fact]
    public void Matchers_find_what_they_match_and_nothing_else()
    {
        var random = new Random(5);
        var series = new Dictionary<Labels, SampleColumns>();
        for (int i = 0; i < 200; i++)
        {
            series[SomeLabels(random, i)] = BlockMaker.Run((i + 1, i));
        }

        using Block block = BlockMaker.Of(new FaultyFiles(), series);
        Labels[] sorted = [.. series.Keys.Order()];
        string[] names = ["__name__", "instance", "job", "zone", "absent", "über"];
        string[] values = ["", "m1", "host3", "job1", "a", "b.*", "host[0-4]", ".*", ".+", "host1|host2|nowhere", "(a|)", "süd", "x{0,2}"];
        int found = 0;
        for (int i = 0; i < 2000; i++)
        {
            var matchers = new List<Matcher>();
            for (int j = random.Next(1, 4); j > 0; j--)
            {
                matchers.Add(new Matcher(names[random.Next(names.Length)], (MatchKind)random.Next(4), values[random.Next(values.Length)]));
            }

            int[] expected = [.. sorted.Index().Where(pair => matchers.All(matcher => matcher.Matches(pair.Item))).Select(static pair => pair.Index)];
            using SlotList slots = BlockMatching.Find(block, matchers, CancellationToken.None);
            Assert.True(expected.AsSpan().SequenceEqual(slots.Slots), string.Join(", ", matchers));
            found += expected.Length;
            var namesFound = new TextUnion();
            BlockMatching.AddNames(block, matchers, namesFound, CancellationToken.None);
            Assert.Equal(expected.SelectMany(number => sorted[number].Select(static label => label.Name)).ToHashSet(), namesFound.Sorted().ToHashSet());
            var valuesFound = new TextUnion();
            BlockMatching.AddValues(block, "zone", matchers, valuesFound, CancellationToken.None);
            Assert.Equal(expected.Where(number => sorted[number].Has("zone")).Select(number => sorted[number].Get("zone")).ToHashSet(), valuesFound.Sorted().ToHashSet());
        }

        Assert.True(found > 1000, "the matchers match something");
    }

    [Fact]
    public void A_bit_flipped_anywhere_is_found_and_no_other_value_is_read()
    {
        var files = new FaultyFiles();
        SortedDictionary<Labels, List<string>> whole = WriteSome(files, out string path);
        byte[] sound = files.Bytes(path);
        int lostBlocks = 0;
        int lostChunks = 0;
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= (byte)(1 << (at % 8));
            files.SetBytes(path, damaged);
            try
            {
                using Block block = Block.Open(files, path, 0, 1);
                SortedDictionary<Labels, List<string>> read = BlockMaker.Everything(block, out int passedOver);
                Assert.True(passedOver > 0, $"byte {at} was flipped and nobody saw it");
                Assert.Equal(1, block.DamagedFrames);
                lostChunks++;
                foreach ((Labels labels, List<string> samples) in read)
                {
                    Assert.Subset(whole[labels].ToHashSet(), samples.ToHashSet());
                }

                // What lies in other frames is all there.
                Assert.Contains(read, pair => pair.Value.Count == whole[pair.Key].Count);
            }
            catch (IOException e) when (e is CorruptDataException or LaterVersionException)
            {
                lostBlocks++;
            }
        }

        Assert.True(lostBlocks > 100 && lostChunks > 8000, $"{lostBlocks}, {lostChunks}");
    }

    [Fact]
    public void A_block_cut_anywhere_or_longer_than_it_was_is_none()
    {
        var files = new FaultyFiles();
        WriteSome(files, out string path);
        byte[] sound = files.Bytes(path);
        for (int length = 0; length < sound.Length; length++)
        {
            files.SetBytes(path, sound[..length]);
            Assert.Throws<CorruptDataException>(() => Block.Open(files, path, 0, 1));
        }

        files.SetBytes(path, [.. sound, 0]);
        Assert.Throws<CorruptDataException>(() => Block.Open(files, path, 0, 1));
        files.SetBytes(path, sound);
        Assert.Throws<CorruptDataException>(() => Block.Open(files, path, 1, 1));
        Assert.Throws<CorruptDataException>(() => Block.Open(files, path, 0, 2));
        Block.Open(files, path, 0, 1).Dispose();
    }

    [Fact]
    public void A_block_of_a_later_version_is_left_alone()
    {
        var files = new FaultyFiles();
        WriteSome(files, out string path);
        byte[] bytes = files.Bytes(path);
        bytes[8] = 99;
        BitConverter.TryWriteBytes(bytes.AsSpan(28), Crc32C.Of(bytes.AsSpan(0, 28)));
        files.SetBytes(path, bytes);
        var store = new BlockStore(files, BlockMaker.Directory, "/q", new ShardId(0));
        Assert.Contains("version 99", Assert.Throws<LaterVersionException>(store.Load).Message, StringComparison.Ordinal);
        Assert.True(files.Exists(path));
    }

    [Fact]
    public void A_block_that_says_it_replaces_others_takes_them_with_it_at_the_start()
    {
        var files = new FaultyFiles();
        var series = new Dictionary<Labels, SampleColumns> { [Named("a")] = BlockMaker.Run((1, 1), (2, 2)) };
        for (int number = 1; number <= 3; number++)
        {
            BlockMaker.Of(files, series, number).Dispose();
        }

        BlockMaker.Of(files, series, 4, 1, 2).Dispose();
        List<Block> loaded = new BlockStore(files, BlockMaker.Directory, "/q", new ShardId(0)).Load();
        Assert.Equal([3L, 4L], loaded.Select(static block => block.Number).Order());
        Assert.Equal(2, files.Paths.Count(static path => path.EndsWith(".blk", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_damaged_block_that_replaced_others_leaves_them_in_their_place()
    {
        var files = new FaultyFiles();
        var series = new Dictionary<Labels, SampleColumns> { [Named("a")] = BlockMaker.Run((1, 1), (2, 2)) };
        BlockMaker.Of(files, series, 1).Dispose();
        BlockMaker.Of(files, series, 2, 1).Dispose();
        string path = $"{BlockMaker.Directory}/{BlockFormat.NameOf(2)}";
        byte[] bytes = files.Bytes(path);
        bytes[^200] ^= 1;
        files.SetBytes(path, bytes);
        var store = new BlockStore(files, BlockMaker.Directory, "/q", new ShardId(0));
        Assert.Equal([1L], store.Load().Select(static block => block.Number));
        Assert.Equal(1, store.Damaged);
        Assert.Contains("/q/shard-0000-block-000000000002.blk", files.Paths);
    }

    // Some hundreds of series, whose chunks fill several frames.
    private static SortedDictionary<Labels, List<string>> WriteSome(FaultyFiles files, out string path)
    {
        var random = new Random(3);
        var series = new Dictionary<Labels, SampleColumns>();
        for (int i = 0; i < 30; i++)
        {
            var run = new SampleColumns();
            for (int time = 1; time <= 60; time++)
            {
                run.Add(1000L * time, random.NextDouble());
            }

            series[Named("m" + (i / 4), ("instance", "host" + (i % 4)))] = run;
        }

        using Block block = BlockMaker.Of(files, series);
        path = block.Path;
        return BlockMaker.Everything(block, out _);
    }

    private static Labels SomeLabels(Random random, int number)
    {
        var labels = new List<(string, string)> { ("instance", "host" + (number % 7)), ("job", "job" + random.Next(3)), ("n", number.ToString("D4", null)) };
        if (random.Next(2) == 0)
        {
            labels.Add(("zone", random.Next(3) switch { 0 => "a", 1 => "süd", _ => "b\uD83D\uDE80" }));
        }

        if (random.Next(5) == 0)
        {
            labels.Add(("über", new string('x', random.Next(400))));
        }

        return Named("m" + random.Next(12), [.. labels]);
    }

    private static SampleColumns SomeRun(Random random)
    {
        var run = new SampleColumns();
        long time = random.NextInt64(-1_000_000, 2_000_000_000_000);
        int count = random.Next(4) == 0 ? random.Next(1, 4) : random.Next(1, 1600);
        int kind = random.Next(8);
        double value = random.Next(1000);
        for (int i = 0; i < count; i++)
        {
            time += random.Next(10) == 0 ? random.NextInt64(1, 100_000_000) : 15_000;
            value = kind switch
            {
                0 => value,
                1 => value + random.Next(5),
                2 => Math.Round(random.NextDouble() * 100, 2),
                3 => random.NextDouble(),
                4 => BitConverter.UInt64BitsToDouble((ulong)random.NextInt64(long.MinValue, long.MaxValue)),
                _ => random.Next(30) == 0 ? BitConverter.UInt64BitsToDouble(StaleMarker.Bits) : value + random.Next(2),
            };
            if (kind == 7 && random.Next(3) == 0)
            {
                run.Add(time, new NativeHistogram { Count = i, Sum = value, PositiveSpans = [new BucketSpan(0, 2)], PositiveBuckets = [1, i] });
            }
            else
            {
                run.Add(time, value);
            }

            if (kind == 6 || (kind == 7 && random.Next(2) == 0))
            {
                run.SetStartTime(time - (time % 7));
            }
        }

        return run;
    }
}
