namespace Pleiad.Kernel;

/// <summary>How to make an actor, and the settings it lives by. Immutable; may be used many times.</summary>
public sealed record Props
{
    private Props(Func<Actor> factory) => Factory = factory;

    /// <summary>Makes a new instance, also at each restart.</summary>
    public Func<Actor> Factory { get; }

    /// <summary>Null for the system's default.</summary>
    public MailboxSettings? Mailbox { get; private init; }

    /// <summary>For the actor's children; null for what its class says.</summary>
    public SupervisorStrategy? SupervisorStrategy { get; private init; }

    /// <summary>Where its turns run; null for the system's default.</summary>
    public MessageDispatcher? Dispatcher { get; private init; }

    /// <summary>Props of this factory. It must make a new actor at each call.</summary>
    public static Props Create(Func<Actor> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new Props(factory);
    }

    /// <summary>Props of a class that needs nothing.</summary>
    public static Props Create<T>()
        where T : Actor, new() => new(static () => new T());

    /// <summary>The same with these mailbox settings.</summary>
    public Props WithMailbox(MailboxSettings mailbox) => this with { Mailbox = mailbox };

    /// <summary>The same with this strategy for the actor's children.</summary>
    public Props WithSupervisorStrategy(SupervisorStrategy strategy) => this with { SupervisorStrategy = strategy };

    /// <summary>The same with turns run there.</summary>
    public Props WithDispatcher(MessageDispatcher dispatcher) => this with { Dispatcher = dispatcher };
}
