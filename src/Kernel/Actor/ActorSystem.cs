namespace Pleiad.Kernel;

/// <summary>The actors of one node: a tree under one guardian. Thread-safe.</summary>
public sealed class ActorSystem
{
    private readonly ActorCell _guardian;
    private readonly TaskCompletionSource _terminated;
    private long _lastIncarnation;

    private ActorSystem(string name, KernelSettings settings)
    {
        Settings = settings;
        Root = ActorPath.Root(name);
        TempPath = Root.Child("temp");
        DeadLetters = new DeadLetters(this, Root.Child("deadLetters"));
        EventStream = new EventStream(this);
        _terminated = new(
            settings.Dispatcher.CompletesInTurns ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        Props guardian = Props.Create(static () => new Guardian()).WithSupervisorStrategy(settings.GuardianStrategy);
        _guardian = new ActorCell(this, guardian, Root.Child("user"), parent: null);
        _guardian.EnqueueSystem(new SystemMessage.CreateMessage());
        CoordinatedShutdown = new CoordinatedShutdown(this);
    }

    /// <summary>Name of the system, the first part of every path.</summary>
    public string Name => Root.System;

    /// <summary>What it lives by.</summary>
    public KernelSettings Settings { get; }

    /// <summary>The clock of timers, timeouts and backoff.</summary>
    public TimeProvider Time => Settings.Time;

    /// <summary>News for whoever subscribes: failures, restarts, dead letters, and what actors publish.</summary>
    public EventStream EventStream { get; }

    /// <summary>Where messages go that reach nobody.</summary>
    public DeadLetters DeadLetters { get; }

    /// <summary>The orderly end of everything, in phases.</summary>
    public CoordinatedShutdown CoordinatedShutdown { get; }

    /// <summary>Completes when every actor has ended.</summary>
    public Task WhenTerminated => _terminated.Task;

    /// <summary>A system without actors yet.</summary>
    /// <param name="name">Letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="settings">Null for the defaults.</param>
    public static ActorSystem Create(string name, KernelSettings? settings = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new ArgumentException("letters, digits, - and _ only", nameof(name));
        }

        return new ActorSystem(name, settings ?? new KernelSettings());
    }

    /// <summary>Creates a top-level actor.</summary>
    /// <param name="props">How to make it.</param>
    /// <param name="name">Unique among the living top-level actors; null for <c>$1</c>, <c>$2</c>, …</param>
    /// <exception cref="InvalidActorNameException">The name is malformed or taken.</exception>
    /// <exception cref="InvalidOperationException">The system is terminating.</exception>
    public ActorRef ActorOf(Props props, string? name = null) => _guardian.AddChild(props, name);

    /// <summary>Stops an actor after its current message; see <see cref="ActorContext.Stop"/>.</summary>
    public void Stop(ActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        actor.Send(SystemMessage.Stop);
    }

    /// <summary>Stops all actors, children before parents.</summary>
    /// <returns><see cref="WhenTerminated"/>.</returns>
    /// <remarks>Abrupt for whoever is in the middle of something; <see cref="CoordinatedShutdown"/> is the orderly way.</remarks>
    public Task TerminateAsync()
    {
        _guardian.EnqueueSystem(SystemMessage.Stop);
        return WhenTerminated;
    }

    internal ActorPath Root { get; }

    internal ActorPath TempPath { get; }

    internal long NextIncarnation() => Interlocked.Increment(ref _lastIncarnation);

    internal void OnGuardianTerminated() => _terminated.SetResult();

    /// <summary>Parent of the top-level actors; only supervises.</summary>
    private sealed class Guardian : Actor
    {
        protected override void Receive(object message) => Unhandled(message);
    }
}
