using Pleiad.TestKit;
using Xunit;
using Xunit.Sdk;

namespace Pleiad.Kernel.Tests;

/// <summary>The test kit has no test project of its own; it is the kernel's tool first.</summary>
public sealed class TestKitTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Timers_fire_in_the_order_of_their_time_at_exactly_their_time()
    {
        VirtualTime time = new();
        List<(string, double)> fired = [];
        using ITimer third = Timer("third", 3, Timeout.InfiniteTimeSpan);
        using ITimer first = Timer("first", 1, Timeout.InfiniteTimeSpan);
        using ITimer alsoFirst = Timer("also first", 1, Timeout.InfiniteTimeSpan);
        using ITimer periodic = Timer("periodic", 2, s_second);

        time.Advance(TimeSpan.FromSeconds(2.5));
        Assert.Equal([("first", 1), ("also first", 1), ("periodic", 2)], fired);
        time.Advance(s_second);
        Assert.Equal([("third", 3), ("periodic", 3)], fired[3..]);
        Assert.Equal(3.5, time.Elapsed.TotalSeconds);

        ITimer Timer(string name, int seconds, TimeSpan period) =>
            time.CreateTimer(_ => fired.Add((name, time.Elapsed.TotalSeconds)), null, TimeSpan.FromSeconds(seconds), period);
    }

    [Fact]
    public void A_timer_set_while_time_moves_fires_on_the_way()
    {
        VirtualTime time = new();
        List<double> fired = [];
        List<ITimer> timers = [];
        Next();
        time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal([1, 2, 3], fired);

        void Next() => timers.Add(time.CreateTimer(
            _ =>
            {
                fired.Add(time.Elapsed.TotalSeconds);
                Next();
            },
            null,
            s_second,
            Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void A_disposed_or_changed_timer_does_not_fire_as_it_was()
    {
        VirtualTime time = new();
        int fired = 0;
        ITimer disposed = time.CreateTimer(_ => fired += 1, null, s_second, s_second);
        ITimer changed = time.CreateTimer(_ => fired += 10, null, s_second, s_second);
        disposed.Dispose();
        Assert.False(disposed.Change(s_second, s_second));
        changed.Change(5 * s_second, Timeout.InfiniteTimeSpan);

        time.Advance(4 * s_second);
        Assert.Equal(0, fired);
        time.Advance(10 * s_second);
        Assert.Equal(10, fired);
    }

    [Fact]
    public void A_jump_of_the_wall_clock_moves_no_timer()
    {
        VirtualTime time = new();
        bool fired = false;
        using ITimer timer = time.CreateTimer(_ => fired = true, null, s_second, Timeout.InfiniteTimeSpan);
        DateTimeOffset before = time.GetUtcNow();

        time.JumpWallClock(TimeSpan.FromHours(-1));

        Assert.False(fired);
        Assert.Equal(before.AddHours(-1), time.GetUtcNow());
        Assert.Equal(0, time.GetTimestamp());
    }

    [Fact]
    public async Task Delays_of_the_framework_run_on_virtual_time()
    {
        VirtualTime time = new();
        Task delay = Task.Delay(s_second, time);
        Assert.False(delay.IsCompleted);
        time.Advance(s_second);
        await delay.WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public void Expectations_that_are_not_met_fail_with_what_came_instead()
    {
        using TestActorSystem test = TestActorSystem.OnTurns(seed: 4711);
        TestProbe probe = test.CreateProbe();

        Fails("got nothing (seed 4711)", () => probe.ExpectMsg<string>());
        probe.Ref.Tell(1);
        Fails("got 1", () => probe.ExpectMsg<string>());
        probe.Ref.Tell(2);
        Fails("expected nothing, got 2", () => probe.ExpectNoMsg());
        probe.Ref.Tell(3);
        Fails("expected 4, got 3", () => probe.ExpectMsg(4));
        probe.Ref.Tell(3);
        Fails("3 does not satisfy", () => probe.ExpectMsg<int>(n => n == 4));
        Fails("got nothing", () => probe.FishFor<string>());
        Fails("took longer", () => probe.Within(s_second, () => test.Advance(2 * s_second)));

        static void Fails(string with, Action expectation) =>
            Assert.Contains(with, Assert.ThrowsAny<XunitException>(expectation).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fishing_passes_over_what_is_not_meant()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        foreach (object message in new object[] { 1, "a", 2, "b", 3 })
        {
            probe.Ref.Tell(message);
        }

        Assert.Equal("b", probe.FishFor<string>(s => s == "b"));
        probe.ExpectMsg(3);
    }

    [Theory, InlineData("pool"), InlineData("turns")]
    public void Within_moves_time_as_far_as_the_message_needs_and_no_farther(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        TestProbe probe = test.CreateProbe();
        test.ActorOf(() => new Lambda((_, message) => probe.Ref.Tell(message), start: self => self.Timers.StartPeriodic("t", "tick", s_second)));
        test.Drain();

        probe.Within(TimeSpan.FromMinutes(1), () =>
        {
            probe.ExpectMsg("tick");
            probe.ExpectMsg("tick");
        });

        Assert.Equal(2, test.Time.Elapsed.TotalSeconds);
        Assert.Equal("tick", probe.Within(s_second, () => probe.ExpectMsg<string>()));
    }

    [Fact]
    public void A_message_that_comes_after_the_limit_is_not_waited_for()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        test.ActorOf(() => new Lambda((_, message) => probe.Ref.Tell(message), start: self => self.Timers.StartSingle("t", "tick", 2 * s_second)));
        test.Drain();

        Assert.ThrowsAny<XunitException>(() => probe.Within(s_second, () => probe.ExpectMsg("tick")));
        Assert.Equal(0, test.Time.Elapsed.TotalSeconds);
    }

    [Fact]
    public void A_probe_answers_by_itself_when_told_how()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        probe.AnswerWith(message => message is int n ? n + 1 : null);

        Assert.Equal(2, test.Await(probe.Ref.Ask<int>(1, s_second, CancellationToken.None)));
        probe.ExpectMsg(1);
    }

    [Fact]
    public void A_temp_directory_is_gone_afterwards()
    {
        string path;
        using (TempDirectory directory = new())
        {
            path = directory.Path;
            File.WriteAllText(directory["file"], "x");
            Assert.True(Directory.Exists(path));
        }

        Assert.False(Directory.Exists(path));
    }
}
