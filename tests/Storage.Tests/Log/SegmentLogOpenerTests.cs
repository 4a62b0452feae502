using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

/// <summary>How segments are read at a start: what is checked is what is applied, and what is written anew.</summary>
public sealed class SegmentLogOpenerTests
{
    private readonly FaultyFiles _files = new();

    [Fact]
    public void A_segment_that_cannot_be_read_fails_the_start_before_it_is_mapped()
    {
        string last = Written(records: 3);
        var mapped = new List<string>();
        _files.OnMap = mapped.Add;
        _files.IsUnreadable = (path, at) => path == last && at == 40;
        Assert.ThrowsAny<IOException>(() => Opened().Next());
        Assert.Empty(mapped);
    }

    [Fact]
    public void The_last_segment_is_applied_from_the_copy_that_is_durable()
    {
        string last = Written(records: 3);
        byte[] sound = _files.Bytes(last);
        _files.SetBytes(last, [.. sound, 1, 2, 3]);
        var mapped = new List<byte[]>();
        _files.OnMap = path => mapped.Add(_files.Bytes(path));
        FoundSegment found = Opened().Next()!.Value;
        Assert.Equal(2, mapped.Count);
        Assert.Equal(sound, mapped[1]);
        Assert.Equal(sound, found.Bytes.Bytes.ToArray());
        Assert.Equal(3, found.Records.Count);
        Assert.Equal([last], _files.PathsMapped);
        found.Bytes.Dispose();
        Assert.Empty(_files.PathsMapped);
        _files.Restart(keepsUnflushed: false);
        Assert.Equal(sound, _files.Bytes(last));
    }

    [Fact]
    public void A_copy_that_does_not_read_back_is_refused()
    {
        string last = Written(records: 3);
        int maps = 0;
        _files.OnMap = path =>
        {
            if (++maps == 2)
            {
                byte[] bytes = _files.Bytes(path);
                bytes[^1] ^= 1;
                _files.SetBytes(path, bytes);
            }
        };
        CorruptDataException refused = Assert.Throws<CorruptDataException>(() => Opened().Next());
        Assert.Equal(last, refused.File);
        Assert.Empty(_files.PathsMapped);
    }

    // Until the loss is noted the file stays as it is, and a file whose flush failed may become another when the system lets go of its pages.
    [Fact]
    public void A_last_segment_with_losses_is_applied_from_memory_and_written_when_they_are_noted()
    {
        string last = Written(records: 3);
        byte[] damaged = _files.Bytes(last);
        damaged[SegmentScan.Of(damaged, SegmentFormat.HeadBytes).Records[1].Start] ^= 1;
        byte[] torn = [.. damaged, 1, 2, 3];
        _files.SetBytes(last, torn);
        SegmentLogOpener opener = Opened();
        FoundSegment found = opener.Next()!.Value;
        Assert.Empty(_files.PathsMapped);
        Assert.Equal(torn, _files.Bytes(last));
        Assert.Equal(torn, found.Bytes.Bytes.ToArray());
        Assert.Equal([1L, 3L], found.Records.Select(static record => record.Head.Seq));
        found.Bytes.Dispose();
        opener.NoteLosses(1000);
        Assert.Equal(damaged, _files.Bytes(last));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void A_segment_without_a_head_that_is_the_last_is_let_go_and_deleted(int length)
    {
        string last = Written(records: 3);
        string unborn = Path.Combine(Path.GetDirectoryName(last)!, SegmentFormat.NameOf(2));
        _files.Create(unborn).Dispose();
        _files.SetBytes(unborn, new byte[length]);
        SegmentLogOpener opener = Opened();
        FoundSegment first = opener.Next()!.Value;
        Assert.Equal([last], _files.PathsMapped);
        Assert.Empty(opener.Next()!.Value.Records);
        Assert.Equal([last], _files.PathsMapped);
        Assert.False(_files.Exists(unborn));
        Assert.Equal(3, first.Records.Count);
        Assert.Null(opener.Next());
    }

    private SegmentLogOpener Opened()
    {
        var opener = new SegmentLogOpener(_files, LedgerNode.Root + "/log", LedgerNode.Root + "/quarantine", new SegmentLogSettings());
        opener.List();
        return opener;
    }

    private string Written(int records)
    {
        var node = new LedgerNode(_files, new SegmentLogSettings(), shardCount: 1);
        node.Start();
        for (int time = 1; time <= records; time++)
        {
            node.WriteOne(Named("m"), time, time);
        }

        node.Kill();
        return _files.Paths.Single(static path => path.EndsWith(".seg", StringComparison.Ordinal));
    }
}
