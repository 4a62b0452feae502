namespace Pleiad.Kernel;

/// <summary>How a parent answers the failure of a child.</summary>
public abstract class SupervisorStrategy
{
    /// <summary>Restart with <see cref="RestartBackoff.Default"/>, whether it failed while starting or later; stop when killed.</summary>
    public static SupervisorStrategy Default { get; } = new OneForOneStrategy();

    /// <summary>A child that fails ends.</summary>
    public static SupervisorStrategy Stopping { get; } = new OneForOneStrategy(decider: static _ => Directive.Stop);

    /// <summary>Delays and limit of restarts.</summary>
    public abstract RestartBackoff Backoff { get; }

    /// <summary>Chooses. A pure function; if it throws, the failure is escalated.</summary>
    public abstract Directive Decide(Exception cause);
}

/// <summary>Deals with the failed child alone; its siblings go on.</summary>
/// <param name="backoff">Null for <see cref="RestartBackoff.Default"/>.</param>
/// <param name="decider">Null for: stop on <see cref="ActorKilledException"/>, else restart.</param>
public sealed class OneForOneStrategy(RestartBackoff? backoff = null, Func<Exception, Directive>? decider = null) : SupervisorStrategy
{
    /// <inheritdoc/>
    public override RestartBackoff Backoff { get; } = backoff ?? RestartBackoff.Default;

    /// <inheritdoc/>
    public override Directive Decide(Exception cause) =>
        decider is not null ? decider(cause)
        : cause is ActorKilledException ? Directive.Stop
        : Directive.Restart;
}
