namespace Pleiad.Kernel;

/// <summary>An actor of this process.</summary>
internal sealed class LocalActorRef(ActorSystem system, ActorPath path, long incarnation) : ActorRef(system, incarnation)
{
    // Set once by the cell's constructor, before the reference is handed to anybody.
    internal ActorCell Cell { get; set; } = null!;

    public override ActorPath Path { get; } = path;

    public override bool IsTerminated => Cell.IsTerminated;

    public override void Tell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        TellOutcome outcome = Cell.Enqueue(new Envelope(message, sender));
        if (outcome != TellOutcome.Accepted)
        {
            System.DeadLetters.Take(message, sender, this, outcome == TellOutcome.Stopped ? DeadLetterReason.Stopped : DeadLetterReason.MailboxFull);
        }
    }

    public override TellOutcome TryTell(object message, ActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Cell.Enqueue(new Envelope(message, sender));
    }

    public override ValueTask<TellOutcome> TellAsync(object message, ActorRef? sender, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Cell.EnqueueAsync(new Envelope(message, sender), cancel);
    }

    internal override void Send(SystemMessage message) => Cell.EnqueueSystem(message);

    internal override void NotifyDeath(ActorRef dead) => Cell.EnqueueReserved(new Envelope(new DeathNotice(dead), dead));
}
