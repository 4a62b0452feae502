using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class SegmentLogTests : IDisposable
{
    private readonly string _directory = Path.Combine(Path.GetTempPath(), "pleiad-" + Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_restart()
    {
        using (SegmentLog log = Open(out _))
        {
            ValueTask<LogOutcome> first = log.AppendAsync(new ShardId(3), 1, 1, new byte[] { 1, 2, 3 });
            ValueTask<LogOutcome> second = log.AppendAsync(new ShardId(4), 1, 1, new byte[] { 4 });
            ValueTask<LogOutcome> third = log.AppendAsync(new ShardId(3), 1, 2, new byte[] { 5 });
            Assert.False(first.IsCompleted);
            Assert.True(log.FlushOnce());
            Assert.True((await first).IsDurable);
            Assert.True((await second).IsDurable);
            Assert.True((await third).IsDurable);
        }

        using SegmentLog again = Open(out List<(RecordHead Head, byte[] Payload)> records);
        Assert.Equal([(3, 1L), (4, 1L), (3, 2L)], records.Select(record => (record.Head.Shard, record.Head.Seq)));
        Assert.Equal([1, 2, 3], records[0].Payload);
        Assert.Equal(LogResult.Fenced, (await again.AppendAsync(new ShardId(3), 1, 2, new byte[1])).Result);
        Assert.Equal(LogResult.Fenced, (await again.AppendAsync(new ShardId(3), 0, 3, new byte[1])).Result);
        ValueTask<LogOutcome> next = again.AppendAsync(new ShardId(3), 2, 3, new byte[1]);
        again.FlushOnce();
        Assert.True((await next).IsDurable);
    }

    private SegmentLog Open(out List<(RecordHead Head, byte[] Payload)> records)
    {
        var found = new List<(RecordHead, byte[])>();
        var opener = new SegmentLogOpener(new DiskFiles(), Path.Combine(_directory, "log"), Path.Combine(_directory, "quarantine"), new SegmentLogSettings());
        opener.List();
        while (opener.Next() is { } segment)
        {
            found.AddRange(segment.Records.Select(record => (record.Head, segment.PayloadOf(record).ToArray())));
        }

        SegmentLog log = opener.ToLog();
        records = found;
        return log;
    }
}
