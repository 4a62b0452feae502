using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class SegmentLogFlusherTests
{
    [Fact]
    public async Task What_waits_is_flushed_without_anybody_asking()
    {
        var files = new FaultyFiles();
        var opener = new SegmentLogOpener(files, "/log", "/quarantine", new SegmentLogSettings { FlushInterval = TimeSpan.FromMilliseconds(5) });
        opener.List();
        using SegmentLog log = opener.ToLog();
        using var flusher = new SegmentLogFlusher(log, TimeProvider.System);
        for (int seq = 1; seq <= 200; seq++)
        {
            Task<LogOutcome> outcome = log.AppendAsync(new ShardId(0), 1, seq, new byte[100]).AsTask();
            if (seq % 10 == 0)
            {
                Assert.True((await outcome.WaitAsync(TimeSpan.FromSeconds(30))).IsDurable);
            }
        }
    }

    [Fact]
    public async Task A_queue_that_is_full_refuses_and_goes_on_when_it_is_flushed()
    {
        var opener = new SegmentLogOpener(new FaultyFiles(), "/log", "/quarantine", new SegmentLogSettings { QueueBytesMax = 1000 });
        opener.List();
        using SegmentLog log = opener.ToLog();
        Task<LogOutcome> first = log.AppendAsync(new ShardId(0), 1, 1, new byte[900]).AsTask();
        Assert.Equal(LogResult.Refused, (await log.AppendAsync(new ShardId(0), 1, 2, new byte[900])).Result);
        log.FlushOnce();
        Assert.True((await first).IsDurable);
        Task<LogOutcome> second = log.AppendAsync(new ShardId(0), 1, 2, new byte[900]).AsTask();
        log.FlushOnce();
        Assert.True((await second).IsDurable);
    }
}
