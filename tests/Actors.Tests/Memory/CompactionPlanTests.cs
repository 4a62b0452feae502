using Microsoft.Extensions.Logging.Abstractions;

namespace Pleiad.Actors.Tests;

public sealed class CompactionPlanTests
{
    private const long MiB = 1 << 20;

    private static readonly CompactionSettings s_settings = new()
    {
        HeapBytesMax = 256 * MiB, Interval = TimeSpan.FromMinutes(10), CheckInterval = TimeSpan.FromSeconds(10),
    };

    private readonly CompactionPlan _plan = new(s_settings);
    private DateTimeOffset _now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_heap_is_compacted_once_it_grows_no_more()
    {
        Assert.Equal([false, false, false, true], Looks(50, 120, 200, 210));
    }

    [Fact]
    public void The_first_look_knows_nothing_of_growth() => Assert.Equal([false, true], Looks(200, 200));

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_heap_beyond_the_limit_is_left_to_the_collector(int size, bool isDue) => Assert.Equal(isDue, Looks(size, size)[1]);

    [Theory]
    [InlineData(31, false)]
    [InlineData(32, true)]
    public void Of_a_small_heap_there_is_nothing_to_gain(int size, bool isDue) => Assert.Equal(isDue, Looks(size, size)[1]);

    [Fact]
    public void After_one_the_next_follows_growth_by_a_quarter_and_not_before_the_interval()
    {
        Looks(200, 200);
        Done(160, TimeSpan.FromMilliseconds(100));
        Assert.Equal([false, false], Looks(200, 200));
        _now += s_settings.Interval;
        Assert.Equal([false, true], Looks(199, 200));
    }

    [Fact]
    public void Who_gains_little_waits_twice_as_long_each_time_up_to_a_limit()
    {
        var plan = new CompactionPlan(s_settings with { HeapBytesMax = long.MaxValue });
        long size = 200 * MiB;
        var waits = new List<double>();
        foreach (int kept in (int[])[91, 91, 91, 91, 91, 91, 91, 50, 50])
        {
            DateTimeOffset since = _now;
            while (!plan.IsDue(size, _now))
            {
                _now += TimeSpan.FromMinutes(1);
            }

            waits.Add((_now - since).TotalMinutes);
            plan.Done(size * kept / 100, TimeSpan.FromMilliseconds(1), _now);
            size *= 2;
        }

        Assert.Equal([1, 20, 40, 80, 160, 320, 320, 320, 10], waits);
    }

    [Fact]
    public void Pauses_take_a_thousandth_of_the_time()
    {
        Looks(200, 200);
        Done(10, TimeSpan.FromSeconds(1.2));
        Looks(200);
        DateTimeOffset since = _now;
        while (!_plan.IsDue(200 * MiB, _now))
        {
            _now += TimeSpan.FromSeconds(10);
        }

        Assert.Equal(20, (_now - since).TotalMinutes, 0.2);
    }

    [Fact]
    public void The_actor_compacts_when_it_is_due()
    {
        using TestActorSystem test = TestActorSystem.OnPool();
        var heap = new Heap { Committed = 200 * MiB };
        test.ActorOf(() => new HeapCompactionActor(heap, s_settings, NullLogger.Instance));
        test.Drain();
        test.Advance(s_settings.CheckInterval);
        Assert.Equal(0, heap.Compactions);
        test.Advance(s_settings.CheckInterval);
        Assert.Equal((1, 100 * MiB), (heap.Compactions, heap.Committed));
        test.Advance(s_settings.Interval * 2);
        Assert.Equal(1, heap.Compactions);
    }

    private bool[] Looks(params int[] sizes) => [.. sizes.Select(size =>
    {
        _now += s_settings.CheckInterval;
        return _plan.IsDue(size * MiB, _now);
    })];

    private void Done(int size, TimeSpan pause) => _plan.Done(size * MiB, pause, _now);

    private sealed class Heap : IHeap
    {
        public long Committed { get; set; }

        public int Compactions { get; private set; }

        public long CommittedBytes() => Committed;

        public TimeSpan Compact()
        {
            Compactions++;
            Committed /= 2;
            return TimeSpan.FromMilliseconds(100);
        }
    }
}
