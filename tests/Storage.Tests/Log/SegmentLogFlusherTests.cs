using Pleiad.Model;
using Pleiad.TestKit;

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
    public async Task What_somebody_waits_for_does_not_wait_for_the_interval()
    {
        var opener = new SegmentLogOpener(new FaultyFiles(), "/log", "/quarantine", new SegmentLogSettings());
        opener.List();
        using SegmentLog log = opener.ToLog();

        // The clock stands still: after the first flush, which comes at once, the interval never ends.
        using var flusher = new SegmentLogFlusher(log, new VirtualTime());
        Assert.True((await log.AppendAsync(new ShardId(0), 1, 1, new byte[100]).AsTask().WaitAsync(TimeSpan.FromSeconds(30))).IsDurable);
        Task<LogOutcome> regular = log.AppendAsync(new ShardId(0), 1, 2, new byte[100]).AsTask();
        Task<LogOutcome> awaited = log.AppendAsync(new ShardId(0), 1, 3, new byte[100]).AsTask();
        log.FlushSoon();
        Assert.True((await awaited.WaitAsync(TimeSpan.FromSeconds(30))).IsDurable);
        Assert.True((await regular.WaitAsync(TimeSpan.FromSeconds(30))).IsDurable);
        Assert.False(log.IsAwaited);
    }

    [Fact]
    public void Who_decided_to_wake_it_before_it_ended_may_do_so_afterwards()
    {
        var opener = new SegmentLogOpener(new FaultyFiles(), "/log", "/quarantine", new SegmentLogSettings());
        opener.List();
        using SegmentLog log = opener.ToLog();
        var timers = new KeptTimers();
        var flusher = new SegmentLogFlusher(log, timers);
        Action wake = log.WorkWaits!;
        flusher.Dispose();
        wake();
        timers.Fire();
        flusher.Dispose();
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

    // Timers whose end does not wait for a callback that has begun.
    private sealed class KeptTimers : TimeProvider
    {
        private Action? _fire;

        public void Fire() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _fire = () => callback(state);
            return System.CreateTimer(callback, state, dueTime, period);
        }
    }
}
