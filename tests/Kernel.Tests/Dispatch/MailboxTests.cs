using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class MailboxTests
{
    [Theory, InlineData(1), InlineData(3), InlineData(16), InlineData(17), InlineData(100)]
    public void At_its_capacity_a_mailbox_takes_and_beyond_it_refuses_with_reason(int capacity)
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe letters = test.CreateProbe();
        letters.Subscribe<DeadLetter>();
        ActorRef actor = Limited(test, probe, capacity, MailboxFull.Refuse);
        test.Drain();

        for (int i = 0; i < capacity; i++)
        {
            Assert.Equal(TellOutcome.Accepted, actor.TryTell(i));
        }

        Assert.Equal(TellOutcome.MailboxFull, actor.TryTell(capacity));
        actor.Tell("told");

        Assert.Equal(Enumerable.Range(0, capacity).Cast<object>(), probe.ReceiveAll());
        DeadLetter letter = letters.ExpectMsg<DeadLetter>();
        Assert.Equal(("told", actor, DeadLetterReason.MailboxFull), (letter.Message, letter.Recipient, letter.Reason));
        Assert.Equal(TellOutcome.Accepted, actor.TryTell("room again"));
    }

    [Theory, InlineData(1), InlineData(3), InlineData(20)]
    public void With_drop_oldest_the_newest_are_kept_and_the_others_are_dead_letters(int capacity)
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        TestProbe letters = test.CreateProbe();
        letters.Subscribe<DeadLetter>();
        ActorRef actor = Limited(test, probe, capacity, MailboxFull.DropOldest);
        test.Drain();

        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(TellOutcome.Accepted, actor.TryTell(i));
        }

        Assert.Equal(Enumerable.Range(50 - capacity, capacity).Cast<object>(), probe.ReceiveAll());
        List<DeadLetter> dropped = [.. letters.ReceiveAll().Cast<DeadLetter>()];
        Assert.Equal(Enumerable.Range(0, 50 - capacity).Cast<object>(), dropped.Select(l => l.Message));
        Assert.All(dropped, l => Assert.Equal(DeadLetterReason.DroppedOldest, l.Reason));
    }

    [Fact]
    public void Drop_oldest_never_drops_what_the_actor_itself_began_and_keeps_its_order()
    {
        Mailbox mailbox = new(new MailboxSettings { Capacity = 3, WhenFull = MailboxFull.DropOldest });
        DeathNotice[] reserved = [.. Enumerable.Range(0, 30).Select(_ => new DeathNotice(null!))];
        List<object> expected = [];
        foreach ((int i, DeathNotice notice) in reserved.Index())
        {
            Assert.True(mailbox.EnqueueReserved(new Envelope(notice, null)));
            mailbox.TryEnqueue(new Envelope(i, null), out _);
            expected.Add(notice);
        }

        List<object> taken = [];
        while (mailbox.TryDequeue(out Envelope envelope))
        {
            taken.Add(envelope.Message);
        }

        Assert.Equal(expected, taken.Where(m => m is DeathNotice));
        Assert.Single(taken, m => m is int);
    }

    [Theory, InlineData("pool"), InlineData("turns")]
    public void A_writer_that_waits_gets_in_when_there_is_room_and_before_later_tells(string dispatcher)
    {
        using TestActorSystem test = Systems.On(dispatcher);
        TestProbe probe = test.CreateProbe();
        using SemaphoreSlim gate = new(0);
        ActorRef actor = test.ActorOf(Props.Create(() => new Lambda((_, message) =>
        {
            if (message is "block" && dispatcher == "pool")
            {
                gate.Wait();
            }

            probe.Ref.Tell(message);
        })).WithMailbox(new MailboxSettings { Capacity = 2 }));
        if (dispatcher == "pool")
        {
            actor.Tell("block");
            SpinWait.SpinUntil(() => ((LocalActorRef)actor).Cell.WaitingCount == 0);
        }
        else
        {
            test.Drain();
        }

        actor.Tell(1);
        actor.Tell(2);
        Task<TellOutcome> third = actor.TellAsync(3, null, CancellationToken.None).AsTask();
        Task<TellOutcome> fourth = actor.TellAsync(4, null, CancellationToken.None).AsTask();
        Assert.False(third.IsCompleted);
        Assert.Equal(TellOutcome.MailboxFull, actor.TryTell("not before those who wait"));
        gate.Release();

        Assert.Equal(TellOutcome.Accepted, test.Await(third));
        Assert.Equal(TellOutcome.Accepted, test.Await(fourth));
        Assert.Equal([1, 2, 3, 4], probe.ReceiveAll().OfType<int>());
    }

    [Fact]
    public void Room_that_comes_free_belongs_to_those_who_wait()
    {
        Mailbox mailbox = new(new MailboxSettings { Capacity = 1 });
        TurnDispatcher turns = new(1);
        TellWaiter waiter = new(new Envelope("second", null), mailbox, turns, CancellationToken.None);
        mailbox.TryEnqueue(new Envelope("first", null), out _);
        Assert.Equal(TellOutcome.Accepted, mailbox.TryWait(waiter));
        Assert.False(mailbox.AdmitWaiters());
        Assert.True(mailbox.TryDequeue(out _));

        Assert.Equal(TellOutcome.MailboxFull, mailbox.TryEnqueue(new Envelope("third", null), out _));
        Assert.True(mailbox.AdmitWaiters());

        Assert.True(mailbox.TryDequeue(out Envelope envelope));
        Assert.Equal("second", envelope.Message);
        Assert.False(waiter.Task.IsCompleted);
        turns.RunUntilIdle();
        Assert.Equal(TellOutcome.Accepted, waiter.Task.Result);
        Assert.Equal(TellOutcome.Accepted, mailbox.TryEnqueue(new Envelope("third", null), out _));
    }

    [Fact]
    public void A_writer_that_waits_is_told_when_the_actor_ends_or_can_give_up()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = Limited(test, probe, capacity: 1, MailboxFull.Refuse);
        test.Drain();
        using CancellationTokenSource cancel = new();

        actor.Tell(1);
        Task<TellOutcome> given = actor.TellAsync(2, null, cancel.Token).AsTask();
        Task<TellOutcome> patient = actor.TellAsync(3, null, CancellationToken.None).AsTask();
        cancel.Cancel();
        Assert.True(given.IsCanceled);
        test.System.Stop(actor);

        Assert.Equal(TellOutcome.Stopped, test.Await(patient));
        Assert.Equal(TellOutcome.Stopped, test.Await(actor.TellAsync(4, null, CancellationToken.None).AsTask()));
        probe.ExpectNoMsg();
    }

    [Fact]
    public void No_more_writers_wait_than_the_limit_says()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = test.ActorOf(Props.Create(() => new Lambda((_, message) => probe.Ref.Tell(message)))
            .WithMailbox(new MailboxSettings { Capacity = 1, WaitersMax = 1 }));
        test.Drain();

        actor.Tell(1);
        Task<TellOutcome> waits = actor.TellAsync(2, null, CancellationToken.None).AsTask();
        Task<TellOutcome> refused = actor.TellAsync(3, null, CancellationToken.None).AsTask();

        Assert.False(waits.IsCompleted);
        Assert.Equal(TellOutcome.MailboxFull, test.Await(refused));
        Assert.Equal([1, 2], probe.ReceiveAll());
    }

    [Fact]
    public void System_messages_overtake_user_messages()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = Limited(test, probe, capacity: 100, MailboxFull.Refuse);
        probe.Watch(actor);

        for (int i = 0; i < 50; i++)
        {
            actor.Tell(i);
        }

        test.System.Stop(actor);

        probe.ExpectTerminated(actor);
        Assert.Equal(50, test.System.DeadLetters.Count);
    }

    [Fact]
    public void Pills_count_as_messages_and_a_mailbox_full_of_them_refuses()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        ActorRef actor = Limited(test, probe, capacity: 2, MailboxFull.DropOldest);
        test.Drain();

        Assert.Equal(TellOutcome.Accepted, actor.TryTell(PoisonPill.Instance));
        Assert.Equal(TellOutcome.Accepted, actor.TryTell(PoisonPill.Instance));
        Assert.Equal(TellOutcome.MailboxFull, actor.TryTell("no room"));
        test.Drain();

        Assert.True(actor.IsTerminated);
    }

    [Fact]
    public void A_mailbox_keeps_its_order_over_all_its_growth()
    {
        Mailbox mailbox = new(new MailboxSettings { Capacity = 5000 });
        Random random = new(1);
        int written = 0;
        int read = 0;
        for (int round = 0; round < 2000; round++)
        {
            for (int i = random.Next(300); i > 0; i--)
            {
                bool isFull = written - read == 5000;
                Assert.Equal(isFull ? TellOutcome.MailboxFull : TellOutcome.Accepted, mailbox.TryEnqueue(new Envelope(written, null), out _));
                written += isFull ? 0 : 1;
            }

            for (int i = random.Next(300); i > 0 && mailbox.TryDequeue(out Envelope envelope); i--)
            {
                Assert.Equal(read++, envelope.Message);
            }

            Assert.Equal(written - read, mailbox.Count);
        }

        while (mailbox.TryDequeue(out Envelope envelope))
        {
            Assert.Equal(read++, envelope.Message);
        }

        Assert.Equal(written, read);
    }

    [Fact]
    public void Telling_a_warm_actor_allocates_nothing()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        object message = new();
        ActorRef actor = test.ActorOf(() => new Lambda((_, _) => { }));
        ActorRef sender = test.ActorOf(() => new Lambda((_, _) => { }));
        for (int i = 0; i < 1000; i++)
        {
            actor.Tell(message, sender);
        }

        test.Drain();

        // Once more round the ring that has grown, so that every path is compiled.
        TellAll();
        test.Drain();
        long before = GC.GetAllocatedBytesForCurrentThread();
        TellAll();
        long allocatedByTell = GC.GetAllocatedBytesForCurrentThread() - before;
        test.Drain();
        long allocatedByTurns = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocatedByTell);
        Assert.Equal(0, allocatedByTurns);

        void TellAll()
        {
            for (int i = 0; i < 1000; i++)
            {
                actor.Tell(message, sender);
            }
        }
    }

    [Fact]
    public void An_idle_actor_costs_at_most_two_kilobytes()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        Props props = Props.Create(() => new Lambda((_, _) => { }));
        Create(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Create(1000);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 1000;

        Assert.True(each <= 2048, $"{each} bytes");

        void Create(int count)
        {
            for (int i = 0; i < count; i++)
            {
                test.ActorOf(props);
            }

            test.Drain();
        }
    }

    private static ActorRef Limited(TestActorSystem test, TestProbe probe, int capacity, MailboxFull whenFull) =>
        test.ActorOf(Props.Create(() => new Lambda((_, message) => probe.Ref.Tell(message)))
            .WithMailbox(new MailboxSettings { Capacity = capacity, WhenFull = whenFull }));
}
