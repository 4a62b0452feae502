namespace Pleiad.Kernel;

/// <summary>State with one writer: handles one message at a time, never two at once.</summary>
/// <remarks>
/// An actor never blocks and never awaits in its turn; the result of a task comes back as a message (<see cref="ActorContext.PipeToSelf{T}"/>).
/// An exception out of a turn or a hook is a failure that the parent's <see cref="Kernel.SupervisorStrategy"/> answers.
/// </remarks>
public abstract class Actor
{
    private readonly ActorCell _cell;

    /// <summary>Called by the factory of <see cref="Props"/> in the actor's first turn, so that constructors may use <see cref="Context"/>.</summary>
    /// <exception cref="InvalidOperationException">Created without <c>ActorOf</c>.</exception>
    protected Actor() => _cell = ActorCell.TakeCreating();

    /// <summary>Children, watches, tasks. Only within a turn.</summary>
    protected ActorContext Context => _cell;

    /// <summary>This actor's reference; may be kept and sent around.</summary>
    protected ActorRef Self => _cell.Self;

    /// <summary>Who sent the current message; dead letters when nobody did.</summary>
    protected ActorRef Sender => _cell.Sender;

    /// <summary>Messages to itself later.</summary>
    protected ActorTimers Timers => _cell.Timers;

    /// <summary>Messages put aside.</summary>
    protected Stash Stash => _cell.Stash;

    /// <summary>How this actor's children are supervised, unless its <see cref="Props"/> say otherwise. Read at each failure of one.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Default;

    /// <summary>Handles one message.</summary>
    protected abstract void Receive(object message);

    /// <summary>Before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>After the last message; children have ended.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>On the failed instance, before it is thrown away: stops the children and calls <see cref="PostStop"/> unless overridden.</summary>
    /// <param name="cause">What was thrown.</param>
    /// <param name="message">The message in whose turn; null outside of one. It is not delivered again.</param>
    protected virtual void PreRestart(Exception cause, object? message)
    {
        foreach (ActorRef child in Context.Children)
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>On the new instance: calls <see cref="PreStart"/> unless overridden.</summary>
    protected virtual void PostRestart(Exception cause) => PreStart();

    /// <summary>Messages go to this behaviour, from the next one on, instead of <see cref="Receive"/>. A restart ends it.</summary>
    protected void Become(Action<object> behaviour)
    {
        ArgumentNullException.ThrowIfNull(behaviour);
        _cell.Become(behaviour);
    }

    /// <summary>Messages go to <see cref="Receive"/> again.</summary>
    protected void Unbecome() => _cell.Become(behaviour: null);

    /// <summary>Says that a message is not understood: published as <see cref="UnhandledMessage"/>.</summary>
    /// <exception cref="DeathPactException">The message is a <see cref="Terminated"/>: who watches must handle it.</exception>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated)
        {
            throw new DeathPactException(terminated.Actor);
        }

        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    internal ActorCell Cell => _cell;

    internal SupervisorStrategy Strategy => SupervisorStrategy;

    internal void OnReceive(object message) => Receive(message);

    internal void OnPreStart() => PreStart();

    internal void OnPostStop() => PostStop();

    internal void OnPreRestart(Exception cause, object? message) => PreRestart(cause, message);

    internal void OnPostRestart(Exception cause) => PostRestart(cause);
}
