using System.Collections.Concurrent;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

/// <summary>On the real thread pool: races between tellers, stops and restarts.</summary>
public sealed class StressTests
{
    private const int Producers = 4;

    [Fact]
    public async Task Many_producers_lose_nothing_and_keep_their_order_and_no_two_turns_overlap()
    {
        const int perProducer = 100_000;
        ActorSystem system = ActorSystem.Create("stress");
        Auditor auditor = null!;
        ActorRef actor = system.ActorOf(Props.Create(() => auditor = new Auditor()).WithMailbox(new MailboxSettings { Capacity = 1000 }));

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(async () =>
        {
            for (int i = 0; i < perProducer; i++)
            {
                Assert.Equal(TellOutcome.Accepted, await actor.TellAsync(new Numbered(producer, i), null, CancellationToken.None));
            }
        })));
        await actor.GracefulStop(TestActorSystem.HangGuard, CancellationToken.None);

        Assert.Equal(Producers * perProducer, auditor.Received);
        Assert.Null(auditor.Wrong);
        await system.TerminateAsync();
    }

    [Fact]
    public async Task An_actor_that_falls_asleep_after_each_message_is_woken_for_each_by_one_turn()
    {
        const int rounds = 5_000;
        ActorSystem system = ActorSystem.Create("stress");
        Auditor auditor = null!;
        ActorRef actor = system.ActorOf(Props.Create(() => auditor = new Auditor()));
        await actor.Ask<string>("ping", TestActorSystem.HangGuard, CancellationToken.None);
        using Barrier together = new(2);

        // Nobody tells more until both messages were received: a lost wake-up stands still here.
        await Task.WhenAll(Enumerable.Range(0, 2).Select(producer => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < rounds; i++)
                {
                    together.SignalAndWait();
                    actor.Tell(new Numbered(producer, i));
                    Assert.True(SpinWait.SpinUntil(() => auditor.Received >= 2 * (i + 1), TestActorSystem.HangGuard), $"asleep in round {i}");
                }
            },
            TaskCreationOptions.LongRunning)));

        Assert.Null(auditor.Wrong);
        await system.TerminateAsync();
    }

    [Fact]
    public async Task What_is_told_is_either_received_or_a_dead_letter_when_the_mailbox_overflows()
    {
        const int perProducer = 100_000;
        ActorSystem system = ActorSystem.Create("stress");
        Auditor auditor = null!;
        ActorRef actor = system.ActorOf(Props.Create(() => auditor = new Auditor()).WithMailbox(new MailboxSettings { Capacity = 64 }));

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
        {
            for (int i = 0; i < perProducer; i++)
            {
                actor.Tell(new Numbered(producer, i));
            }
        })));
        await actor.GracefulStop(TestActorSystem.HangGuard, CancellationToken.None);

        Assert.Null(auditor.Wrong);
        Assert.Equal(Producers * perProducer, auditor.Received + system.DeadLetters.Count);
        await system.TerminateAsync();
    }

    [Theory, InlineData(MailboxFull.Refuse), InlineData(MailboxFull.DropOldest)]
    public async Task An_actor_stopped_while_told_handles_nothing_after_PostStop_and_every_message_is_accounted_for(MailboxFull whenFull)
    {
        for (int round = 0; round < 200; round++)
        {
            ActorSystem system = ActorSystem.Create("stress");
            Auditor auditor = null!;
            ActorRef actor = system.ActorOf(
                Props.Create(() => auditor = new Auditor()).WithMailbox(new MailboxSettings { Capacity = 32, WhenFull = whenFull }));
            await actor.Ask<string>("ping", TestActorSystem.HangGuard, CancellationToken.None);

            Task[] producers = [.. Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
            {
                for (int i = 0; i < 500; i++)
                {
                    actor.Tell(new Numbered(producer, i));
                    if (i == 250 && producer == 0)
                    {
                        system.Stop(actor);
                    }
                }
            }))];
            await Task.WhenAll(producers);
            await actor.GracefulStop(TestActorSystem.HangGuard, CancellationToken.None);

            Assert.Null(auditor.Wrong);

            // The last pill may have found the actor gone; pills are counted, too.
            int pills = (int)(auditor.Received + system.DeadLetters.Count - (Producers * 500));
            Assert.InRange(pills, 0, 1);
            await system.TerminateAsync();
        }
    }

    [Fact]
    public async Task An_actor_restarted_while_told_keeps_the_order_and_loses_only_the_messages_it_failed_on()
    {
        const int perProducer = 20_000;
        ConcurrentQueue<Numbered> received = [];
        int failed = 0;
        int overlapping = 0;
        int inside = 0;
        RestartBackoff often = new() { RestartsMax = RestartBackoff.RestartsLimit, First = TimeSpan.Zero };
        ActorSystem system = ActorSystem.Create("stress", new KernelSettings { GuardianStrategy = new OneForOneStrategy(often) });
        ActorRef actor = system.ActorOf(Props.Create(() => new Lambda((_, message) =>
        {
            if (Interlocked.Increment(ref inside) != 1)
            {
                Interlocked.Increment(ref overlapping);
            }

            Numbered numbered = (Numbered)message;
            Interlocked.Decrement(ref inside);
            if (numbered.Number % 100 == 7)
            {
                failed++;
                throw new FormatException("seven");
            }

            received.Enqueue(numbered);
        })).WithMailbox(new MailboxSettings { Capacity = 1000 }));

        await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(async () =>
        {
            for (int i = 0; i < perProducer; i++)
            {
                await actor.TellAsync(new Numbered(producer, i), null, CancellationToken.None);
            }
        })));
        await actor.GracefulStop(TestActorSystem.HangGuard, CancellationToken.None);

        Assert.Equal(0, overlapping);
        Assert.Equal(Producers * perProducer / 100, failed);
        Assert.Equal(Producers * perProducer, received.Count + failed);
        for (int producer = 0; producer < Producers; producer++)
        {
            int[] numbers = [.. received.Where(n => n.Producer == producer).Select(n => n.Number)];
            Assert.Equal(numbers.Order(), numbers);
        }

        await system.TerminateAsync();
    }

    [Fact]
    public async Task Trees_that_grow_fail_and_stop_at_random_end_completely()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            ActorSystem system = ActorSystem.Create("stress", new KernelSettings
            {
                GuardianStrategy = new OneForOneStrategy(new RestartBackoff { First = TimeSpan.Zero, RestartsMax = 5 }),
            });
            int alive = 0;
            ActorRef root = system.ActorOf(Props.Create(() => new Tree(seed, depth: 4, () => Interlocked.Increment(ref alive), () => Interlocked.Decrement(ref alive))));
            Random random = new(seed);
            await Task.WhenAll(Enumerable.Range(0, Producers).Select(producer => Task.Run(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    root.Tell(i);
                }
            })));

            await system.TerminateAsync().WaitAsync(TestActorSystem.HangGuard);

            Assert.Equal(0, alive);
        }
    }

    private sealed record Numbered(int Producer, int Number);

    /// <summary>Checks what must hold in every turn.</summary>
    private sealed class Auditor : Actor
    {
        private readonly int[] _last = [-1, -1, -1, -1];
        private long _received;
        private int _inside;
        private bool _stopped;

        internal long Received => Interlocked.Read(ref _received);

        internal string? Wrong { get; private set; }

        protected override void PostStop() => _stopped = true;

        protected override void Receive(object message)
        {
            if (Interlocked.Increment(ref _inside) != 1)
            {
                Wrong = "two turns at once";
            }

            if (_stopped)
            {
                Wrong = "a message after PostStop";
            }

            if (message is Numbered numbered)
            {
                Interlocked.Increment(ref _received);
                if (numbered.Number <= _last[numbered.Producer])
                {
                    Wrong = $"{numbered} after {_last[numbered.Producer]}";
                }

                _last[numbered.Producer] = numbered.Number;
            }
            else
            {
                Sender.Tell(message, Self);
            }

            Interlocked.Decrement(ref _inside);
        }
    }

    /// <summary>Passes messages down, makes and stops children, and fails, as a seed says.</summary>
    private sealed class Tree(int seed, int depth, Action started, Action stopped) : Actor
    {
        private readonly Random _random = new(seed);

        protected override void PreStart() => started();

        protected override void PostStop() => stopped();

        protected override void Receive(object message)
        {
            switch (_random.Next(10))
            {
                case 0:
                    throw new FormatException("as the seed says");
                case 1 when Context.Children.Count > 0:
                    Context.Stop(Context.Children[_random.Next(Context.Children.Count)]);
                    break;
                case < 5 when depth > 0 && Context.Children.Count < 5:
                    Context.ActorOf(Props.Create(() => new Tree(seed + 1, depth - 1, started, stopped)));
                    break;
                default:
                    foreach (ActorRef child in Context.Children)
                    {
                        child.Tell(message);
                    }

                    break;
            }
        }
    }
}
