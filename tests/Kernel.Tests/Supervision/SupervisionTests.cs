using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class SupervisionTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    public static TheoryData<string> Dispatchers => ["pool", "turns"];

    [Theory, MemberData(nameof(Dispatchers))]
    public void A_failed_actor_is_made_anew_after_its_backoff_and_keeps_reference_and_mailbox(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Hooked(probe.Ref));

        actor.Tell("before");
        actor.Tell(new FormatException("bad"));
        actor.Tell("after");

        Assert.Equal(["constructed", "PreStart", "before", "PreRestart bad message", "PostStop"], probe.ReceiveAll());
        probe.ExpectNoMsg(TimeSpan.FromMilliseconds(99));
        test.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(["constructed", "PostRestart bad", "PreStart", "after"], probe.ReceiveAll());
    }

    [Fact]
    public void Resume_keeps_the_state_and_drops_only_the_message()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef child = ChildUnder(test, probe, new OneForOneStrategy(decider: _ => Directive.Resume));

        child.Tell(new FormatException("bad"));
        child.Tell("after");

        Assert.Equal(["constructed", "PreStart", "after"], probe.ReceiveAll());
    }

    [Fact]
    public void Stop_ends_the_child_and_its_messages_become_dead_letters()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe letters = test.CreateProbe();
        letters.Subscribe<DeadLetter>();
        ActorRef child = ChildUnder(test, probe, SupervisorStrategy.Stopping);
        probe.Watch(child);

        child.Tell(new FormatException("bad"));
        child.Tell("after");
        test.Drain();

        Assert.Equal(["constructed", "PreStart", "PostStop", new Terminated(child)], probe.ReceiveAll());
        DeadLetter letter = letters.ExpectMsg<DeadLetter>();
        Assert.Equal(("after", DeadLetterReason.Stopped), (letter.Message, letter.Reason));
    }

    [Fact]
    public void Escalate_makes_the_parent_fail_with_the_same_cause_and_take_its_children_along()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        ActorRef child = ChildUnder(test, probe, new OneForOneStrategy(decider: _ => Directive.Escalate));
        probe.Watch(child);

        child.Tell(new FormatException("bad"));
        test.Drain();

        ActorFailed first = failures.ExpectMsg<ActorFailed>();
        ActorFailed second = failures.ExpectMsg<ActorFailed>();
        Assert.Equal((child, Directive.Escalate), (first.Actor, first.Directive));
        Assert.Equal((child.Path.Parent, Directive.Restart, "bad"), (second.Actor.Path, second.Directive, second.Cause.Message));
        Assert.Equal(["constructed", "PreStart", "PostStop", new Terminated(child)], probe.ReceiveAll());
        test.Advance(s_second);
        Assert.Equal(["constructed", "PreStart"], probe.ReceiveAll());
    }

    [Fact]
    public void A_parent_that_is_resumed_after_it_escalated_lets_the_child_go_on()
    {
        using TestActorSystem test = TestActorSystem.OnTurns(
            settings: new KernelSettings { GuardianStrategy = new OneForOneStrategy(decider: _ => Directive.Resume) });
        TestProbe probe = test.CreateProbe();
        ActorRef child = ChildUnder(test, probe, new OneForOneStrategy(decider: _ => Directive.Escalate));

        child.Tell(new FormatException("bad"));
        child.Tell("after");

        Assert.Equal(["constructed", "PreStart", "after"], probe.ReceiveAll());
    }

    [Fact]
    public void A_failure_that_escalates_beyond_the_top_stops_the_actor_and_not_the_system()
    {
        using TestActorSystem test = TestActorSystem.OnTurns(
            settings: new KernelSettings { GuardianStrategy = new OneForOneStrategy(decider: _ => Directive.Escalate) });
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Hooked(probe.Ref));
        probe.Watch(actor);

        actor.Tell(new FormatException("bad"));
        test.Drain();

        Assert.Equal(["constructed", "PreStart", "PostStop", new Terminated(actor)], probe.ReceiveAll());
        Assert.False(test.System.WhenTerminated.IsCompleted);
    }

    [Fact]
    public void A_strategy_that_throws_escalates()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        ActorRef child = ChildUnder(test, probe, new OneForOneStrategy(decider: _ => throw new InvalidOperationException("no idea")));

        child.Tell(new FormatException("bad"));

        Assert.Equal(Directive.Escalate, failures.ExpectMsg<ActorFailed>().Directive);
        Assert.Equal("bad", failures.ExpectMsg<ActorFailed>().Cause.Message);
    }

    [Fact]
    public void The_wait_doubles_with_each_restart_up_to_the_longest()
    {
        RestartBackoff backoff = new() { First = TimeSpan.FromMilliseconds(100), Longest = s_second };

        Assert.Equal([100, 200, 400, 800, 1000, 1000], Enumerable.Range(1, 6).Select(n => backoff.DelayOf(n).TotalMilliseconds));
        Assert.Equal(s_second, backoff.DelayOf(int.MaxValue));
        Assert.Equal(TimeSpan.Zero, RestartBackoff.Immediate.DelayOf(5));
    }

    [Fact]
    public void At_the_limit_an_actor_is_restarted_and_beyond_it_stopped()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        RestartBackoff backoff = new() { RestartsMax = 3, Window = TimeSpan.FromMinutes(1), First = TimeSpan.Zero };
        ActorRef child = ChildUnder(test, probe, new OneForOneStrategy(backoff));
        probe.Watch(child);

        for (int i = 0; i < 4; i++)
        {
            child.Tell(new FormatException("bad"));
        }

        test.Drain();
        Assert.Equal(
            [(Directive.Restart, false), (Directive.Restart, false), (Directive.Restart, false), (Directive.Stop, true)],
            failures.ReceiveAll().Cast<ActorFailed>().Select(f => (f.Directive, f.LimitReached)));
        probe.FishFor<Terminated>();
    }

    [Fact]
    public void Restarts_are_forgotten_after_the_window()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        RestartBackoff backoff = new() { RestartsMax = 1, Window = TimeSpan.FromMinutes(1), First = TimeSpan.FromMilliseconds(100) };
        ActorRef child = ChildUnder(test, probe, new OneForOneStrategy(backoff));

        for (int i = 0; i < 5; i++)
        {
            child.Tell(new FormatException("bad"));
            test.Advance(TimeSpan.FromMinutes(1));
        }

        child.Tell("still here");
        Assert.Equal("still here", probe.ReceiveAll()[^1]);
    }

    [Theory, InlineData("factory"), InlineData("PreStart")]
    public void An_actor_that_cannot_be_started_is_tried_again_with_backoff(string where)
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        int tries = 0;
        ActorRef actor = test.ActorOf(
            () => new Lambda(
                (_, message) => probe.Ref.Tell(message),
                start: _ => Fail("PreStart"),
                stop: _ => { }) is { } made && !Fail("factory") ? made : null!);
        actor.Tell("message");
        probe.ExpectNoMsg();

        test.Advance(TimeSpan.FromMilliseconds(100));
        probe.ExpectNoMsg();
        test.Advance(TimeSpan.FromMilliseconds(200));

        probe.ExpectMsg("message");
        Assert.Equal(3, tries);

        bool Fail(string here) => here == where && ++tries < 3 ? throw new IOException("not yet") : false;
    }

    [Fact]
    public void An_actor_stopped_while_it_waits_for_its_restart_ends_once()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Hooked(probe.Ref));
        probe.Watch(actor);
        actor.Tell(new FormatException("bad"));
        test.Drain();

        test.Stop(actor);
        test.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(["constructed", "PreStart", "PreRestart bad message", "PostStop", new Terminated(actor)], probe.ReceiveAll());
        Assert.Null(test.Time.NextTimer);
    }

    [Fact]
    public void Kill_makes_an_actor_fail_and_the_default_strategy_stops_it()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        ActorRef actor = test.ActorOf(() => new Hooked(probe.Ref));

        actor.Tell(Kill.Instance);

        Assert.IsType<ActorKilledException>(failures.ExpectMsg<ActorFailed>().Cause);
        Assert.Equal(["constructed", "PreStart", "PostStop"], probe.ReceiveAll());
    }

    [Fact]
    public void Hooks_that_throw_are_told_and_change_nothing()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe hooks = test.CreateProbe();
        hooks.Subscribe<HookFailed>();
        ActorRef actor = test.ActorOf(() => new Lambda((_, message) => throw (Exception)message, stop: _ => throw new IOException("disk")));
        hooks.Watch(actor);

        actor.Tell(new FormatException("bad"));
        Assert.Equal("PreRestart", hooks.ExpectMsg<HookFailed>().Hook);
        test.Advance(s_second);
        test.Stop(actor);

        Assert.Equal("PostStop", hooks.ExpectMsg<HookFailed>().Hook);
        hooks.ExpectTerminated(actor);
    }

    [Fact]
    public void A_restart_waits_until_the_children_have_ended()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            using TestActorSystem test = TestActorSystem.OnTurns(
                seed, new KernelSettings { GuardianStrategy = new OneForOneStrategy(new RestartBackoff { First = TimeSpan.Zero, RestartsMax = 3 }) });
            TestProbe probe = test.CreateProbe();
            ActorRef parent = test.ActorOf(() => new WithNamedChild(probe.Ref));
            test.Drain();

            for (int i = 0; i < 3; i++)
            {
                parent.Tell(new FormatException("bad"));
                test.Drain();
            }

            Assert.Equal(
                ["child starts", "child stops", "child starts", "child stops", "child starts", "child stops", "child starts"],
                probe.ReceiveAll());
        }
    }

    [Fact]
    public void The_default_decision_belongs_to_the_class_unless_props_say_otherwise()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();

        foreach ((SupervisorStrategy? props, Directive expected) in new[]
        {
            ((SupervisorStrategy?)null, Directive.Resume), (SupervisorStrategy.Stopping, Directive.Stop),
        })
        {
            Props parent = Props.Create(() => new Lenient());
            ActorRef actor = test.ActorOf(props is null ? parent : parent.WithSupervisorStrategy(props));
            actor.Tell("fail");
            Assert.Equal(expected, failures.ExpectMsg<ActorFailed>().Directive);
        }
    }

    private static ActorRef ChildUnder(TestActorSystem test, TestProbe probe, SupervisorStrategy strategy)
    {
        TaskCompletionSource<ActorRef> child = new();
        test.ActorOf(
            Props.Create(() => new Lambda(
                    (_, _) => { },
                    start: self => child.TrySetResult(self.Context.ActorOf(Props.Create(() => new Hooked(probe.Ref)), "child"))))
                .WithSupervisorStrategy(strategy),
            "parent");
        return test.Await(child.Task);
    }

    private sealed class WithNamedChild : Actor
    {
        internal WithNamedChild(ActorRef target) => Context.ActorOf(
            Props.Create(() => new Lambda((_, _) => { }, start: _ => target.Tell("child starts"), stop: _ => target.Tell("child stops"))),
            "child");

        protected override void Receive(object message) => throw (Exception)message;
    }

    private sealed class Lenient : Actor
    {
        protected override SupervisorStrategy SupervisorStrategy => new OneForOneStrategy(decider: _ => Directive.Resume);

        protected override void Receive(object message) =>
            Context.ActorOf(Props.Create(() => new Lambda((_, m) => throw new FormatException($"{m}")))).Tell(message);
    }
}
