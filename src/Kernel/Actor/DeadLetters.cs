namespace Pleiad.Kernel;

/// <summary>Why a message reached nobody.</summary>
public enum DeadLetterReason
{
    /// <summary>The recipient has ended, or ended with the message in its mailbox.</summary>
    Stopped,

    /// <summary>The recipient's mailbox was full (<see cref="MailboxFull.Refuse"/>).</summary>
    MailboxFull,

    /// <summary>A newer message took its place (<see cref="MailboxFull.DropOldest"/>).</summary>
    DroppedOldest,

    /// <summary>It was told to dead letters: for instance the answer to a message without sender.</summary>
    NoRecipient,
}

/// <summary>Published on the event stream for a message that reached nobody.</summary>
public sealed record DeadLetter(object Message, ActorRef? Sender, ActorRef Recipient, DeadLetterReason Reason);

/// <summary>Where messages go that reach nobody: counted, published for whoever subscribed to <see cref="DeadLetter"/>.</summary>
public sealed class DeadLetters : ActorRef
{
    // A dead letter that comes of publishing one is only counted: publishing it too might never end.
    [ThreadStatic]
    private static bool t_publishing;

    private long _count;

    internal DeadLetters(ActorSystem system, ActorPath path)
        : base(system, incarnation: 0)
    {
        Path = path;
    }

    /// <inheritdoc/>
    public override ActorPath Path { get; }

    /// <inheritdoc/>
    public override bool IsTerminated => false;

    /// <summary>Messages of this system so far.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <inheritdoc/>
    public override void Tell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        Take(message, sender, this, DeadLetterReason.NoRecipient);
    }

    /// <inheritdoc/>
    public override TellOutcome TryTell(object message, ActorRef? sender = null)
    {
        Tell(message, sender);
        return TellOutcome.Accepted;
    }

    /// <inheritdoc/>
    public override ValueTask<TellOutcome> TellAsync(object message, ActorRef? sender, CancellationToken cancel) => new(TryTell(message, sender));

    internal void Take(object message, ActorRef? sender, ActorRef recipient, DeadLetterReason reason)
    {
        CountOne(reason);
        sender?.OnRefused(message, recipient, reason);
        if (t_publishing || !System.EventStream.HasSubscriber(typeof(DeadLetter)))
        {
            return;
        }

        t_publishing = true;
        try
        {
            System.EventStream.Publish(new DeadLetter(message, sender, recipient, reason));
        }
        finally
        {
            t_publishing = false;
        }
    }

    /// <summary>An event that its subscriber could not take is counted only: publishing it would lead back here.</summary>
    internal void TakeEvent(DeadLetterReason reason) => CountOne(reason);

    internal override void Send(SystemMessage message)
    {
        if (message is SystemMessage.WatchMessage watch)
        {
            watch.Watcher.NotifyDeath(this);
        }
    }

    internal override void NotifyDeath(ActorRef dead)
    {
    }

    private void CountOne(DeadLetterReason reason)
    {
        Interlocked.Increment(ref _count);
        KernelMetrics.CountDeadLetter(reason);
    }
}
