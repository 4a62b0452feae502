using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class TurnDispatcherTests
{
    [Fact]
    public void The_same_seed_gives_the_same_order()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Assert.Equal(Trace(seed), Trace(seed));
        }
    }

    [Fact]
    public void Different_seeds_give_different_orders() =>
        Assert.True(Enumerable.Range(0, 20).Select(Trace).Distinct().Count() > 15);

    [Fact]
    public void Every_order_of_messages_from_different_senders_occurs_and_no_order_of_one_sender_changes()
    {
        HashSet<string> orders = [];
        for (int seed = 0; seed < 500; seed++)
        {
            using TestActorSystem test = TestActorSystem.OnTurns(seed);
            TestProbe probe = test.CreateProbe();
            ActorRef a = test.ActorOf(() => new Lambda((_, message) => probe.Ref.Tell($"a{message}")));
            ActorRef b = test.ActorOf(() => new Lambda((_, message) => probe.Ref.Tell($"b{message}")));
            foreach (int i in new[] { 1, 2 })
            {
                a.Tell(i);
                b.Tell(i);
            }

            orders.Add(string.Join(' ', probe.ReceiveAll()));
        }

        Assert.Equal(["a1 a2 b1 b2", "a1 b1 a2 b2", "a1 b1 b2 a2", "b1 a1 a2 b2", "b1 a1 b2 a2", "b1 b2 a1 a2"], orders.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Actors_that_chase_each_other_for_ever_are_found_out()
    {
        TurnDispatcher turns = new(7);
        ActorSystem system = ActorSystem.Create("endless", new KernelSettings { Dispatcher = turns });
        ActorRef actor = system.ActorOf(Props.Create(() => new Lambda((self, message) => self.Self.Tell(message))));
        actor.Tell("again");

        InvalidOperationException found = Assert.Throws<InvalidOperationException>(() => turns.RunUntilIdle(1000));
        Assert.Contains("seed 7", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Turns_do_not_nest()
    {
        TurnDispatcher turns = new(1);
        ActorSystem system = ActorSystem.Create("nested", new KernelSettings { Dispatcher = turns });
        Exception? thrown = null;
        system.ActorOf(Props.Create(() => new Lambda((_, _) => thrown = Record.Exception(() => turns.RunOne())))).Tell("run");
        turns.RunUntilIdle();

        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public void Answers_reach_their_awaiters_in_turns_on_the_same_thread()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        int thread = Environment.CurrentManagedThreadId;
        ActorRef echo = test.ActorOf(() => new Lambda((self, message) => self.Answer(message)));

        Task<int> continued = Continue();
        test.Drain();

        Assert.True(continued.IsCompletedSuccessfully);
        Assert.Equal(thread, continued.Result);

        async Task<int> Continue()
        {
            await echo.Ask<string>("first", TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
            await echo.Ask<string>("second", TimeSpan.FromSeconds(1), CancellationToken.None).ConfigureAwait(false);
            return Environment.CurrentManagedThreadId;
        }
    }

    /// <summary>Actors that ask, fail, restart, set timers and stop, and every event in order.</summary>
    private static string Trace(int seed)
    {
        using TestActorSystem test = TestActorSystem.OnTurns(seed);
        List<string> trace = [];
        List<ActorRef> actors = [];
        for (int i = 0; i < 5; i++)
        {
            int id = i;
            actors.Add(test.ActorOf(() => new Lambda(
                (self, message) =>
                {
                    trace.Add($"{id}:{message}@{test.Time.Elapsed.TotalMilliseconds}");
                    switch (message)
                    {
                        case int and 0:
                            throw new FormatException("zero");
                        case int n and > 0:
                            actors[(id + n) % 5].Tell(n - 1, self.Self);
                            break;
                        case "ask":
                            self.Context.PipeToSelf(
                                actors[(id + 1) % 5].Ask<string>("question", TimeSpan.FromSeconds(1), CancellationToken.None),
                                static answer => answer,
                                static failure => failure.GetType().Name);
                            break;
                        case "question" when id != 3:
                            self.Answer("answer");
                            break;
                    }
                },
                start: self => self.Timers.StartSingle("t", "tick", TimeSpan.FromMilliseconds(50 * id)))));
        }

        foreach (ActorRef actor in actors)
        {
            actor.Tell("ask");
            actor.Tell(4);
        }

        test.Advance(TimeSpan.FromSeconds(5));
        return string.Join(' ', trace);
    }
}
