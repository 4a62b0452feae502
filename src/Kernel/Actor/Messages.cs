namespace Pleiad.Kernel;

/// <summary>An actor that this one watched has ended.</summary>
public sealed record Terminated(ActorRef Actor);

/// <summary>The answer of an actor that failed to do what it was asked; an <c>Ask</c> throws the cause. Also what a failed task pipes to its actor.</summary>
public sealed record Failure(Exception Cause);

/// <summary>A message that the kernel itself opens when its turn comes.</summary>
public abstract class AutoReceived
{
    private protected AutoReceived()
    {
    }

    /// <summary>Whether something is left for the actor to receive.</summary>
    internal abstract bool TryOpen(ActorCell cell, out object message);
}

/// <summary>Stops the actor when its turn comes, after what was sent before.</summary>
public sealed class PoisonPill : AutoReceived
{
    private PoisonPill()
    {
    }

    /// <summary>The only one.</summary>
    public static PoisonPill Instance { get; } = new();

    internal override bool TryOpen(ActorCell cell, out object message)
    {
        message = this;
        cell.EnqueueSystem(SystemMessage.Stop);
        return false;
    }
}

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/> when its turn comes.</summary>
public sealed class Kill : AutoReceived
{
    private Kill()
    {
    }

    /// <summary>The only one.</summary>
    public static Kill Instance { get; } = new();

    internal override bool TryOpen(ActorCell cell, out object message) => throw new ActorKilledException(cell.Self);
}

/// <summary>Becomes a <see cref="Terminated"/>, unless the watch was taken back meanwhile.</summary>
internal sealed class DeathNotice(ActorRef dead) : AutoReceived
{
    internal override bool TryOpen(ActorCell cell, out object message)
    {
        message = this;
        if (!cell.ForgetWatched(dead))
        {
            return false;
        }

        message = new Terminated(dead);
        return true;
    }
}
