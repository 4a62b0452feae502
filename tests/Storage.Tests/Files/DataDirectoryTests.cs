using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class DataDirectoryTests
{
    [Fact]
    public void Another_number_of_shards_is_refused_with_both_numbers()
    {
        var files = new FaultyFiles();
        DataDirectory.Open(files, "/data", 16).Dispose();
        DataDirectoryException refused = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(files, "/data", 32));
        Assert.Contains("made for 16 shards, the configuration says 32", refused.Message);
        DataDirectory.Open(files, "/data", 16).Dispose();
    }

    [Fact]
    public void A_copy_of_the_blocks_is_a_data_directory_and_without_its_end_it_is_none()
    {
        var files = new FaultyFiles();
        var node = new LedgerNode(files, shardCount: 2);
        node.Start();
        for (int time = 1; time <= 300; time++)
        {
            node.Write((ShardDriver.Named("m", ("instance", "a")), time, time), (ShardDriver.Named("m", ("instance", "b")), time, -time));
        }

        node.Seal(200);
        ShardView[] views = [.. node.Data.Shards.Select(static shard => shard.View())];
        node.Directory.CopyTo("copy", views, CancellationToken.None);
        foreach (ShardView view in views)
        {
            view.Dispose();
        }

        using (DataDirectory copy = DataDirectory.Open(files, LedgerNode.Root + "/snapshots/copy", 2))
        {
            RecoveredData recovered = HeadRecovery.Run(copy, new ShardSettings(), new SegmentLogSettings(), static _ => { }, CancellationToken.None);
            var all = new Dictionary<Labels, List<(long Time, double Value)>>();
            foreach (Shard shard in recovered.Shards)
            {
                using ShardView view = shard.View();
                foreach ((Labels labels, List<(long, double)> samples) in ShardDriver.Everything(view))
                {
                    all.Add(labels, samples);
                }
            }

            Assert.Equal(2, all.Count);
            Assert.All(all.Values, static samples => Assert.Equal(Enumerable.Range(1, 199), samples.Select(static sample => (int)sample.Time)));
            recovered.Log.Dispose();
        }

        node.Check();
        files.IsFull = true;
        using ShardView again = node.Data.Shards[0].View();
        Assert.Throws<DiskFullException>(() => node.Directory.CopyTo("half", [again], CancellationToken.None));
        Assert.False(files.Exists(LedgerNode.Root + "/snapshots/half/pleiad.meta"));
    }

    [Fact]
    public void A_later_format_is_refused()
    {
        var files = new FaultyFiles();
        DataDirectory.Open(files, "/data", 16).Dispose();
        files.SetBytes("/data/pleiad.meta", "format 2\nshards 16\n"u8.ToArray());
        Assert.Contains("reads up to 1", Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(files, "/data", 16)).Message);
    }

    // What must not be touched is a kind of exception of its own in the class library: on the thread of the journal it would end the process.
    [Fact]
    public void What_the_system_does_not_allow_is_a_failure_of_the_file_system_like_any_other()
    {
        var files = new DiskFiles();
        string path = Path.Combine(Path.GetTempPath(), "pleiad-" + Path.GetRandomFileName());
        Directory.CreateDirectory(path);
        try
        {
            // A directory in the place of a file is what even the superuser is not allowed.
            Assert.Contains(path, Assert.ThrowsAny<IOException>(() => files.Delete(path)).Message);
            Assert.Contains(path, Assert.ThrowsAny<IOException>(() => files.Create(path)).Message);
            Assert.Contains(path, Assert.ThrowsAny<IOException>(() => files.OpenRead(path)).Message);
            Assert.Contains(path, Assert.ThrowsAny<IOException>(() => files.OpenWrite(path)).Message);
            Assert.ThrowsAny<IOException>(() => files.Map(path));
        }
        finally
        {
            Directory.Delete(path);
        }
    }

    [Fact]
    public void A_second_process_is_refused_and_a_fresh_directory_is_for_its_owner_alone()
    {
        string path = Path.Combine(Path.GetTempPath(), "pleiad-" + Path.GetRandomFileName(), "data");
        try
        {
            using (DataDirectory.Open(new DiskFiles(), path, 4))
            {
                Assert.Contains("another process uses it", Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(new DiskFiles(), path, 4)).Message);
                if (!OperatingSystem.IsWindows())
                {
                    Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
                }
            }

            DataDirectory.Open(new DiskFiles(), path, 4).Dispose();
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void On_a_real_disk_what_was_written_is_there_after_snapshots_and_restarts()
    {
        string path = Path.Combine(Path.GetTempPath(), "pleiad-" + Path.GetRandomFileName());
        try
        {
            long expected = 0;
            for (int start = 0; start < 4; start++)
            {
                using DataDirectory directory = DataDirectory.Open(new DiskFiles(), path, 1);
                RecoveredData data = HeadRecovery.Run(directory, new ShardSettings(), new SegmentLogSettings { SegmentBytes = 8192 }, static _ => { }, CancellationToken.None);
                using SegmentLog log = data.Log;
                Shard shard = data.Shards[0];
                using (ShardView view = shard.View())
                {
                    Assert.Equal(expected, Everything(view).Values.Sum(static samples => samples.Count));
                }

                for (int i = 0; i < 300; i++)
                {
                    using var batch = new SampleBatch(shard.Id);
                    batch.Add(new SeriesKey(Named("m", ("i", (i % 5).ToString()))), ++expected, i);
                    PreparedBatch prepared = shard.Prepare(batch);
                    Task<LogOutcome> outcome = log.AppendAsync(shard.Id, 1, prepared.Seq, prepared.Payload).AsTask();
                    log.FlushOnce();
                    Assert.True(outcome.IsCompletedSuccessfully);
                    shard.Apply(prepared);
                    if (i % 100 == 50)
                    {
                        SnapshotJob job = shard.BeginSnapshot();
                        SnapshotWritten written = data.Snapshots[0].Write(job);
                        log.Release(shard.Id, written.ReleaseThrough);
                        shard.CompleteSnapshot(job, written);
                    }
                }

                Assert.InRange(log.SegmentCount, 1, 10);
            }
        }
        finally
        {
            Directory.Delete(path, recursive: true);
        }
    }
}
