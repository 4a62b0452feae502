namespace Pleiad.Kernel;

/// <summary>What an actor system lives by.</summary>
public sealed record KernelSettings
{
    /// <summary>The clock of timers, timeouts and backoff.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where turns run unless <see cref="Props"/> say otherwise.</summary>
    public MessageDispatcher Dispatcher { get; init; } = new Dispatcher();

    /// <summary>Limits of mailboxes unless <see cref="Props"/> say otherwise.</summary>
    public MailboxSettings Mailbox { get; init; } = MailboxSettings.Default;

    /// <summary>How the top-level actors are supervised. Escalating there means stopping the actor: no failure ends the process.</summary>
    public SupervisorStrategy GuardianStrategy { get; init; } = SupervisorStrategy.Default;

    /// <summary>The phases of <see cref="CoordinatedShutdown"/>, first to last; one must be <see cref="ShutdownPhase.ActorSystemTerminate"/>.</summary>
    public IReadOnlyList<ShutdownPhase> ShutdownPhases { get; init; } = ShutdownPhase.Default;

    /// <summary>Living children of one actor.</summary>
    public int ChildrenMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 1_000_000;

    /// <summary>Tasks of one actor on their way through PipeToSelf.</summary>
    public int PipesMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 65_536;

    /// <summary>Timers of one actor.</summary>
    public int TimersMax
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            field = value;
        }
    } = 65_536;
}
