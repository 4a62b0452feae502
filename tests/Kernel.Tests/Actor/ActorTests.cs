using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class ActorTests
{
    public static TheoryData<string> Dispatchers => ["pool", "turns"];

    [Theory, MemberData(nameof(Dispatchers))]
    public void What_is_told_is_received_in_order_with_its_sender(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        TestProbe probe = test.CreateProbe();
        ActorRef echo = test.ActorOf(() => new Lambda((self, message) => self.Answer(message)));

        for (int i = 0; i < 1000; i++)
        {
            probe.Send(echo, i);
        }

        for (int i = 0; i < 1000; i++)
        {
            probe.ExpectMsg(i);
            Assert.Equal(echo, probe.LastSender);
        }
    }

    [Theory, MemberData(nameof(Dispatchers))]
    public void A_question_is_answered(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        ActorRef doubler = test.ActorOf(() => new Lambda((self, message) => self.Answer((int)message * 2)));

        Assert.Equal(42, test.Await(doubler.Ask<int>(21, TimeSpan.FromSeconds(1), CancellationToken.None)));
    }

    [Theory, MemberData(nameof(Dispatchers))]
    public void A_question_that_nobody_answers_times_out_on_the_systems_clock(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        ActorRef silent = test.ActorOf(() => new Lambda((_, _) => { }));

        Task<int> answer = silent.Ask<int>("?", TimeSpan.FromSeconds(5), CancellationToken.None);
        test.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(answer.IsCompleted);
        test.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Throws<AskTimeoutException>(() => test.Await(answer));
    }

    [Theory, MemberData(nameof(Dispatchers))]
    public void A_question_to_an_actor_that_has_ended_fails_at_once(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        ActorRef gone = test.ActorOf(() => new Lambda((_, _) => { }));
        test.Stop(gone);

        AskRefusedException refused = Assert.Throws<AskRefusedException>(
            () => test.Await(gone.Ask<int>("?", TimeSpan.FromSeconds(5), CancellationToken.None)));
        Assert.Equal(DeadLetterReason.Stopped, refused.Reason);
    }

    [Theory, MemberData(nameof(Dispatchers))]
    public void A_question_in_the_mailbox_of_an_actor_that_ends_fails_at_once(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        ActorRef ends = test.ActorOf(() => new Lambda((self, message) =>
        {
            if (message is "end")
            {
                self.Context.Stop(self.Self);
            }
        }));

        ends.Tell("end");
        Task<int> answer = ends.Ask<int>("?", TimeSpan.FromSeconds(5), CancellationToken.None);

        Assert.Throws<AskRefusedException>(() => test.Await(answer));
    }

    [Theory, MemberData(nameof(Dispatchers))]
    public void A_cancelled_question_is_a_cancelled_task(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        using CancellationTokenSource cancel = new();
        ActorRef silent = test.ActorOf(() => new Lambda((_, _) => { }));

        Task<int> answer = silent.Ask<int>("?", TimeSpan.FromSeconds(5), cancel.Token);
        cancel.Cancel();

        Assert.Throws<TaskCanceledException>(() => test.Await(answer));
        Assert.Equal(cancel.Token, Assert.Throws<TaskCanceledException>(() => answer.GetAwaiter().GetResult()).CancellationToken);
    }

    [Fact]
    public void An_answer_of_failure_is_thrown_and_one_of_another_type_is_said_to_be()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        ActorRef failing = test.ActorOf(() => new Lambda((self, message) =>
            self.Answer(message is "fail" ? new Failure(new FormatException("bad")) : "text")));

        Assert.Throws<FormatException>(() => test.Await(failing.Ask<int>("fail", TimeSpan.FromSeconds(1), CancellationToken.None)));
        Assert.Throws<AskTypeException>(() => test.Await(failing.Ask<int>("type", TimeSpan.FromSeconds(1), CancellationToken.None)));
    }

    [Fact]
    public void A_late_answer_is_a_dead_letter()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe letters = test.CreateProbe();
        letters.Subscribe<DeadLetter>();
        TestProbe asked = test.CreateProbe();

        Task<int> answer = asked.Ref.Ask<int>("?", TimeSpan.FromSeconds(1), CancellationToken.None);
        asked.ExpectMsg("?");
        test.Advance(TimeSpan.FromSeconds(1));
        asked.Reply(1);

        Assert.Equal(1, letters.ExpectMsg<DeadLetter>().Message);
        Assert.Throws<AskTimeoutException>(() => test.Await(answer));
    }

    [Fact]
    public void Behaviour_changes_with_the_next_message_and_back()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Moody(probe.Ref));

        foreach (string message in new[] { "a", "change", "b", "back", "c" })
        {
            actor.Tell(message);
        }

        Assert.Equal(["calm a", "moody b", "calm c"], probe.ReceiveAll());
    }

    [Fact]
    public void Constructor_and_PreStart_run_before_the_first_message_and_PostStop_after_the_last()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Hooked(probe.Ref));

        actor.Tell("message");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("too late");

        Assert.Equal(["constructed", "PreStart", "message", "PostStop"], probe.ReceiveAll());
    }

    [Fact]
    public void Children_end_before_their_parent()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef parent = test.ActorOf(() => new Nested(probe.Ref, depth: 3), "top");
        test.Drain();

        test.Stop(parent);

        Assert.Equal(["$1 of depth 0", "$1 of depth 1", "$1 of depth 2", "top of depth 3"], probe.ReceiveAll());
    }

    [Fact]
    public void A_name_is_taken_until_its_actor_has_ended()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        ActorRef first = test.ActorOf(() => new Lambda((_, _) => { }), "name");

        Assert.Throws<InvalidActorNameException>(() => test.ActorOf(() => new Lambda((_, _) => { }), "name"));
        test.Stop(first);
        ActorRef second = test.ActorOf(() => new Lambda((_, _) => { }), "name");

        Assert.Equal(first.Path, second.Path);
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void The_context_cannot_be_used_outside_of_a_turn()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        ActorContext? leaked = null;
        test.ActorOf(() => new Lambda((_, _) => { }, start: self => leaked = self.Context));
        test.Drain();

        Assert.Throws<InvalidOperationException>(() => leaked!.ActorOf(Props.Create(() => new Lambda((_, _) => { }))));
        Assert.Throws<InvalidOperationException>(() => leaked!.Watch(test.System.DeadLetters));
    }

    [Fact]
    public void An_actor_cannot_be_made_without_ActorOf_nor_twice()
    {
        Assert.Throws<InvalidOperationException>(() => new Lambda((_, _) => { }));

        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        Lambda? shared = null;
        test.ActorOf(() => shared ??= new Lambda((_, _) => throw new InvalidOperationException())).Tell("fail");
        test.Advance(TimeSpan.FromSeconds(1));

        Assert.IsType<InvalidOperationException>(failures.ExpectMsg<ActorFailed>().Cause);
        Assert.IsType<ActorInitializationException>(failures.ExpectMsg<ActorFailed>().Cause);
    }

    [Theory, MemberData(nameof(Dispatchers))]
    public void The_result_of_a_task_comes_back_as_a_message(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        TestProbe probe = test.CreateProbe();
        TaskCompletionSource<int> good = new();
        TaskCompletionSource<int> bad = new();
        TaskCompletionSource cancelled = new();
        ActorRef actor = test.ActorOf(() => new Lambda((_, message) => probe.Ref.Tell(message), start: self =>
        {
            self.Context.PipeToSelf(good.Task, static n => $"got {n}");
            self.Context.PipeToSelf(bad.Task, static n => $"got {n}", static e => $"failed with {e.Message}");
            self.Context.PipeToSelf(cancelled.Task, static () => "done");
        }));
        test.Drain();

        good.SetResult(7);
        probe.ExpectMsg("got 7");
        bad.SetException(new FormatException("bad"));
        probe.ExpectMsg("failed with bad");
        cancelled.SetCanceled();
        Assert.IsType<TaskCanceledException>(probe.ExpectMsg<Failure>().Cause);
    }

    private sealed class Moody(ActorRef target) : Actor
    {
        protected override void Receive(object message)
        {
            if (message is "change")
            {
                Become(Moodily);
            }
            else
            {
                target.Tell($"calm {message}");
            }
        }

        private void Moodily(object message)
        {
            if (message is "back")
            {
                Unbecome();
            }
            else
            {
                target.Tell($"moody {message}");
            }
        }
    }

    private sealed class Nested : Actor
    {
        private readonly ActorRef _target;
        private readonly int _depth;

        internal Nested(ActorRef target, int depth)
        {
            _target = target;
            _depth = depth;
            if (depth > 0)
            {
                Context.ActorOf(Props.Create(() => new Nested(target, depth - 1)));
            }
        }

        protected override void Receive(object message) => Unhandled(message);

        protected override void PostStop() => _target.Tell($"{Self.Path.Name} of depth {_depth}");
    }
}
