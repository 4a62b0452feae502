using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class StashTests
{
    [Fact]
    public void What_was_stashed_comes_back_in_order_before_what_is_in_the_mailbox()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(() => new Waiting(probe.Ref));

        foreach (object message in new object[] { 1, 2, "open", 3, 4 })
        {
            probe.Send(actor, message);
        }

        Assert.Equal([1, 2, 3, 4], probe.ReceiveAll());
        Assert.Equal(probe.Ref, probe.LastSender);
    }

    [Fact]
    public void One_can_be_given_back_at_a_time()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        bool open = false;
        ActorRef actor = test.ActorOf(() => new Lambda((self, message) =>
        {
            switch (message)
            {
                case "one":
                    open = true;
                    self.Stash.Unstash();
                    break;
                case int when !open:
                    self.Stash.Add();
                    break;
                default:
                    open = false;
                    probe.Ref.Tell((message, self.Stash.Count));
                    break;
            }
        }));

        foreach (object message in new object[] { 1, 2, 3, "one", "one" })
        {
            actor.Tell(message);
        }

        Assert.Equal([(1, 2), (2, 1)], probe.ReceiveAll().Cast<(object, int)>().Select(x => ((int)x.Item1, x.Item2)));
    }

    [Fact]
    public void At_its_capacity_the_stash_holds_and_beyond_the_actor_fails()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe failures = test.CreateProbe();
        failures.Subscribe<ActorFailed>();
        ActorRef actor = test.ActorOf(Props.Create(() => new Lambda((self, _) => self.Stash.Add())).WithMailbox(new MailboxSettings { StashCapacity = 2 }));

        actor.Tell(1);
        actor.Tell(2);
        failures.ExpectNoMsg();
        actor.Tell(3);

        Assert.IsType<StashOverflowException>(failures.ExpectMsg<ActorFailed>().Cause);
    }

    [Fact]
    public void A_restart_gives_the_stash_back_to_the_new_instance()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        bool failed = false;
        ActorRef actor = test.ActorOf(() => new Lambda((self, message) =>
        {
            if (message is "fail")
            {
                failed = true;
                throw new FormatException("bad");
            }

            if (failed)
            {
                probe.Ref.Tell(message);
            }
            else
            {
                self.Stash.Add();
            }
        }));

        foreach (object message in new object[] { 1, 2, "fail", 3 })
        {
            actor.Tell(message);
        }

        test.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([1, 2, 3], probe.ReceiveAll());
    }

    [Fact]
    public void At_the_end_what_is_stashed_and_waiting_are_dead_letters_in_order()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe letters = test.CreateProbe();
        letters.Subscribe<DeadLetter>();
        ActorRef actor = test.ActorOf(() => new Lambda((self, message) =>
        {
            if (message is "stop")
            {
                self.Context.Stop(self.Self);
            }
            else
            {
                self.Stash.Add();
            }
        }));

        foreach (object message in new object[] { 1, 2, "stop", 3 })
        {
            actor.Tell(message);
        }

        Assert.Equal([1, 2, 3], letters.ReceiveAll().Cast<DeadLetter>().Select(l => (int)l.Message));
        Assert.Equal(3, test.System.DeadLetters.Count);
    }

    [Fact]
    public void Giving_back_one_at_a_time_costs_each_message_two_turns_however_many_wait()
    {
        const int messages = 5000;
        using TestActorSystem test = TestActorSystem.OnTurns();
        var handled = new List<int>();
        int room = 0;
        int turns = 0;
        ActorRef actor = test.ActorOf(Props.Create(() => new Lambda((self, message) =>
        {
            turns++;
            if (message is "room")
            {
                room++;
                self.Stash.Unstash(room);
            }
            else if (room == 0)
            {
                self.Stash.Add();
            }
            else
            {
                room--;
                handled.Add((int)message);
            }
        })).WithMailbox(new MailboxSettings { Capacity = messages * 2, StashCapacity = messages }));
        for (int i = 0; i < messages; i++)
        {
            actor.Tell(i);
        }

        for (int i = 0; i < messages; i++)
        {
            actor.Tell("room");
        }

        test.Drain();
        Assert.Equal(Enumerable.Range(0, messages), handled);
        Assert.Equal(messages * 3, turns);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_put_aside_and_given_back_in_portions_is_handled_in_the_order_it_came(int seed)
    {
        using TestActorSystem test = TestActorSystem.OnTurns(seed);
        var random = new Random(seed);
        var handled = new List<int>();
        ActorRef actor = test.ActorOf(() => new Lambda((self, message) =>
        {
            // Each may be put aside as long as one before it is, as an actor does that must keep the order.
            int number = (int)message;
            if (number != handled.Count || random.Next(3) == 0)
            {
                self.Stash.Add();
                if (number == handled.Count)
                {
                    self.Stash.Unstash(random.Next(1, 5));
                }
            }
            else
            {
                handled.Add(number);
                self.Stash.Unstash(random.Next(1, 5));
            }
        }));
        for (int i = 0; i < 200; i++)
        {
            actor.Tell(i);
        }

        test.Drain();
        Assert.Equal(Enumerable.Range(0, 200), handled);
    }

    private sealed class Waiting(ActorRef target) : Actor
    {
        protected override void Receive(object message)
        {
            if (message is "open")
            {
                Stash.UnstashAll();
                Become(Open);
            }
            else
            {
                Stash.Add();
            }
        }

        private void Open(object message) => target.Tell(message, Sender);
    }
}
