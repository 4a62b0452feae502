using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>Whose records a copy keeps: it is to be good for something that it has them.</summary>
public sealed class SpoolReceiverTests : IDisposable
{
    private const long Epoch = 4;
    private static readonly byte[] s_content = [1];

    private readonly TempDirectory _place = new();
    private readonly DataDirectory _directory;
    private readonly SpoolLog _spool;
    private readonly List<(int, long, long)> _missed = [];
    private AppliedMark _mark = new(7, HashAt(7), Epoch, IsWhole: true);

    public SpoolReceiverTests()
    {
        _directory = DataDirectory.Open(new DiskFiles(), _place.Path, shardCount: 1);
        _spool = SpoolLog.Open(_directory, new SpoolSettings(), TimeProvider.System);
    }

    public void Dispose()
    {
        _spool.Dispose();
        _directory.Dispose();
        _place.Dispose();
    }

    [Fact]
    public void A_copy_that_is_being_made_or_has_lost_samples_counts_as_no_disk()
    {
        _mark = _mark with { IsWhole = false };
        AssertRefused(8, 8);
        _mark = new AppliedMark(0, 0, 0, IsWhole: false);
        AssertRefused(8, 8);
        _mark = new AppliedMark(AppliedMarks.Unknown, 0, 0, IsWhole: true);
        AssertRefused(8, 8);
        Assert.Equal([(0, 8, Epoch), (0, 8, Epoch), (0, 8, Epoch)], _missed);
        _mark = new AppliedMark(7, HashAt(7), Epoch, IsWhole: true);
        AssertKept(8, 8);
        Assert.Equal(3, _missed.Count);
    }

    [Fact]
    public void A_copy_that_was_slow_to_keep_and_has_applied_more_goes_on_keeping()
    {
        AssertKept(8, 10);
        _mark = new AppliedMark(15, HashAt(15), Epoch, IsWhole: true);
        AssertKept(11, 12);
        AssertKept(13, 20);
        _mark = new AppliedMark(17, HashAt(17), Epoch, IsWhole: true);
        AssertKept(21, 21);
    }

    [Fact]
    public void A_copy_that_has_applied_something_else_keeps_nothing()
    {
        _mark = new AppliedMark(9, 4711, Epoch, IsWhole: true);
        AssertRefused(8, 10);
        AssertRefused(10, 10);

        // Of a term before, and further than what comes: nobody here knows what it had.
        _mark = new AppliedMark(9, HashAt(9), Epoch - 1, IsWhole: true);
        AssertRefused(8, 8);
        AssertKept(8, 9);
    }

    [Fact]
    public void A_node_that_is_to_spool_nothing_keeps_nothing_and_knows_what_it_has_not()
    {
        using var place = new TempDirectory();
        using DataDirectory directory = DataDirectory.Open(new DiskFiles(), place.Path, shardCount: 1);
        using SpoolLog off = SpoolLog.Open(directory, new SpoolSettings { BytesMax = 0 }, TimeProvider.System);
        AssertRefused(off, 8, 8);

        // Nor is it sent what lies between.
        AssertRefused(off, 12, 12);
        Assert.Equal([(0, 8, Epoch), (0, 12, Epoch)], _missed);
        Assert.False(off.Holds(0));
    }

    private static long HashAt(long seq)
    {
        long hash = 0;
        for (long i = 0; i < seq; i++)
        {
            hash = (long)XxHash64.Of(s_content, (ulong)hash);
        }

        return hash;
    }

    private void AssertKept(long first, long last) => Assert.Empty(Keep(_spool, first, last));

    private void AssertRefused(long first, long last) => AssertRefused(_spool, first, last);

    private void AssertRefused(SpoolLog spool, long first, long last) => Assert.Equal([(0, SpoolReceiver.NotHere)], Keep(spool, first, last));

    private IReadOnlyCollection<(int Shard, long NeededFrom)> Keep(SpoolLog spool, long first, long last)
    {
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0, Epoch = Epoch, Here = ShardRole.Follower }]));
        var receiver = new SpoolReceiver(spool, places, _ => _mark, (shard, seq, epoch) => _missed.Add((shard, seq, epoch)));
        return receiver.Keep([.. Enumerable.Range((int)first, (int)(last - first + 1))
            .Select(static seq => new SpoolNews(new SpooledRecord(0, Epoch, seq, HashAt(seq - 1), HashAt(seq), s_content), 7))]);
    }
}
