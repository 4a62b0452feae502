using Pleiad.Kernel;
using Xunit;

namespace Pleiad.TestKit;

/// <summary>An actor in a test's hands: keeps what it is told, in order, until the test asks for it.</summary>
/// <remarks>
/// Expectations let actors run until none has a message, and do not move time, except inside of <see cref="Within(TimeSpan, Action)"/>:
/// there time moves from timer to timer until the message comes or the limit is reached.
/// </remarks>
public sealed class TestProbe
{
    /// <summary>Messages that a probe keeps.</summary>
    public const int MessagesMax = 1_000_000;

    private readonly TestActorSystem _test;
    private readonly object _gate = new();
    private readonly Queue<(object Message, ActorRef Sender)> _received = [];
    private TimeSpan? _deadline;
    private Func<object, object?>? _answer;
    private ActorRef? _lastSender;

    internal TestProbe(TestActorSystem test, string name)
    {
        _test = test;
        MailboxSettings mailbox = new() { Capacity = MessagesMax };
        Ref = test.ActorOf(Props.Create(() => new ProbeActor(this)).WithMailbox(mailbox), name);
        test.Drain();
    }

    /// <summary>To be given to actors.</summary>
    public ActorRef Ref { get; }

    /// <summary>Who sent the last message that was expected.</summary>
    public ActorRef LastSender => _lastSender ?? throw new InvalidOperationException("no message was expected yet");

    /// <summary>Whether a message waits.</summary>
    public bool HasMessage
    {
        get
        {
            lock (_gate)
            {
                return _received.Count > 0;
            }
        }
    }

    /// <summary>Tells an actor something, with the probe as sender.</summary>
    public void Send(ActorRef target, object message)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Tell(message, Ref);
    }

    /// <summary>Answers the last expected message.</summary>
    public void Reply(object message) => LastSender.Tell(message, Ref);

    /// <summary>From now on every message is answered at once, and still kept; null from the function is no answer. Akka's auto-pilot.</summary>
    public void AnswerWith(Func<object, object?>? answer)
    {
        lock (_gate)
        {
            _answer = answer;
        }
    }

    /// <summary>The probe will be told <see cref="Terminated"/>.</summary>
    public void Watch(ActorRef actor)
    {
        Ref.Tell(new WatchThis(actor));
        _test.Drain();
    }

    /// <summary>Takes a watch back.</summary>
    public void Unwatch(ActorRef actor)
    {
        Ref.Tell(new UnwatchThis(actor));
        _test.Drain();
    }

    /// <summary>The probe is told every event of this type.</summary>
    public void Subscribe<T>() => _test.System.EventStream.Subscribe<T>(Ref);

    /// <summary>The next message, which must have this type.</summary>
    public T ExpectMsg<T>()
    {
        object message = Next($"a {typeof(T).Name}");
        if (message is T typed)
        {
            return typed;
        }

        Assert.Fail($"{Ref.Path}: expected a {typeof(T).Name}, got {message}{_test.SeedText}");
        return default;
    }

    /// <summary>The next message, which must have this type and satisfy the condition.</summary>
    public T ExpectMsg<T>(Func<T, bool> condition)
    {
        T message = ExpectMsg<T>();
        Assert.True(condition(message), $"{Ref.Path}: {message} does not satisfy the condition{_test.SeedText}");
        return message;
    }

    /// <summary>The next message, which must equal this one.</summary>
    public T ExpectMsg<T>(T expected)
    {
        T message = ExpectMsg<T>();
        Assert.True(Equals(expected, message), $"{Ref.Path}: expected {expected}, got {message}{_test.SeedText}");
        return message;
    }

    /// <summary>The next message must be the end of this actor.</summary>
    public void ExpectTerminated(ActorRef actor) => ExpectMsg<Terminated>(t => t.Actor.Equals(actor));

    /// <summary>Passes over messages until one has this type and satisfies the condition.</summary>
    /// <param name="condition">Null for any of the type.</param>
    /// <param name="messagesMax">Give up after so many.</param>
    public T FishFor<T>(Func<T, bool>? condition = null, int messagesMax = 10_000)
    {
        for (int i = 0; i < messagesMax; i++)
        {
            if (Next($"a {typeof(T).Name} somewhere") is T message && (condition is null || condition(message)))
            {
                return message;
            }
        }

        Assert.Fail($"{Ref.Path}: no such {typeof(T).Name} among {messagesMax} messages{_test.SeedText}");
        return default;
    }

    /// <summary>No message is there once actors have come to rest.</summary>
    public void ExpectNoMsg()
    {
        _test.Drain();
        if (TryTake(out object message))
        {
            Assert.Fail($"{Ref.Path}: expected nothing, got {message}{_test.SeedText}");
        }
    }

    /// <summary>No message comes while time moves that far.</summary>
    public void ExpectNoMsg(TimeSpan during)
    {
        ExpectNoMsg();
        _test.Advance(during);
        ExpectNoMsg();
    }

    /// <summary>All messages that are there once actors have come to rest.</summary>
    public IReadOnlyList<object> ReceiveAll()
    {
        _test.Drain();
        List<object> all = [];
        while (TryTake(out object message))
        {
            all.Add(message);
        }

        return all;
    }

    /// <summary>What is expected inside must come before that much (virtual) time has gone; time moves as far as needed.</summary>
    public void Within(TimeSpan limit, Action expectations)
    {
        ArgumentNullException.ThrowIfNull(expectations);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, TimeSpan.Zero);
        TimeSpan? outer = _deadline;
        TimeSpan deadline = _test.Time.Elapsed + limit;
        _deadline = outer < deadline ? outer : deadline;
        try
        {
            expectations();
            Assert.True(_test.Time.Elapsed <= deadline, $"{Ref.Path}: took longer than {limit}{_test.SeedText}");
        }
        finally
        {
            _deadline = outer;
        }
    }

    /// <summary>As <see cref="Within(TimeSpan, Action)"/>, with a result.</summary>
    public T Within<T>(TimeSpan limit, Func<T> expectations)
    {
        T result = default!;
        Within(limit, () => { result = expectations(); });
        return result;
    }

    private object Next(string expected)
    {
        while (true)
        {
            _test.Drain();
            if (TryTake(out object message))
            {
                return message;
            }

            if (_deadline is { } deadline && _test.Time.NextTimer is { } next && _test.Time.Elapsed + next <= deadline)
            {
                _test.Advance(next);
                continue;
            }

            if (!_test.HasTurns && WaitForMessage())
            {
                continue;
            }

            Assert.Fail($"{Ref.Path}: expected {expected}, got nothing{_test.SeedText}");
        }
    }

    // On the thread pool something may still be on its way through a task that no dispatcher counts.
    private bool WaitForMessage()
    {
        lock (_gate)
        {
            return _received.Count > 0 || Monitor.Wait(_gate, TestActorSystem.HangGuard);
        }
    }

    private bool TryTake(out object message)
    {
        lock (_gate)
        {
            bool isThere = _received.TryDequeue(out (object Message, ActorRef Sender) first);
            message = first.Message;
            if (isThere)
            {
                _lastSender = first.Sender;
            }

            return isThere;
        }
    }

    private void OnReceived(object message, ActorRef sender)
    {
        Func<object, object?>? answer;
        lock (_gate)
        {
            _received.Enqueue((message, sender));
            Monitor.PulseAll(_gate);
            answer = _answer;
        }

        if (answer?.Invoke(message) is { } reply)
        {
            sender.Tell(reply, Ref);
        }
    }

    private sealed record WatchThis(ActorRef Actor);

    private sealed record UnwatchThis(ActorRef Actor);

    private sealed class ProbeActor(TestProbe probe) : Actor
    {
        protected override void Receive(object message)
        {
            switch (message)
            {
                case WatchThis watch:
                    Context.Watch(watch.Actor);
                    break;
                case UnwatchThis unwatch:
                    Context.Unwatch(unwatch.Actor);
                    break;
                default:
                    probe.OnReceived(message, Sender);
                    break;
            }
        }
    }
}
