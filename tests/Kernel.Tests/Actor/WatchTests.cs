using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class WatchTests
{
    private static Actor Silent() => new Lambda((_, _) => { });

    [Fact]
    public void The_end_of_a_watched_actor_is_told_once_even_if_watched_twice()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef watched = test.ActorOf(Silent);
        probe.Watch(watched);
        probe.Watch(watched);

        test.Stop(watched);

        probe.ExpectTerminated(watched);
        probe.ExpectNoMsg();
    }

    [Fact]
    public void Watching_an_actor_that_has_ended_tells_at_once()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef gone = test.ActorOf(Silent);
        test.Stop(gone);

        probe.Watch(gone);

        probe.ExpectTerminated(gone);
    }

    [Fact]
    public void The_end_comes_after_all_that_the_actor_had_sent()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            using TestActorSystem test = TestActorSystem.OnTurns(seed);
            TestProbe probe = test.CreateProbe();
            ActorRef chatty = test.ActorOf(() => new Lambda((self, _) =>
            {
                for (int i = 0; i < 10; i++)
                {
                    probe.Ref.Tell(i);
                }

                self.Context.Stop(self.Self);
            }));
            probe.Watch(chatty);

            chatty.Tell("go");

            Assert.Equal([.. Enumerable.Range(0, 10).Cast<object>(), new Terminated(chatty)], probe.ReceiveAll());
        }
    }

    [Fact]
    public void A_watch_taken_back_tells_nothing_even_if_the_end_is_in_the_mailbox()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        List<object> seen = [];
        ActorRef watched = test.ActorOf(Silent);
        ActorRef watcher = test.ActorOf(() => new Lambda(
            (self, message) =>
            {
                seen.Add(message);
                self.Context.Unwatch(watched);
            },
            start: self => self.Context.Watch(watched)));
        test.Drain();

        watcher.Tell("unwatch");
        watched.Tell(PoisonPill.Instance);
        test.Drain();

        // Whichever came first, nobody is told after the unwatch; if the end came first it was told before.
        Assert.Equal("unwatch", seen[^1]);
    }

    [Fact]
    public void The_name_of_a_child_is_free_when_its_parent_hears_of_the_end()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            using TestActorSystem test = TestActorSystem.OnTurns(seed);
            TestProbe probe = test.CreateProbe();
            ActorRef parent = test.ActorOf(() => new Lambda(
                (self, message) =>
                {
                    if (message is Terminated)
                    {
                        probe.Ref.Tell(self.Context.ActorOf(Props.Create(Silent), "child"));
                    }
                    else
                    {
                        self.Context.Stop(self.Context.Child("child")!);
                    }
                },
                start: self => self.Context.Watch(self.Context.ActorOf(Props.Create(Silent), "child"))));

            parent.Tell("stop");

            Assert.Equal("child", probe.ExpectMsg<ActorRef>().Path.Name);
        }
    }

    [Fact]
    public void An_end_that_the_watcher_does_not_handle_makes_it_fail()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        ActorRef watched = test.ActorOf(Silent);
        test.ActorOf(() => new Lambda((self, message) => self.DoUnhandled(message), start: self => self.Context.Watch(watched)));
        test.Drain();

        test.Stop(watched);

        Assert.Equal(watched, Assert.IsType<DeathPactException>(failures.ExpectMsg<ActorFailed>().Cause).Dead);
    }

    [Fact]
    public void The_end_finds_room_in_a_full_mailbox()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        List<object> seen = [];
        ActorRef watched = test.ActorOf(Silent);
        ActorRef watcher = test.ActorOf(
            Props.Create(() => new Lambda((_, message) => seen.Add(message), start: self => self.Context.Watch(watched)))
                .WithMailbox(new MailboxSettings { Capacity = 2 }));
        test.Drain();

        watcher.Tell(1);
        watcher.Tell(2);
        Assert.Equal(TellOutcome.MailboxFull, watcher.TryTell(3));
        test.Stop(watched);

        Assert.Equal(3, seen.Count);
        Assert.Contains(new Terminated(watched), seen);
    }

    [Fact]
    public void An_orderly_stop_handles_what_came_before_it()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Hooked(probe.Ref));
        actor.Tell("last words");

        Task stopped = actor.GracefulStop(TimeSpan.FromSeconds(1), CancellationToken.None);
        test.Await(stopped);

        Assert.Equal(["constructed", "PreStart", "last words", "PostStop"], probe.ReceiveAll());
        test.Await(actor.GracefulStop(TimeSpan.FromSeconds(1), CancellationToken.None));
    }
}
