using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class SnapshotStoreTests
{
    private const string ShardPath = "/data/shards/0000";

    private static readonly Labels s_a = Named("a", ("instance", "x"));
    private static readonly Labels s_b = Named("b", ("instance", "x"));

    [Fact]
    public void A_snapshot_holds_exactly_what_was_there_when_it_was_begun()
    {
        foreach (int begunAt in new[] { 1, 119, 120, 121, 240, 300 })
        {
            var driver = new ShardDriver();
            var files = new FaultyFiles();
            var store = new SnapshotStore(files, ShardPath, "/q", driver.Shard.Id);
            for (int time = 1; time <= begunAt; time++)
            {
                driver.Append((s_a, time, time));
            }

            SnapshotJob job = driver.Shard.BeginSnapshot();
            for (int time = begunAt + 1; time <= begunAt + 400; time++)
            {
                driver.Append((s_a, time, time), (s_b, time, time));
            }

            driver.Shard.CompleteSnapshot(job, store.Write(job));
            Assert.Equal(Times(begunAt), Loaded(files));

            // What was sealed meanwhile is in the next one.
            SnapshotJob next = driver.Shard.BeginSnapshot();
            driver.Shard.CompleteSnapshot(next, store.Write(next));
            Assert.Equal(Times(begunAt + 400), Loaded(files));
        }
    }

    [Fact]
    public void What_a_failed_snapshot_could_not_save_is_in_the_next()
    {
        var files = new FaultyFiles();
        var driver = new ShardDriver();
        var store = new SnapshotStore(files, ShardPath, "/q", driver.Shard.Id);
        for (int time = 1; time <= 500; time++)
        {
            driver.Append((s_a, time, time));
        }

        SnapshotJob job = driver.Shard.BeginSnapshot();
        files.IsFull = true;
        Assert.Throws<DiskFullException>(() => store.Write(job));
        driver.Shard.CompleteSnapshot(job, null);
        files.IsFull = false;
        Assert.DoesNotContain(files.Paths, static path => path.EndsWith(".tmp", StringComparison.Ordinal));
        SnapshotJob again = driver.Shard.BeginSnapshot();
        driver.Shard.CompleteSnapshot(again, store.Write(again));
        Assert.Equal(Times(500), Loaded(files));
    }

    [Fact]
    public void Chunk_files_are_merged_and_nothing_is_lost_by_it()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 1 << 20 }, shardCount: 1);
        node.Start();
        int time = 0;
        for (int snapshot = 0; snapshot < 30; snapshot++)
        {
            for (int i = 0; i < 130; i++)
            {
                time++;
                node.Write((s_a, time, time * 0.3));
            }

            node.Snapshot();
        }

        Assert.InRange(files.Paths.Count(static path => path.EndsWith(".chk", StringComparison.Ordinal)), 1, 16);
        node.Kill();
        files.Restart(keepsUnflushed: false);
        node.Start();
        node.Check();
    }

    [Fact]
    public void What_retention_dropped_does_not_come_back_and_its_files_go()
    {
        var files = new FaultyFiles();
        var driver = new ShardDriver();
        var store = new SnapshotStore(files, ShardPath, "/q", driver.Shard.Id);
        for (int time = 1; time <= 600; time++)
        {
            driver.Append((s_a, time, time));
            if (time == 10)
            {
                driver.Append((s_b, time, time));
            }

            if (time % 150 == 0)
            {
                driver.Shard.DropBefore(time - 200);
                SnapshotJob job = driver.Shard.BeginSnapshot();
                driver.Shard.CompleteSnapshot(job, store.Write(job));
            }
        }

        Shard loaded = new SnapshotStore(files, ShardPath, "/q", driver.Shard.Id).Load(new ShardSettings());
        using ShardView view = loaded.View();
        SortedDictionary<Labels, List<(long Time, double Value)>> all = Everything(view);
        Assert.Equal([s_a], all.Keys);
        Assert.Equal(Enumerable.Range(400, 201).Select(static time => (long)time), all[s_a].Select(static sample => sample.Time));
        Assert.Equal(400, loaded.AcceptFrom);
        Assert.Equal(2, files.Paths.Count(static path => path.EndsWith(".snap", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_snapshot_pays_only_when_the_log_has_grown_by_as_much()
    {
        var driver = new ShardDriver();
        var store = new SnapshotStore(new FaultyFiles(), ShardPath, "/q", driver.Shard.Id);
        Assert.False(driver.Shard.IsSnapshotDue(100));
        for (int time = 1; time <= 100; time++)
        {
            driver.Append((s_a, time, time * 1.1));
        }

        Assert.True(driver.Shard.IsSnapshotDue(100));
        SnapshotJob job = driver.Shard.BeginSnapshot();
        Assert.False(driver.Shard.IsSnapshotDue(0));
        SnapshotWritten written = store.Write(job);
        driver.Shard.CompleteSnapshot(job, written);
        driver.Append((s_a, 101, 1));
        Assert.False(driver.Shard.IsSnapshotDue(1));
        Assert.True(written.HeadBytes > driver.Shard.BytesSinceSnapshot);
    }

    [Fact]
    public void A_snapshot_counts_although_an_old_file_cannot_be_deleted_and_the_next_one_deletes_it()
    {
        var files = new FaultyFiles();
        var driver = new ShardDriver();
        var store = new SnapshotStore(files, ShardPath, "/q", driver.Shard.Id);
        int time = 0;
        for (int snapshot = 1; snapshot <= 4; snapshot++)
        {
            for (int i = 0; i < 130; i++)
            {
                time++;
                driver.Append((s_a, time, time));
            }

            files.RefusesDeletes = snapshot == 3;
            SnapshotJob job = driver.Shard.BeginSnapshot();
            SnapshotWritten written = store.Write(job);
            driver.Shard.CompleteSnapshot(job, written);
            Assert.Equal(Times(time), Loaded(files));
            Assert.Equal(snapshot == 3 ? 3 : Math.Min(snapshot, 2), files.Paths.Count(static path => path.EndsWith(".snap", StringComparison.Ordinal)));
            Assert.Equal(store.ReleaseThrough, written.ReleaseThrough);
            Assert.Equal(snapshot > 1, written.ReleaseThrough > 0);
        }
    }

    [Fact]
    public void The_journal_stays_behind_the_snapshot_that_can_be_read_when_one_after_it_cannot()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 1024 }, shardCount: 1);
        node.Start();
        int time = 0;
        void Fill()
        {
            for (int i = 0; i < 130; i++)
            {
                time++;
                Assert.True(node.Write((s_a, time, time * 0.3)));
            }
        }

        Fill();
        node.Snapshot();
        Fill();
        node.Snapshot();

        // The chunks of the second are damaged: the first is taken, and the journal behind it.
        node.Kill();
        string second = files.Paths.Where(static path => path.EndsWith(".chk", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!;
        Flip(second);
        node.Start();
        node.Check();
        Fill();
        node.Snapshot();
        node.Kill();
        node.Start();
        node.Check();

        // The third is damaged as well: what it was to replace is still enough.
        node.Kill();
        Flip(files.Paths.Where(static path => path.EndsWith(".snap", StringComparison.Ordinal)).Max(StringComparer.Ordinal)!);
        node.Start();
        node.Check();

        void Flip(string path)
        {
            byte[] bytes = files.Bytes(path);
            bytes[60] ^= 1;
            files.SetBytes(path, bytes);
        }
    }

    [Fact]
    public void A_start_lets_the_journal_go_as_far_as_snapshots_cover_it()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 4096 }, shardCount: 1);
        node.Start();
        for (int snapshot = 0; snapshot < 2; snapshot++)
        {
            for (int time = snapshot * 500; time < (snapshot + 1) * 500; time++)
            {
                node.Write((s_a, time, time * 0.3));
            }

            // The process ends before the journal hears of the snapshots.
            Shard shard = node.Data.Shards[0];
            SnapshotJob job = shard.BeginSnapshot();
            shard.CompleteSnapshot(job, node.Data.Snapshots[0].Write(job));
        }

        node.Kill();
        int before = Segments();
        node.Start();
        Assert.InRange(Segments(), 1, before - 1);
        node.Check();
        Assert.True(node.Write((s_a, 1_000_000, 1)));
        node.Kill();
        node.Start();
        node.Check();

        int Segments() => files.Paths.Count(static path => path.Contains("/log/", StringComparison.Ordinal));
    }

    [Fact]
    public void A_segment_that_could_not_be_deleted_leaves_no_gap_behind_when_later_ones_are()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, new SegmentLogSettings { SegmentBytes = 4096 }, shardCount: 1);
        node.Start();
        for (int snapshot = 0; snapshot < 4; snapshot++)
        {
            for (int time = snapshot * 500; time < (snapshot + 1) * 500; time++)
            {
                node.Write((s_a, time, time * 0.3));
            }

            files.RefusesDeletes = snapshot == 1;
            if (files.RefusesDeletes)
            {
                Assert.ThrowsAny<IOException>(node.Snapshot);
            }
            else
            {
                node.Snapshot();
            }
        }

        // Those it held up go with the next.
        Assert.Equal(node.Data.Log.SegmentCount, files.Paths.Count(static path => path.Contains("/log/", StringComparison.Ordinal)));
        node.Kill();
        node.Start();
        node.Check();
    }

    private static long[] Times(int count) => [.. Enumerable.Range(1, count).Select(static time => (long)time)];

    // A store that writes on is read by another, as after a restart.
    private static long[] Loaded(FaultyFiles files)
    {
        Shard shard = new SnapshotStore(files, ShardPath, "/q", new ShardId(0)).Load(new ShardSettings());
        using ShardView view = shard.View();
        List<(long Time, double Value)> samples = Everything(view)[s_a];
        Assert.All(samples, static sample => Assert.Equal(sample.Time, sample.Value));
        return [.. samples.Select(static sample => sample.Time)];
    }
}
