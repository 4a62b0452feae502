using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class ActorTimersTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_single_timer_sends_once_at_its_time()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        test.ActorOf(() => new Lambda(
            (self, message) => probe.Ref.Tell((message, self.Timers.IsActive("key"))), start: self => self.Timers.StartSingle("key", "tick", s_second)));

        probe.ExpectNoMsg(TimeSpan.FromMilliseconds(999));
        test.Advance(TimeSpan.FromMilliseconds(1));
        probe.ExpectMsg<(object, bool)>(("tick", false));
        probe.ExpectNoMsg(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_periodic_timer_sends_at_each_interval_after_its_initial_delay()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        test.ActorOf(() => new Lambda(
            (self, _) => probe.Ref.Tell(self.Context.Time.GetUtcNow()),
            start: self => self.Timers.StartPeriodic("key", "tick", 2 * s_second, initialDelay: s_second)));
        DateTimeOffset start = test.Time.GetUtcNow();

        test.Advance(6 * s_second);

        Assert.Equal([start + s_second, start + (3 * s_second), start + (5 * s_second)], probe.ReceiveAll().Cast<DateTimeOffset>());
    }

    [Fact]
    public void A_timer_of_the_same_key_replaces_the_old_one_even_if_that_is_in_the_mailbox()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Lambda(
            (self, message) =>
            {
                if (message is "replace")
                {
                    self.Timers.StartSingle("key", "new", s_second);
                }
                else
                {
                    probe.Ref.Tell(message);
                }
            },
            start: self => self.Timers.StartSingle("key", "old", s_second)));
        test.Drain();

        actor.Tell("replace");
        test.Time.Advance(s_second);
        probe.ExpectNoMsg();
        test.Advance(s_second);

        probe.ExpectMsg("new");
        probe.ExpectNoMsg();
    }

    [Fact]
    public void An_actor_that_is_behind_finds_one_tick_in_its_mailbox()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        test.ActorOf(() => new Lambda((_, message) => probe.Ref.Tell(message), start: self => self.Timers.StartPeriodic("key", "tick", s_second)));
        test.Drain();

        test.Time.Advance(10 * s_second);

        Assert.Single(probe.ReceiveAll());
        test.Advance(s_second);
        Assert.Single(probe.ReceiveAll());
    }

    [Fact]
    public void Timers_find_room_in_a_full_mailbox()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(Props.Create(() => new Lambda(
                (_, message) => probe.Ref.Tell(message), start: self => self.Timers.StartSingle("key", "tick", s_second)))
            .WithMailbox(new MailboxSettings { Capacity = 1 }));
        test.Drain();

        actor.Tell("full");
        test.Time.Advance(s_second);

        Assert.Equal(["full", "tick"], probe.ReceiveAll());
    }

    [Theory, InlineData("stop"), InlineData("fail"), InlineData("cancel"), InlineData("cancel all")]
    public void Timers_end_with_their_actor_and_its_restart_and_when_cancelled(string how)
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        bool first = true;
        ActorRef actor = test.ActorOf(() => new Lambda(
            (self, message) =>
            {
                switch (message)
                {
                    case "stop":
                        self.Context.Stop(self.Self);
                        break;
                    case "fail":
                        throw new FormatException("bad");
                    case "cancel":
                        self.Timers.Cancel("key");
                        break;
                    case "cancel all":
                        self.Timers.CancelAll();
                        break;
                    default:
                        probe.Ref.Tell(message);
                        break;
                }
            },
            start: self =>
            {
                if (first)
                {
                    first = false;
                    self.Timers.StartPeriodic("key", "tick", s_second);
                }
            }));
        test.Drain();

        actor.Tell(how);
        test.Time.Advance(s_second);

        probe.ExpectNoMsg(10 * s_second);
        Assert.Null(test.Time.NextTimer);
    }

    [Fact]
    public void At_the_limit_a_timer_is_set_and_beyond_it_refused()
    {
        using TestActorSystem test = TestActorSystem.OnTurns(settings: new KernelSettings { TimersMax = 2 });
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        ActorRef actor = test.ActorOf(() => new Lambda((self, message) => self.Timers.StartSingle(message, message, s_second)));

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(2);
        failures.ExpectNoMsg();
        actor.Tell(3);

        Assert.IsType<InvalidOperationException>(failures.ExpectMsg<ActorFailed>().Cause);
    }
}
