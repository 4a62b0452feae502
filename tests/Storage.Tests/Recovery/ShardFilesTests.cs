using System.Text;
using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>The files of a shard, from one place to another.</summary>
public sealed class ShardFilesTests
{
    private static readonly Labels s_a = Named("a", ("instance", "x"));
    private static readonly Labels s_b = Named("b", ("instance", "x"));

    [Fact]
    public void A_shard_opened_on_copied_files_is_the_one_that_was_saved()
    {
        var from = new FaultyFiles();
        Save(from, "/from", 300);
        var to = new FaultyFiles();
        Save(to, "/to", 10, s_b);
        Copy(new ShardFiles(from, "/from"), new ShardFiles(to, "/to"));
        SortedDictionary<Labels, List<(long Time, double Value)>> read = Read(to, "/to");
        Assert.Equal([s_a], read.Keys);
        Assert.Equal(300, read[s_a].Count);
    }

    [Fact]
    public void Whatever_call_fails_the_shard_is_the_old_one_the_new_one_or_has_nothing()
    {
        for (int failing = 1; ; failing++)
        {
            var from = new FaultyFiles();
            Save(from, "/from", 300);
            var to = new FaultyFiles();
            Save(to, "/to", 10, s_b);
            var source = new ShardFiles(from, "/from");
            var target = new ShardFiles(to, "/to");
            Fetch(source, target);
            to.Fault = Fault.PowerCut;
            to.FailAt = to.Calls + failing;
            bool failed = false;
            try
            {
                target.InstallCopy();
            }
            catch (IOException)
            {
                failed = true;
            }

            to.Restart(keepsUnflushed: !failed);
            SnapshotStore snapshots = new(to, "/to", "/q", new ShardId(0));
            Shard shard = snapshots.Load(new ShardSettings());
            Assert.True(shard.AppliedSeq is 0 or 10 or 300, $"call {failing}: {shard.AppliedSeq}");
            if (!failed)
            {
                Assert.Equal(300, shard.AppliedSeq);
                return;
            }

            // And it can be done again.
            Copy(source, target);
            Assert.Equal(300, Read(to, "/to")[s_a].Count);
        }
    }

    [Fact]
    public void What_was_deleted_is_deleted_in_the_copy_and_what_changes_meanwhile_is_no_copy()
    {
        var from = new FaultyFiles();
        Save(from, "/from", 300);
        var tombstones = new TombstoneStore(from, "/from", "/q", new ShardId(0));
        tombstones.Write(new TombstoneList([new Tombstone(7, [new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], 1, 50)], 7));
        var to = new FaultyFiles();
        Save(to, "/to", 10, s_b);
        new TombstoneStore(to, "/to", "/q", new ShardId(0)).Write(new TombstoneList([new Tombstone(3, [new Matcher(LabelName.MetricName, MatchKind.Equal, "a")], 1, 90)], 3));
        var source = new ShardFiles(from, "/from");
        Copy(source, new ShardFiles(to, "/to"));
        Assert.Equal(250, Read(to, "/to")[s_a].Count);

        (string name, long bytes) = source.List()[0];
        Assert.Equal(bytes, source.Read(name, 0, new byte[bytes + 1]));
        Assert.Equal(0, source.Read(name, bytes, new byte[1]));
        tombstones.Write(new TombstoneList([], 8));
        Assert.Throws<IOException>(() => source.Read(name, 0, new byte[8]));

        // One that has none takes away what was there.
        from.Delete("/from/tombstones.tmb");
        Copy(source, new ShardFiles(to, "/to"));
        Assert.Equal(300, Read(to, "/to")[s_a].Count);
    }

    [Fact]
    public void The_note_that_a_copy_lacks_samples_names_all_that_it_can_come_from_and_goes_with_a_copy()
    {
        var from = new FaultyFiles();
        Save(from, "/from", 300);
        var source = new ShardFiles(from, "/from");
        Assert.False(source.Lacks);
        source.NoteLacks();
        (string name, long bytes) = source.List()[0];
        byte[] text = new byte[bytes];
        Assert.Equal(("lacks", bytes), (name, source.Read(name, 0, text)));
        string note = Encoding.UTF8.GetString(text);
        Assert.All(
            ["files were damaged", "at a start", "as blocks or rollups were written", "a record of the journal could not be read", "from a copy that lacks samples"],
            cause => Assert.Contains(cause, note, StringComparison.Ordinal));
        Assert.Equal(note.Length - 1, note.IndexOf('\n', StringComparison.Ordinal));

        var to = new FaultyFiles();
        var target = new ShardFiles(to, "/to");
        Copy(source, target);
        Assert.True(target.Lacks);
    }

    [Fact]
    public void Only_files_of_shards_are_given_and_taken()
    {
        var files = new ShardFiles(new FaultyFiles(), "/s");
        Assert.Throws<IOException>(() => files.Read("../pleiad.meta", 0, new byte[8]));
        Assert.Throws<IOException>(() => files.CreateCopy("../../etc/passwd"));
        Assert.Empty(files.List());
    }

    // The first third in a block, the rest in the head.
    private static void Save(FaultyFiles files, string path, int samples, Labels? labels = null)
    {
        var driver = new ShardDriver();
        var snapshots = new SnapshotStore(files, path, "/q", new ShardId(0));
        var blocks = new BlockStore(files, path, "/q", new ShardId(0));
        driver.Shard.AttachBlocks(blocks);
        for (int time = 1; time <= samples; time++)
        {
            driver.Append((labels ?? s_a, time, time));
        }

        SnapshotJob early = driver.Shard.BeginSnapshot();
        driver.Shard.CompleteSnapshot(early, snapshots.Write(early));
        SealJob seal = driver.Shard.BeginSeal(samples / 3);
        driver.Shard.CompleteSeal(seal, blocks.Write(seal));
        SnapshotJob late = driver.Shard.BeginSnapshot();
        driver.Shard.CompleteSnapshot(late, snapshots.Write(late));
    }

    private static void Copy(ShardFiles from, ShardFiles to)
    {
        Fetch(from, to);
        to.InstallCopy();
    }

    private static void Fetch(ShardFiles from, ShardFiles to)
    {
        to.BeginCopy();
        foreach ((string name, long bytes) in from.List())
        {
            using IFile file = to.CreateCopy(name);
            var part = new byte[1000];
            while (file.Length < bytes)
            {
                file.Append(part.AsSpan(0, from.Read(name, file.Length, part)));
            }

            file.Flush();
        }
    }

    private static SortedDictionary<Labels, List<(long Time, double Value)>> Read(FaultyFiles files, string path)
    {
        Shard shard = new SnapshotStore(files, path, "/q", new ShardId(0)).Load(new ShardSettings());
        shard.AttachBlocks(new BlockStore(files, path, "/q", new ShardId(0)));
        using ShardView view = shard.View();
        return Everything(view);
    }
}
