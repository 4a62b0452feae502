namespace Pleiad.Kernel;

/// <summary>The address of one incarnation of an actor: all that others may know of it. Thread-safe.</summary>
/// <remarks>Two references are equal when path and incarnation are; a restarted actor keeps its reference, an actor created anew under the same name has another one.</remarks>
public abstract class ActorRef : IEquatable<ActorRef>
{
    private protected ActorRef(ActorSystem system, long incarnation)
    {
        System = system;
        Incarnation = incarnation;
    }

    /// <summary>Where it stands.</summary>
    public abstract ActorPath Path { get; }

    /// <summary>Tells incarnations under one path apart; unique in its system.</summary>
    public long Incarnation { get; }

    /// <summary>The system through which it is reached.</summary>
    public ActorSystem System { get; }

    /// <summary>Whether messages are certain to be dead letters. False is no promise.</summary>
    public abstract bool IsTerminated { get; }

    /// <summary>Puts a message into the actor's mailbox and returns at once. Allocates nothing.</summary>
    /// <param name="message">Immutable from here on.</param>
    /// <param name="sender">Who is to be answered; null when nobody.</param>
    /// <remarks>At most once. Messages from one sender to one actor keep their order. What the mailbox refuses becomes a <see cref="DeadLetter"/> with the reason.</remarks>
    public abstract void Tell(object message, ActorRef? sender = null);

    /// <summary>As <see cref="Tell"/>, but what is refused stays with the caller and is no dead letter.</summary>
    public abstract TellOutcome TryTell(object message, ActorRef? sender = null);

    /// <summary>As <see cref="TryTell"/>, but waits for room in a full mailbox: back-pressure for writers outside of actors.</summary>
    /// <returns><see cref="TellOutcome.Accepted"/>; <see cref="TellOutcome.Stopped"/>; or <see cref="TellOutcome.MailboxFull"/> when too many wait already (<see cref="MailboxSettings.WaitersMax"/>).</returns>
    /// <param name="message">Immutable from here on.</param>
    /// <param name="sender">Who is to be answered; null when nobody.</param>
    /// <param name="cancel">Ends the wait; the message was then not delivered.</param>
    /// <exception cref="OperationCanceledException">The token came first.</exception>
    public abstract ValueTask<TellOutcome> TellAsync(object message, ActorRef? sender, CancellationToken cancel);

    /// <inheritdoc/>
    public bool Equals(ActorRef? other) =>
        ReferenceEquals(this, other) || (other is not null && Incarnation == other.Incarnation && Path.Equals(other.Path));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ActorRef);

    /// <inheritdoc/>
    public sealed override int GetHashCode() => HashCode.Combine(Path, Incarnation);

    /// <summary>The path and the incarnation.</summary>
    public sealed override string ToString() => $"{Path}#{Incarnation}";

    /// <summary>Puts a system message into the actor's queue; it overtakes user messages.</summary>
    internal abstract void Send(SystemMessage message);

    /// <summary>An actor that this one watches has ended.</summary>
    internal abstract void NotifyDeath(ActorRef dead);

    /// <summary>A message with this reference as sender became a dead letter.</summary>
    internal virtual void OnRefused(object message, ActorRef recipient, DeadLetterReason reason)
    {
    }
}
