using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>Head and blocks as one: nothing is missing and nothing is there twice, whatever moved when.</summary>
public class SealingTests
{
    /// <summary>Blocks of more time than this are compressed.</summary>
    protected virtual long HotSpanMs => BlockFormat.HotSpanMs;

    private const long Range = 1000;

    private static readonly Labels s_a = Named("a", ("instance", "x"));
    private static readonly Labels s_b = Named("b", ("instance", "x"));
    private static readonly Labels s_c = Named("c", ("instance", "y"));

    [Theory]
    [InlineData(1)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(121)]
    [InlineData(240)]
    [InlineData(399)]
    [InlineData(400)]
    [InlineData(401)]
    public void A_view_reads_the_same_before_and_after_a_seal_at_any_place(long before)
    {
        var store = new Sealer(HotSpanMs);
        for (int time = 1; time <= 400; time++)
        {
            store.Driver.Append((s_a, time, time), (s_b, time, -time));
        }

        using ShardView old = store.Driver.Shard.View();
        store.Seal(before);
        Assert.True(store.Driver.Shard.IsSettling, "a view from before is alive");
        AssertAll(old, 400);
        AssertAll(store.Driver.Shard, 400);
        old.Dispose();
        store.Driver.Append((s_a, 401, 401));
        Assert.False(store.Driver.Shard.IsSettling);
        Assert.Equal(401, Read(store.Driver.Shard)[s_a].Count);
        Assert.Equal(400, Read(store.Driver.Shard)[s_b].Count);
        store.Seal(before + 100);
        Assert.Equal(Times(401), Read(store.Driver.Shard)[s_a].Select(static sample => sample.Time));
        Assert.Equal(Times(400), Read(store.Driver.Shard)[s_b].Select(static sample => sample.Time));
    }

    [Fact]
    public void The_head_lets_go_of_what_is_sealed()
    {
        var store = new Sealer(HotSpanMs);
        for (int time = 1; time <= 1000; time++)
        {
            store.Driver.Append((s_a, time, time * 0.7));
        }

        store.Driver.Append((s_b, 1, 1));
        Assert.Equal(8, store.Driver.Shard.Figures().SealedChunks);
        store.Seal(900);
        ShardFigures figures = store.Driver.Shard.Figures();
        Assert.Equal(1, figures.SealedChunks);
        Assert.Equal(1, figures.Series);
        Assert.Equal(1, figures.Blocks);
        Assert.Equal(900, store.Driver.Shard.OldestInHead());
        store.Seal(2000);
        Assert.Equal(0, store.Driver.Shard.SeriesCount);
        Assert.Equal(long.MaxValue, store.Driver.Shard.OldestInHead());
        Assert.Equal(1000, Read(store.Driver.Shard)[s_a].Count);
        Assert.Single(Read(store.Driver.Shard)[s_b]);
    }

    [Fact]
    public void A_series_that_is_only_in_blocks_decides_about_samples_as_if_it_were_in_the_head()
    {
        var store = new Sealer(HotSpanMs);
        for (int time = 1; time <= 10; time++)
        {
            store.Driver.Append((s_a, time, time), (s_c, 2 * time, time));
        }

        store.Seal(100);
        Assert.Equal(0, store.Driver.Shard.SeriesCount);
        Assert.Equal(1, store.Driver.Append((s_a, 10, 10)).Duplicates);
        Assert.Equal(1, store.Driver.Append((s_a, 10, 11)).Conflicting);
        Assert.Equal(1, store.Driver.Append((s_a, 9, 9)).OutOfOrder);
        Assert.Equal(0, store.Driver.Shard.SeriesCount);

        // Later than its own newest, though earlier than that of another.
        Assert.Equal(1, store.Driver.Append((s_a, 11, 11)).Accepted);
        Assert.Equal(1, store.Driver.Append((s_b, 3, 3)).Accepted);
        Assert.Equal(Times(11), Read(store.Driver.Shard)[s_a].Select(static sample => sample.Time));
        store.Seal(100);
        Assert.Equal(Times(11), Read(store.Driver.Shard)[s_a].Select(static sample => sample.Time));
        Assert.Equal([(3L, 3.0)], Read(store.Driver.Shard)[s_b]);
    }

    [Fact]
    public void A_batch_that_the_log_refused_does_not_open_the_way_for_older_samples()
    {
        var store = new Sealer(HotSpanMs);
        store.Driver.Append((s_a, 10, 10), (s_b, 50, 1));
        store.Seal(100);
        using (SampleBatch batch = store.Driver.Batch((s_a, 20, 20)))
        {
            PreparedBatch prepared = store.Driver.Shard.Prepare(batch);
            Assert.Equal(1, prepared.Counts.Accepted);
            store.Driver.Shard.Abort(prepared);
        }

        Assert.Equal(1, store.Driver.Append((s_a, 5, 5)).OutOfOrder);
        Assert.Equal(1, store.Driver.Append((s_a, 10, 10)).Duplicates);
        Assert.Equal(1, store.Driver.Append((s_a, 11, 11)).Accepted);
    }

    [Fact]
    public void A_histogram_in_a_block_is_known_again()
    {
        var store = new Sealer(HotSpanMs);
        var histogram = new NativeHistogram { Count = 3, PositiveSpans = [new BucketSpan(0, 2)], PositiveBuckets = [1, 2] };
        AppendCounts Append(NativeHistogram what)
        {
            using var batch = new SampleBatch(store.Driver.Shard.Id);
            batch.Add(store.Driver.Key(s_a), 10, what);
            return store.Driver.Append(batch);
        }

        Assert.Equal(1, Append(histogram).Accepted);
        store.Seal(100);
        Assert.Equal(1, Append(histogram).Duplicates);
        Assert.Equal(1, Append(new NativeHistogram { Count = 4, PositiveSpans = [new BucketSpan(0, 2)], PositiveBuckets = [2, 2] }).Conflicting);
    }

    [Fact]
    public void A_seal_that_fails_changes_nothing_and_the_next_one_takes_everything()
    {
        var store = new Sealer(HotSpanMs);
        for (int time = 1; time <= 300; time++)
        {
            store.Driver.Append((s_a, time, time), (s_b, time, -time));
        }

        store.Files.IsFull = true;
        Assert.Throws<DiskFullException>(() => store.Seal(200));
        Assert.Equal(0, store.Driver.Shard.BlockCount);
        AssertAll(store.Driver.Shard, 300);
        Assert.DoesNotContain(store.Files.Paths, static path => path.EndsWith(".tmp", StringComparison.Ordinal));
        store.Files.IsFull = false;
        store.Seal(200);
        Assert.Equal(1, store.Driver.Shard.BlockCount);
        AssertAll(store.Driver.Shard, 300);
    }

    [Fact]
    public void A_seal_is_due_when_half_a_range_lies_behind_the_end_of_the_oldest()
    {
        var shard = new Sealer(HotSpanMs).Driver;
        Assert.Null(shard.Shard.SealDue(Range, long.MaxValue));
        shard.Append((s_a, 1500, 1), (s_b, 2499, 1));
        Assert.Null(shard.Shard.SealDue(Range, long.MaxValue));
        shard.Append((s_b, 2500, 1));
        Assert.Equal(2000, shard.Shard.SealDue(Range, long.MaxValue));
        Assert.Null(shard.Shard.SealDue(Range, 2499));
        var before = new Sealer(HotSpanMs).Driver;
        before.Append((s_a, -1500, 1), (s_b, 5000, 1));
        Assert.Equal(-1000, before.Shard.SealDue(Range, long.MaxValue));
    }

    [Fact]
    public void A_series_in_the_place_of_one_that_moved_into_a_block_gets_none_of_its_chunks()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, shardCount: 1) { HotSpanMs = HotSpanMs };
        node.Start();
        for (int time = 1; time <= 250; time++)
        {
            node.Write((s_b, time, -time));
            if (time <= 130)
            {
                node.Write((s_a, time, time));
            }
        }

        // One file has chunks of both: that of b is not wholly in the block, so the file stays though a is gone from the head.
        node.Snapshot();
        node.Seal(200);
        Assert.Equal(1, node.Data.Shards[0].SeriesCount);
        node.Snapshot();
        node.Kill();
        node.Start();
        node.Write((s_c, 251, 7));
        node.Snapshot();
        node.Kill();
        node.Start();
        node.Check();
    }

    // The view of the seal sees nothing of the series, for all it had was beyond retention; the slot it reads already has the new sample.
    [Fact]
    public void A_sample_that_comes_during_a_seal_stays_though_the_series_had_nothing_to_be_sealed()
    {
        var store = new Sealer(HotSpanMs);
        store.Driver.Append((s_a, 100, 1), (s_b, 390, 1));
        using (store.Driver.Shard.View())
        {
            store.Driver.Shard.DropBefore(200);
            store.Seal(400, meanwhile: () => store.Driver.Append((s_a, 300, 2)));
        }

        store.Driver.Append((s_b, 401, 2));
        Assert.Equal([(300L, 2.0)], Read(store.Driver.Shard)[s_a]);
        store.Seal(500);
        Assert.Equal([(300L, 2.0)], Read(store.Driver.Shard)[s_a]);
        Assert.Equal(0, store.Driver.Shard.SeriesCount);
    }

    [Fact]
    public void Blocks_beyond_retention_go_with_their_files()
    {
        var store = new Sealer(HotSpanMs);
        for (int block = 1; block <= 3; block++)
        {
            for (int time = 1; time <= 100; time++)
            {
                store.Driver.Append((s_a, (block * 1000) + time, time));
            }

            store.Seal((block + 1) * 1000);
        }

        using ShardView old = store.Driver.Shard.View();
        store.Driver.Shard.DropBefore(2101);
        Assert.Equal(1, store.Driver.Shard.BlockCount);
        Assert.Equal(100, Read(store.Driver.Shard)[s_a].Count);
        Assert.Equal(300, Everything(old)[s_a].Count);
        Assert.Equal(3, store.BlockFiles);
        old.Dispose();
        store.Driver.Append((s_a, 5000, 1));
        Assert.Equal(1, store.BlockFiles);
        store.Driver.Shard.DropBefore(3050);
        Assert.Equal(Enumerable.Range(3050, 51).Append(5000), Read(store.Driver.Shard)[s_a].Select(static sample => (int)sample.Time));
    }

    [Fact]
    public void Merged_blocks_hold_what_their_sources_held_without_what_retention_took()
    {
        var store = new Sealer(HotSpanMs);
        for (int block = 0; block < 9; block++)
        {
            for (int time = 0; time < 100; time++)
            {
                store.Driver.Append((s_a, (block * 1000) + (10 * time), time), (Named("only" + block), (block * 1000) + time, block));
            }

            store.Seal((block + 1) * 1000);
        }

        Assert.Equal(9, store.Driver.Shard.BlockCount);
        using ShardView old = store.Driver.Shard.View();
        store.Driver.Shard.DropBefore(2500);
        store.Compact(8000);
        Assert.Equal(5, store.Driver.Shard.BlockCount);
        store.Compact(9000);
        Assert.Equal(1, store.Driver.Shard.BlockCount);
        SortedDictionary<Labels, List<(long Time, double Value)>> all = Read(store.Driver.Shard);
        Assert.Equal(650, all[s_a].Count);
        Assert.Equal(7, all.Count);
        Assert.Equal(10, Everything(old).Count);
        old.Dispose();
        store.Driver.Append((s_b, 100_000, 1));
        Assert.Equal(1, store.BlockFiles);
        store.Restart();
        Assert.Equal(650, Read(store.Driver.Shard)[s_a].Count);
    }

    [Fact]
    public void A_damaged_chunk_is_a_hole_that_the_view_tells_of_and_merging_keeps_the_rest()
    {
        var store = new Sealer(HotSpanMs);
        for (int block = 0; block < 3; block++)
        {
            for (int time = 0; time < 400; time++)
            {
                store.Driver.Append((s_a, (block * 1000) + time, Math.Sin(time + block)), (s_b, (block * 1000) + time, Math.Cos(time + block)));
            }

            store.Seal((block + 1) * 1000);
        }

        string path = store.Files.Paths.First(static path => path.EndsWith(".blk", StringComparison.Ordinal));
        byte[] bytes = store.Files.Bytes(path);
        bytes[40] ^= 1;
        store.Files.SetBytes(path, bytes);
        store.Restart();
        using (ShardView view = store.Driver.Shard.View())
        {
            SortedDictionary<Labels, List<(long Time, double Value)>> read = Everything(view);
            Assert.True(read[s_a].Count < 1200);
            Assert.All(read[s_a], static sample => Assert.Equal(Math.Sin((sample.Time % 1000) + (sample.Time / 1000)), sample.Value));
            Assert.True(view.ChunksDamaged > 0);
        }

        int left = Read(store.Driver.Shard)[s_a].Count;
        store.Compact(3000);
        Assert.Equal(1, store.Driver.Shard.BlockCount);
        Assert.Equal(left, Read(store.Driver.Shard)[s_a].Count);
        Assert.Contains(store.Files.Paths, static path => path.StartsWith("/q/", StringComparison.Ordinal));
        using ShardView after = store.Driver.Shard.View();
        Everything(after);
        Assert.Equal(0, after.ChunksDamaged);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Whatever_happens_in_whatever_order_every_view_reads_what_was_there_when_it_was_taken(int seed)
    {
        var random = new Random(seed);
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 8192 }, shardCount: 1) { HotSpanMs = HotSpanMs };
        node.Start();
        Labels[] labels = [.. Enumerable.Range(0, 25).Select(static i => Named("m" + (i / 5), ("instance", "host" + (i % 5))))];
        var lastTimes = new long[labels.Length];
        var expected = new SortedDictionary<Labels, List<(long Time, double Value)>>();
        var views = new List<(ShardView View, SortedDictionary<Labels, List<(long, double)>> Then)>();
        long now = 1000;
        long lastSeal = 0;
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(12))
            {
                case < 7:
                    var rows = new List<(Labels, long, double)>();
                    for (int i = 0; i < labels.Length; i++)
                    {
                        // Some lag behind, some write in long pauses, some begin late.
                        long time = i % 5 == 4 ? lastTimes[i] + 1 + random.Next(40) : now + random.Next(10);
                        if (random.Next(i % 3 == 0 ? 20 : 2) == 0 && time > lastTimes[i] && time <= now + 10)
                        {
                            rows.Add((labels[i], time, random.Next(100) / 4.0));
                            lastTimes[i] = time;
                        }
                    }

                    if (rows.Count > 0)
                    {
                        Assert.True(node.Write([.. rows]));
                        foreach ((Labels series, long time, double value) in rows)
                        {
                            if (!expected.TryGetValue(series, out List<(long, double)>? samples))
                            {
                                expected.Add(series, samples = []);
                            }

                            samples.Add((time, value));
                        }
                    }

                    now += random.Next(30);
                    break;
                case 7:
                    node.Snapshot();
                    break;
                case 8:
                    lastSeal = Math.Max(lastSeal, now - random.Next(400));
                    node.Seal(random.Next(10) == 0 ? now + 100 : lastSeal);
                    break;
                case 9:
                    node.Compact(200, lastSeal);
                    break;
                case 10:
                    views.Add((node.Data.Shards[0].View(), Copy(expected)));
                    break;
                default:
                    if (random.Next(4) == 0)
                    {
                        foreach ((ShardView view, _) in views)
                        {
                            view.Dispose();
                        }

                        views.Clear();
                        node.Kill();
                        files.Restart(keepsUnflushed: random.Next(2) == 0);
                        node.Start();
                        Assert.False(node.Data.Report.HasLosses);
                    }
                    else if (views.Count > 0)
                    {
                        int which = random.Next(views.Count);
                        views[which].View.Dispose();
                        views.RemoveAt(which);
                    }

                    break;
            }

            foreach ((ShardView view, SortedDictionary<Labels, List<(long, double)>> then) in views)
            {
                AssertSame(then, Everything(view), seed, step);
            }

            using ShardView current = node.Data.Shards[0].View();
            AssertSame(expected, Everything(current), seed, step);
            var range = new TimeRange(now - random.Next(1500), now - random.Next(700));
            Matcher[] matchers = [new Matcher("instance", MatchKind.Regex, "host[0-2]"), new Matcher(LabelName.MetricName, MatchKind.NotEqual, "m1")];
            var cut = new SortedDictionary<Labels, List<(long Time, double Value)>>();
            foreach ((Labels series, List<(long Time, double Value)> samples) in expected)
            {
                List<(long, double)> inside = [.. samples.Where(sample => range.Contains(sample.Time))];
                if (inside.Count > 0 && matchers.All(matcher => matcher.Matches(series)))
                {
                    cut.Add(series, inside);
                }
            }

            SortedDictionary<Labels, List<(long Time, double Value)>> read = ShardDriver.Read(current, matchers, range);
            foreach (Labels empty in read.Where(static pair => pair.Value.Count == 0).Select(static pair => pair.Key).ToArray())
            {
                read.Remove(empty);
            }

            AssertSame(cut, read, seed, step);
            Assert.Equal(
                expected.Keys.SelectMany(static series => series.Select(static label => label.Value)).Where(static value => value.StartsWith("host", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal),
                current.LabelValues("instance", [], TimeRange.All, CancellationToken.None));
        }

        foreach ((ShardView view, _) in views)
        {
            view.Dispose();
        }
    }

    private static void AssertSame(
        SortedDictionary<Labels, List<(long Time, double Value)>> expected, SortedDictionary<Labels, List<(long Time, double Value)>> read, int seed, int step)
    {
        Assert.True(expected.Keys.SequenceEqual(read.Keys), $"seed {seed}, step {step}: {string.Join(' ', expected.Keys.Except(read.Keys))} / {string.Join(' ', read.Keys.Except(expected.Keys))}");
        foreach ((Labels labels, List<(long Time, double Value)> samples) in expected)
        {
            Assert.True(
                samples.SequenceEqual(read[labels]),
                $"seed {seed}, step {step}, {labels}: {string.Join(' ', samples.Except(read[labels]))} are missing, {read[labels].Count} are there of {samples.Count}");
        }
    }

    private static SortedDictionary<Labels, List<(long, double)>> Copy(SortedDictionary<Labels, List<(long Time, double Value)>> from)
    {
        var copy = new SortedDictionary<Labels, List<(long, double)>>();
        foreach ((Labels labels, List<(long Time, double Value)> samples) in from)
        {
            copy.Add(labels, [.. samples]);
        }

        return copy;
    }

    private static IEnumerable<long> Times(int count) => Enumerable.Range(1, count).Select(static time => (long)time);

    private static void AssertAll(Shard shard, int count)
    {
        using ShardView view = shard.View();
        AssertAll(view, count);
    }

    private static void AssertAll(ShardView view, int count)
    {
        SortedDictionary<Labels, List<(long Time, double Value)>> all = Everything(view);
        Assert.Equal([s_a, s_b], all.Keys);
        Assert.Equal(Times(count).Select(static time => (time, (double)time)), all[s_a]);
        Assert.Equal(Times(count).Select(static time => (time, -(double)time)), all[s_b]);
    }

    private static SortedDictionary<Labels, List<(long Time, double Value)>> Read(Shard shard)
    {
        using ShardView view = shard.View();
        return Everything(view);
    }

    /// <summary>A shard without log, whose blocks lie in memory.</summary>
    private sealed class Sealer
    {
        private readonly long _hotSpanMs;
        private BlockStore _store;

        public Sealer(long hotSpanMs)
        {
            _hotSpanMs = hotSpanMs;
            _store = Store();
            Driver.Shard.AttachBlocks(_store);
        }

        public FaultyFiles Files { get; } = new();

        public ShardDriver Driver { get; private set; } = new();

        public int BlockFiles => Files.Paths.Count(static path => path.EndsWith(".blk", StringComparison.Ordinal));

        public void Seal(long before, Action? meanwhile = null)
        {
            SealJob job = Driver.Shard.BeginSeal(before);
            SealWritten? written = null;
            try
            {
                meanwhile?.Invoke();
                written = _store.Write(job);
            }
            finally
            {
                Driver.Shard.CompleteSeal(job, written);
            }
        }

        public void Compact(long sealedBefore)
        {
            while (Driver.Shard.BeginCompaction(Range, 9 * Range, sealedBefore) is { } job)
            {
                Driver.Shard.CompleteCompaction(job, _store.Write(job));
            }
        }

        /// <summary>Only what is in blocks is there afterwards.</summary>
        public void Restart()
        {
            long acceptFrom = Driver.Shard.AcceptFrom;
            Driver = new ShardDriver();
            Driver.Shard.DropBefore(acceptFrom);
            _store = Store();
            Driver.Shard.AttachBlocks(_store);
        }

        private BlockStore Store() => new(Files, BlockMaker.Directory, "/q", new ShardId(0)) { HotSpanMs = _hotSpanMs };
    }
}

/// <summary>The same where every block is compressed.</summary>
public sealed class CompressedSealingTests : SealingTests
{
    /// <inheritdoc/>
    protected override long HotSpanMs => 0;
}
