using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Kernel.Tests;

public sealed class EventStreamTests
{
    [Fact]
    public void Events_go_to_subscribers_of_their_type_and_its_ancestors_once_each()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe narrow = test.CreateProbe();
        TestProbe wide = test.CreateProbe();
        narrow.Subscribe<Rain>();
        wide.Subscribe<Weather>();
        wide.Subscribe<Rain>();
        wide.Subscribe<Rain>();

        test.System.EventStream.Publish(new Rain());
        test.System.EventStream.Publish(new Sun());

        Assert.Equal([new Rain()], narrow.ReceiveAll());
        Assert.Equal([new Rain(), new Sun()], wide.ReceiveAll());
    }

    [Fact]
    public void Who_unsubscribed_or_ended_is_told_nothing_more()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        probe.Subscribe<Rain>();
        probe.Subscribe<Sun>();
        test.System.EventStream.Unsubscribe(probe.Ref, typeof(Rain));
        ActorRef ended = test.ActorOf(() => new Lambda((_, _) => { }));
        test.System.EventStream.Subscribe<Weather>(ended);
        test.Stop(ended);

        test.System.EventStream.Publish(new Rain());
        test.System.EventStream.Publish(new Sun());

        Assert.Equal([new Sun()], probe.ReceiveAll());
        Assert.Equal(0, test.System.DeadLetters.Count);
    }

    [Fact]
    public void An_answer_to_nobody_is_a_dead_letter_with_reason()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe letters = test.CreateProbe();
        letters.Subscribe<DeadLetter>();
        ActorRef echo = test.ActorOf(() => new Lambda((self, message) => self.Answer(message)));

        echo.Tell("hello");

        letters.ExpectMsg(new DeadLetter("hello", echo, test.System.DeadLetters, DeadLetterReason.NoRecipient));
        Assert.Equal(1, test.System.DeadLetters.Count);
    }

    [Theory, InlineData(MailboxFull.Refuse), InlineData(MailboxFull.DropOldest)]
    public void A_subscriber_of_dead_letters_that_cannot_keep_up_does_not_drown_the_system(MailboxFull whenFull)
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        List<object> seen = [];
        ActorRef slow = test.ActorOf(
            Props.Create(() => new Lambda((_, message) => seen.Add(message))).WithMailbox(new MailboxSettings { Capacity = 2, WhenFull = whenFull }));
        test.System.EventStream.Subscribe<DeadLetter>(slow);
        test.Drain();

        for (int i = 0; i < 10; i++)
        {
            test.System.DeadLetters.Tell(i);
        }

        test.Drain();
        Assert.Equal(whenFull == MailboxFull.Refuse ? [0, 1] : [8, 9], seen.Cast<DeadLetter>().Select(l => (int)l.Message));

        // Ten letters, and eight events that the subscriber could not take.
        Assert.Equal(18, test.System.DeadLetters.Count);
    }

    [Fact]
    public void A_message_that_is_not_understood_is_published()
    {
        using TestActorSystem test = TestActorSystem.OnTurns();
        TestProbe probe = test.CreateProbe();
        probe.Subscribe<UnhandledMessage>();
        ActorRef actor = test.ActorOf(() => new Lambda((self, message) => self.DoUnhandled(message)));

        probe.Send(actor, "what?");

        probe.ExpectMsg(new UnhandledMessage("what?", probe.Ref, actor));
    }

    private abstract record Weather;

    private sealed record Rain : Weather;

    private sealed record Sun : Weather;
}
