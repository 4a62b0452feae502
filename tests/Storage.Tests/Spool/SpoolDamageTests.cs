using Pleiad.TestKit;

namespace Pleiad.Storage.Tests;

/// <summary>A spool on a disk that fails or forgets: what is sound counts, whatever lies before it, and what is not on the device is not taken for it.</summary>
public sealed class SpoolDamageTests
{
    private const string Place = "/d/spool";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly VirtualTime _time = new();

    [Fact]
    public void Damage_of_one_shard_costs_no_other_what_it_kept_later()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([Record(1, 10), Record(1, 11), Record(2, 5)]);

            // The journal has those; the second time that it is away others come, of the same term.
            spool.Release(1, 11);
            spool.Append([Record(1, 20), Record(1, 21)]);
        }

        Damage(files, Assert.Single(files.Paths), record: 2);
        using (SpoolLog spool = Open(files))
        {
            Assert.Equal(1, spool.DamagedCount);
            Assert.False(spool.Holds(2));
            Assert.Equal([10L, 11], spool.EntriesOf(1).Select(static entry => entry.Seq));
            Assert.Equal([11L, 20, 21], spool.EntriesFrom(1, 11).Select(static entry => entry.Seq));
            Assert.Equal(Payload(1, 20), spool.Read(1, 20));

            // Whoever compares the first with the journal finds the next.
            spool.Release(1, 19);
            Assert.Equal([20L, 21], spool.EntriesOf(1).Select(static entry => entry.Seq));
            spool.Release(1, 21);
            Assert.Equal(0, spool.Use.Records);
            Assert.DoesNotContain(files.Paths, static path => path.StartsWith(Place, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_lies_behind_a_file_with_a_rotten_end_does_not_take_the_place_of_what_is_before_it()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files, fileBytes: 1))
        {
            spool.Append([Record(1, 10), Record(1, 11), Record(1, 12)]);
            spool.Append([Record(1, 13), Record(1, 14)]);
        }

        Damage(files, files.Paths.First(), record: 2);
        using (SpoolLog spool = Open(files, fileBytes: 1))
        {
            Assert.Equal([10L, 11, 13, 14], spool.EntriesFrom(1, 0).Select(static entry => entry.Seq));

            // Whoever led sends from there on what is missing.
            Assert.False(spool.GoesOnWith(1, 3, 13, HashAt(1, 12)));
            Assert.Empty(spool.Append([Record(1, 12), Record(1, 13), Record(1, 14), Record(1, 15)]));
            Assert.Equal([10L, 11, 12, 13, 14, 15], spool.EntriesOf(1).Select(static entry => entry.Seq));
            Assert.Equal(6, spool.Use.Records);
        }

        using (SpoolLog spool = Open(files, fileBytes: 1))
        {
            Assert.Equal([10L, 11, 12, 13, 14, 15], spool.EntriesOf(1).Select(static entry => entry.Seq));
            Assert.All(spool.EntriesOf(1), entry => Assert.Equal(Payload(1, entry.Seq), spool.Read(1, entry.Seq)));
        }
    }

    [Fact]
    public void Damage_in_the_file_that_is_written_anew_is_known_at_the_start_after_that_too()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([.. Enumerable.Range(10, 5).Select(static seq => Record(1, seq))]);
        }

        Damage(files, Assert.Single(files.Paths), record: 2);
        for (int start = 0; start < 3; start++)
        {
            using SpoolLog spool = Open(files);
            Assert.Equal([10L, 11, 13, 14], spool.EntriesFrom(1, 0).Select(static entry => entry.Seq));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_kept_at_the_second_try_is_there_after_a_restart_and_a_power_cut(bool truncates)
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([Record(2, 1)]);
            int flushes = 0;
            files.OnFlush = () =>
            {
                // The flush fails, and where the test wants it so, what was written cannot be cut off either.
                if (flushes++ == 0)
                {
                    files.RefusesTruncate = !truncates;
                    throw new IOException("the flush fails");
                }
            };
            Assert.Throws<IOException>(() => spool.Append([Record(1, 10), Record(1, 11)]));
            Assert.Empty(spool.Append([Record(1, 10), Record(1, 11)]));
        }

        // The process begins anew, and makes a new file's name and the going of others durable.
        files.OnFlush = static () => { };
        using (SpoolLog spool = Open(files))
        {
            Assert.Equal([10L, 11], spool.EntriesOf(1).Select(static entry => entry.Seq));
            spool.Append([Record(2, 2)]);
        }

        files.Restart(keepsUnflushed: false);
        using (SpoolLog spool = Open(files))
        {
            Assert.Equal([10L, 11], spool.EntriesOf(1).Select(static entry => entry.Seq));
            Assert.Equal(Payload(1, 11), spool.Read(1, 11));
        }
    }

    [Fact]
    public void What_could_not_be_flushed_is_not_taken_for_kept_after_a_restart()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([Record(1, 10)]);
            files.OnFlush = static () => throw new IOException("the flush fails");
            Assert.Throws<IOException>(() => spool.Append([Record(1, 11)]));
            files.OnFlush = static () => { };
            spool.Append([Record(2, 1)]);
        }

        using (SpoolLog spool = Open(files))
        {
            Assert.Equal([10L], spool.EntriesOf(1).Select(static entry => entry.Seq));
        }
    }

    [Fact]
    public async Task Nobody_waits_for_a_slow_disk_but_who_writes_and_what_is_fenced_meanwhile_is_not_kept()
    {
        var files = new FaultyFiles();
        using SpoolLog spool = Open(files);
        spool.Append([Record(1, 10), Record(2, 5)]);
        using var begun = new ManualResetEventSlim();
        using var ends = new ManualResetEventSlim();
        files.OnFlush = () =>
        {
            begun.Set();
            Assert.True(ends.Wait(Patience));
        };
        Task<IReadOnlySet<int>> writing = Task.Run(() => spool.Append([Record(1, 11), Record(2, 6)]));
        Assert.True(begun.Wait(Patience));
        Task<long> reading = Task.Run(() =>
        {
            // As whoever takes the shard does: what is in the chain now is what the journal may lack.
            spool.Fence(1, 4);
            long last = spool.EndsOf(1)!.Value.Last.Seq;
            Assert.Equal(2, spool.Use.Records);
            Assert.True(spool.Holds(2) && spool.Find(2, 6) is null && !spool.IsFenced(2, 3));
            spool.Release(2, 5);
            return last;
        });
        Assert.Equal(10, await reading.WaitAsync(Patience));
        Assert.False(writing.IsCompleted);
        ends.Set();
        Assert.Equal([1], await writing.WaitAsync(Patience));
        Assert.Equal(10, spool.EndsOf(1)!.Value.Last.Seq);
        Assert.Equal([6L], spool.EntriesOf(2).Select(static entry => entry.Seq));
    }

    [Fact]
    public void A_file_whose_head_cannot_be_written_is_not_left_and_one_that_was_given_up_counts_with_what_it_has()
    {
        var files = new FaultyFiles();
        using SpoolLog spool = Open(files);
        files.OnFlush = static () => throw new IOException("the flush fails");
        Assert.Throws<IOException>(() => spool.Append([Record(1, 10)]));
        Assert.Empty(files.Paths);
        files.OnFlush = static () => { };
        spool.Append([Record(1, 10)]);
        long bytes = spool.Use.Bytes;
        files.RefusesTruncate = true;
        files.OnFlush = static () => throw new IOException("the flush fails");
        Assert.Throws<IOException>(() => spool.Append([Record(1, 11)]));
        Assert.Equal(files.Bytes(Assert.Single(files.Paths)).Length, spool.Use.Bytes);
        Assert.True(spool.Use.Bytes > bytes);
    }

    [Fact]
    public void A_spool_without_room_adds_nothing_and_gives_what_it_has()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([Record(1, 10)]);
        }

        using SpoolLog off = SpoolLog.Open(files, Place, "/d/quarantine", new SpoolSettings { BytesMax = 0 }, _time);
        Assert.Equal(Payload(1, 10), off.Read(1, 10));
        Assert.True(off.Use.Share >= 1);
        Assert.Throws<IOException>(() => off.Append([Record(1, 11)]));
        off.Release(1, 10);
        Assert.Empty(files.Paths);
        Assert.Throws<IOException>(() => off.Append([Record(1, 11)]));
    }

    [Fact]
    public void The_end_of_a_chain_can_be_let_go_of_and_comes_again()
    {
        using SpoolLog spool = Open(new FaultyFiles());
        spool.Append([.. Enumerable.Range(10, 5).Select(static seq => Record(1, seq))]);
        spool.Cut(1, 12);
        Assert.Equal([10L, 11], spool.EntriesOf(1).Select(static entry => entry.Seq));
        Assert.Empty(spool.Append([Record(1, 12)]));
        spool.Cut(1, 0);
        Assert.False(spool.Holds(1));
        Assert.Equal(0, spool.Use.Records);
    }

    private SpoolLog Open(FaultyFiles files, int fileBytes = 1 << 20) => SpoolLog.Open(files, Place, "/d/quarantine", new SpoolSettings { FileBytes = fileBytes }, _time);

    private static void Damage(FaultyFiles files, string path, int record)
    {
        byte[] bytes = files.Bytes(path);
        bytes[SpoolFormat.HeadBytes + (record * (SpoolFormat.RecordHeadBytes + Payload(1, 1).Length)) + 60] ^= 0x10;
        files.SetBytes(path, bytes);
    }

    private static SpooledRecord Record(int shard, long seq) => new(shard, 3, seq, HashAt(shard, seq - 1), HashAt(shard, seq), Payload(shard, seq));

    private static long HashAt(int shard, long seq) => (shard * 1_000_003L) + (seq * 7_919L);

    private static byte[] Payload(int shard, long seq) => [.. BitConverter.GetBytes(seq), (byte)shard, 0, 0xB1, 1, 2, 3];
}
