using Pleiad.TestKit;

namespace Pleiad.Storage.Tests;

/// <summary>A spool on a disk that does not give a sector back: for a while, or for good.</summary>
public sealed class SpoolUnreadableTests
{
    private const string Place = "/d/spool";
    private const string Quarantine = "/d/quarantine";

    // Longer than a sector, so that a bad one is of one record.
    private const int PayloadBytes = 10_000;
    private readonly VirtualTime _time = new();
    private readonly FaultyFiles _files = new();

    [Fact]
    public void A_record_that_cannot_be_read_is_tried_again_and_is_damaged_after_a_while()
    {
        using SpoolLog spool = Open();
        spool.Append([Record(1), Record(2), Record(3)]);
        long bad = AtOf(2) + 5000;
        _files.IsUnreadable = (path, at) => path.EndsWith(".spool", StringComparison.Ordinal) && at == bad;
        for (int tries = 1; tries < 5; tries++)
        {
            AssertTriedAgain(spool);
        }

        // However often: the disk may be back in a moment.
        _time.Advance(TimeSpan.FromSeconds(9));
        AssertTriedAgain(spool);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Throws<CorruptDataException>(() => spool.Read(0, 2));
        Assert.Equal(Payload(1), spool.Read(0, 1));
        Assert.Equal(Payload(3), spool.Read(0, 3));

        // When it is read once, it begins anew.
        _files.IsUnreadable = static (_, _) => false;
        Assert.Equal(Payload(2), spool.Read(0, 2));
        _files.IsUnreadable = (path, at) => at == bad;
        _time.Advance(TimeSpan.FromMinutes(1));
        AssertTriedAgain(spool);

        // Nor is it one failure an hour ago and another now.
        _time.Advance(TimeSpan.FromMinutes(1));
        AssertTriedAgain(spool);
    }

    [Fact]
    public void A_bad_sector_costs_a_start_the_record_that_it_is_of()
    {
        using (SpoolLog spool = Open())
        {
            spool.Append([Record(1), Record(2), Record(3)]);
        }

        long bad = AtOf(2) + 5000;
        string file = Assert.Single(_files.Paths);
        _files.IsUnreadable = (path, at) => path == file && at == bad;
        using (SpoolLog spool = Open())
        {
            Assert.Equal(1, spool.DamagedCount);
            Assert.Equal([1L, 3], spool.EntriesFrom(0, 0).Select(static entry => entry.Seq));
            Assert.Contains(_files.Paths, static path => path.StartsWith(Quarantine, StringComparison.Ordinal));

            // What was sound is in other sectors now.
            _files.IsUnreadable = static (_, _) => false;
            Assert.Equal(Payload(3), spool.Read(0, 3));

            // The copy that has it too sends it again.
            Assert.Empty(spool.Append([Record(2), Record(3), Record(4)]));
            Assert.Equal([1L, 2, 3, 4], spool.EntriesOf(0).Select(static entry => entry.Seq));
        }

        using (SpoolLog spool = Open())
        {
            Assert.Equal([1L, 2, 3, 4], spool.EntriesOf(0).Select(static entry => entry.Seq));
            Assert.All(spool.EntriesOf(0), entry => Assert.Equal(Payload(entry.Seq), spool.Read(0, entry.Seq)));
        }
    }

    [Fact]
    public void A_disk_that_gives_nothing_back_is_no_empty_spool()
    {
        using (SpoolLog spool = Open())
        {
            spool.Append([Record(1)]);
        }

        _files.IsUnreadable = static (_, _) => true;
        Assert.Throws<IOException>(Open);
        _files.IsUnreadable = static (_, _) => false;
        using (SpoolLog spool = Open())
        {
            Assert.Equal(Payload(1), spool.Read(0, 1));
        }
    }

    private static void AssertTriedAgain(SpoolLog spool) => Assert.IsNotType<CorruptDataException>(Assert.ThrowsAny<IOException>(() => spool.Read(0, 2)));

    private SpoolLog Open() => SpoolLog.Open(_files, Place, Quarantine, new SpoolSettings(), _time);

    private static long AtOf(long seq) => SpoolFormat.HeadBytes + ((seq - 1) * (SpoolFormat.RecordHeadBytes + PayloadBytes));

    private static SpooledRecord Record(long seq) => new(0, 3, seq, seq - 1, seq, Payload(seq));

    private static byte[] Payload(long seq)
    {
        var bytes = new byte[PayloadBytes];
        Array.Fill(bytes, (byte)seq);
        return bytes;
    }
}
