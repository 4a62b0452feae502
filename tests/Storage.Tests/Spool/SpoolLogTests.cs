using Pleiad.TestKit;

namespace Pleiad.Storage.Tests;

/// <summary>Records that are acknowledged before the journal has them: whatever fails, they are there after the next start, in their order.</summary>
public sealed class SpoolLogTests
{
    private const string Place = "/d/spool";
    private readonly VirtualTime _time = new();

    [Fact]
    public void What_was_kept_is_there_after_a_start_and_what_was_let_go_of_frees_its_file()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([Record(1, 10), Record(2, 5), Record(1, 11)]);
            spool.Append([Record(1, 12)]);
            Assert.Equal([10L, 11, 12], spool.EntriesOf(1).Select(static entry => entry.Seq));
            spool.Release(1, 11);
        }

        using (SpoolLog spool = Open(files))
        {
            // Letting go is not written down: the journal is asked again.
            Assert.Equal([10L, 11, 12], spool.EntriesOf(1).Select(static entry => entry.Seq));
            Assert.Equal(Payload(1, 12), spool.Read(1, 12));
            Assert.Equal((4L, 4), (spool.Use.Records, spool.EntriesOf(1).Count + spool.EntriesOf(2).Count));
            spool.Release(1, 12);
            Assert.False(spool.Holds(1));
            Assert.NotEmpty(files.List(Place));
            spool.Release(2, 100);
            Assert.Empty(files.List(Place));
            Assert.Equal(0, spool.Use.Share);
        }
    }

    [Fact]
    public void A_record_that_does_not_follow_is_refused_and_one_that_is_there_already_passed_over()
    {
        using SpoolLog spool = Open(new FaultyFiles());
        spool.Append([Record(1, 10), Record(1, 11)]);
        Assert.Equal([1], spool.Append([Record(2, 1), Record(1, 13), Record(2, 2), Record(1, 14)]));
        Assert.Equal([1L, 2], spool.EntriesOf(2).Select(static entry => entry.Seq));
        Assert.Equal([1], spool.Append([Record(1, 12) with { HashBefore = 7 }]));

        // It lies in the chain by its number and by what was before it, and is another one: of the others all are kept.
        Assert.True(spool.GoesOnWith(1, 3, 11, HashAt(1, 10)));
        Assert.Equal([1], spool.Append([Record(1, 11) with { Hash = 7 }, Record(2, 3)]));
        Assert.True(spool.Find(2, 3) is not null);
        Assert.Empty(spool.Append([Record(1, 11), Record(1, 12)]));
        Assert.Equal(6, spool.Use.Records);
        Assert.True(spool.GoesOnWith(1, 3, 13, HashAt(1, 12)));
        Assert.True(spool.GoesOnWith(1, 3, 11, HashAt(1, 10)));
        Assert.False(spool.GoesOnWith(1, 3, 13, 7));
        Assert.False(spool.GoesOnWith(1, 3, 14, HashAt(1, 13)));
        Assert.True(spool.GoesOnWith(3, 3, 99, 7));
        Assert.Throws<IOException>(() => spool.Read(1, 13));
    }

    [Fact]
    public void Of_a_term_that_is_over_nothing_more_is_kept_and_what_was_is_there()
    {
        using SpoolLog spool = Open(new FaultyFiles());
        spool.Append([Record(1, 10), Record(2, 5)]);
        spool.Fence(1, 4);
        spool.Fence(1, 2);
        Assert.False(spool.GoesOnWith(1, 3, 11, HashAt(1, 10)));
        Assert.True(spool.GoesOnWith(1, 4, 11, HashAt(1, 10)));
        Assert.Equal([1], spool.Append([Record(1, 11)]));

        // What it had before is no news.
        spool.Append([Record(1, 10), Record(2, 6)]);
        spool.Append([Record(1, 11) with { Epoch = 4 }]);
        Assert.Equal([10L, 11], spool.EntriesOf(1).Select(static entry => entry.Seq));
        Assert.Equal([5L, 6], spool.EntriesOf(2).Select(static entry => entry.Seq));
    }

    [Fact]
    public void What_was_not_kept_and_is_there_nevertheless_makes_room_for_what_took_its_place()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([Record(1, 10), Record(1, 11), Record(1, 12)]);
        }

        // As if the flush behind 12 had failed, and whoever led next had written another one.
        var writer = new ByteWriter();
        SpoolFormat.WriteHead(writer, 2);
        SpooledRecord other = Record(1, 12) with { Epoch = 4, Hash = 7, Payload = new byte[] { 9 } };
        SpoolFormat.WriteRecord(writer, other, at: 0);
        files.Create(Place + "/000000000002.spool");
        files.SetBytes(Place + "/000000000002.spool", writer.Written.ToArray());
        using (SpoolLog spool = Open(files))
        {
            Assert.Equal([(10L, 3L), (11, 3), (12, 4)], spool.EntriesOf(1).Select(static entry => (entry.Seq, entry.Epoch)));
            Assert.Equal(other.Payload.ToArray(), spool.Read(1, 12));
            Assert.Equal(3, spool.Use.Records);
            spool.Release(1, 12);
            Assert.Empty(files.List(Place));
        }
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.DiskFull)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public void Whatever_call_fails_what_was_kept_and_not_let_go_of_is_there(Fault fault)
    {
        for (int failAt = 1; ; failAt++)
        {
            Assert.True(failAt < 500, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = fault };
            var kept = new SortedSet<(int Shard, long Seq)>();
            var wanted = new SortedSet<(int Shard, long Seq)>();
            Tell(files, kept, wanted);
            bool failed = files.HasFailed;
            files.Restart(keepsUnflushed: fault is not (Fault.PowerCut or Fault.PowerCutTorn));
            Check(files, kept, wanted);

            // And once more: what was written anew at the start is as durable.
            files.Restart(keepsUnflushed: false);
            Check(files, kept, wanted);
            if (!failed)
            {
                Assert.True(failAt > 20, $"only {failAt} calls were made to fail");
                return;
            }
        }
    }

    [Fact]
    public void Of_a_file_that_is_cut_anywhere_every_whole_record_is_there()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([.. Enumerable.Range(1, 5).Select(seq => Record(1, seq))]);
        }

        string path = Assert.Single(files.Paths);
        byte[] whole = files.Bytes(path);
        int length = (whole.Length - SpoolFormat.HeadBytes) / 5;
        for (int cut = 0; cut < whole.Length; cut++)
        {
            var part = new FaultyFiles();
            part.Create(path);
            part.SetBytes(path, whole[..cut]);
            using SpoolLog spool = Open(part);
            Assert.Equal(Math.Max(0, (cut - SpoolFormat.HeadBytes) / length), spool.EntriesOf(1).Count);
            Assert.Equal(0, spool.DamagedCount);
        }
    }

    [Fact]
    public void Of_a_file_with_a_flipped_bit_what_is_before_it_is_there_and_the_damage_is_counted_and_kept()
    {
        var files = new FaultyFiles();
        using (SpoolLog spool = Open(files))
        {
            spool.Append([.. Enumerable.Range(1, 5).Select(seq => Record(1, seq))]);
            spool.Append([Record(2, 1)]);
        }

        string path = Assert.Single(files.Paths);
        byte[] whole = files.Bytes(path);
        int length = SpoolFormat.RecordHeadBytes + Payload(1, 1).Length;
        for (int at = SpoolFormat.HeadBytes; at < SpoolFormat.HeadBytes + (5 * length); at++)
        {
            var part = new FaultyFiles();
            part.Create(path);
            byte[] damaged = [.. whole];
            damaged[at] ^= 0x10;
            part.SetBytes(path, damaged);
            using SpoolLog spool = Open(part);
            Assert.Equal((at - SpoolFormat.HeadBytes) / length, spool.EntriesOf(1).Count(entry => entry.Seq <= (at - SpoolFormat.HeadBytes) / length));
            Assert.Single(spool.EntriesOf(2));
            Assert.Equal(1, spool.DamagedCount);
            Assert.Contains(part.Paths, static name => name.StartsWith("/d/quarantine/", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_record_that_rots_while_it_waits_is_not_given_out()
    {
        var files = new FaultyFiles();
        using SpoolLog spool = Open(files);
        spool.Append([Record(1, 1)]);
        string path = Assert.Single(files.Paths);
        byte[] bytes = files.Bytes(path);
        bytes[^1] ^= 1;
        files.SetBytes(path, bytes);
        Assert.Throws<CorruptDataException>(() => spool.Read(1, 1));
    }

    [Fact]
    public void A_spool_of_a_later_version_is_refused()
    {
        var files = new FaultyFiles();
        var writer = new ByteWriter();
        SpoolFormat.WriteHead(writer, 1);
        byte[] head = writer.Written.ToArray();
        head[8] = 2;
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(20), Crc32C.Of(head.AsSpan(0, 20)));
        files.Create(Place + "/000000000001.spool");
        files.SetBytes(Place + "/000000000001.spool", head);
        Assert.Throws<CorruptDataException>(() => Open(files));
    }

    [Fact]
    public void It_is_full_by_bytes_or_by_age_whichever_comes_first()
    {
        using SpoolLog spool = Open(new FaultyFiles(), new SpoolSettings { BytesMax = 1000, AgeMax = TimeSpan.FromMinutes(10) });
        spool.Append([Record(1, 1)]);
        Assert.InRange(spool.Use.Share, 0.05, 0.2);
        _time.Advance(TimeSpan.FromMinutes(8));
        Assert.Equal(0.8, spool.Use.Share, 3);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1.0, spool.Use.Share, 3);
        spool.Release(1, 1);
        spool.Append([.. Enumerable.Range(1, 12).Select(seq => Record(1, seq))]);
        Assert.InRange(spool.Use.Share, 0.8, 0.9);
    }

    [Fact]
    public void Messages_that_are_kept_are_read_back_and_damaged_ones_put_aside()
    {
        var files = new FaultyFiles();
        var kept = new KeptMessages(files, "/d/resubmit", "/d/quarantine");
        string first = kept.Write(new Model.ShardId(3), 17, [[1, 2, 3], [], [4]]);
        string second = kept.Write(new Model.ShardId(3), 18, [[5]]);
        Assert.Equal([first, second], kept.List());
        Assert.Equal([[1, 2, 3], [], [4]], kept.TryRead(first)!);
        byte[] bytes = files.Bytes("/d/resubmit/" + second);
        for (int at = 0; at < bytes.Length; at++)
        {
            files.SetBytes("/d/resubmit/" + first, [.. bytes[..at], (byte)(bytes[at] ^ 4), .. bytes[(at + 1)..]]);
            if (at is 10 or 11)
            {
                continue;
            }

            Assert.Null(kept.TryRead(first));
            kept.Write(new Model.ShardId(3), 17, [[5]]);
        }

        kept.Delete(second);
        Assert.Equal([first], kept.List());

        // A copy may go back to the same record twice.
        string again = kept.Write(new Model.ShardId(3), 17, [[6]]);
        Assert.Equal([[5]], kept.TryRead(first)!);
        Assert.Equal([[6]], kept.TryRead(again)!);
        kept.PutAside(again);
        Assert.Equal([first], kept.List());
    }

    [Fact]
    public void Messages_whose_writing_fails_at_any_call_are_there_whole_or_not_at_all()
    {
        for (int failAt = 1; ; failAt++)
        {
            Assert.True(failAt < 50, "the story ends");
            var files = new FaultyFiles(failAt) { FailAt = failAt, Fault = Fault.PowerCutTorn };
            var kept = new KeptMessages(files, "/d/resubmit", "/d/quarantine");
            bool isKept = false;
            try
            {
                kept.Write(new Model.ShardId(3), 19, [[9]]);
                isKept = true;
            }
            catch (IOException)
            {
                // The machine has stopped.
            }

            bool failed = files.HasFailed;
            files.Restart(keepsUnflushed: false);
            Assert.True(!isKept || kept.List().Count == 1);
            Assert.All(kept.List(), name => Assert.Equal([[9]], kept.TryRead(name)!));
            if (!failed)
            {
                return;
            }
        }
    }

    private SpoolLog Open(FaultyFiles files, SpoolSettings? settings = null) => SpoolLog.Open(files, Place, "/d/quarantine", settings ?? new SpoolSettings { FileBytes = 400 }, _time);

    // Keeps, lets go, and keeps what follows; a failed call is tried again, as its caller does.
    private void Tell(FaultyFiles files, SortedSet<(int Shard, long Seq)> kept, SortedSet<(int Shard, long Seq)> wanted)
    {
        try
        {
            using SpoolLog spool = Open(files);
            for (int round = 0; round < 6; round++)
            {
                SpooledRecord[] added = [.. Enumerable.Range(1, 4).SelectMany(i => new[] { Record(1, (round * 4) + i), Record(2, (round * 4) + i) })];
                for (int tries = 0; tries < 2; tries++)
                {
                    try
                    {
                        // What follows on what could not be kept is not kept either.
                        SpooledRecord[] taken = [.. NotOf(spool.Append(added), added)];
                        kept.UnionWith(taken.Select(static record => (record.Shard, record.Seq)));
                        wanted.UnionWith(taken.Select(static record => (record.Shard, record.Seq)));
                        break;
                    }
                    catch (IOException)
                    {
                        // Tried again, or the machine has stopped.
                    }
                }

                if (round is 2 or 4)
                {
                    spool.Release(1, (round * 4) - 1);
                    wanted.RemoveWhere(one => one.Shard == 1 && one.Seq <= (round * 4) - 1);
                }
            }
        }
        catch (IOException)
        {
            // It could not be opened.
        }
    }

    private static IEnumerable<SpooledRecord> NotOf(IReadOnlySet<int> refused, SpooledRecord[] records) => records.Where(record => !refused.Contains(record.Shard));

    private void Check(FaultyFiles files, SortedSet<(int Shard, long Seq)> kept, SortedSet<(int Shard, long Seq)> wanted)
    {
        using SpoolLog spool = Open(files);
        foreach ((int shard, long seq) in wanted)
        {
            Assert.Equal(Payload(shard, seq), spool.Read(shard, seq));
        }

        foreach (int shard in new[] { 1, 2 })
        {
            SpoolEntry[] chain = [.. spool.EntriesOf(shard)];
            Assert.All(chain.Zip(chain.Skip(1)), static pair => Assert.Equal((pair.First.Seq + 1, pair.First.Hash), (pair.Second.Seq, pair.Second.HashBefore)));
            Assert.True(kept.Where(one => one.Shard == shard).All(one => one.Seq <= (chain.Length == 0 ? 0 : chain[^1].Seq)) || !wanted.Any(one => one.Shard == shard));
        }
    }

    private static SpooledRecord Record(int shard, long seq) => new(shard, 3, seq, HashAt(shard, seq - 1), HashAt(shard, seq), Payload(shard, seq));

    private static long HashAt(int shard, long seq) => (shard * 1_000_003L) + (seq * 7_919L);

    private static byte[] Payload(int shard, long seq) => [.. BitConverter.GetBytes(seq), (byte)shard, 0, 0xB1, 1, 2, 3];
}
