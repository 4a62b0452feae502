namespace Pleiad.Kernel;

/// <summary>The factory, the constructor or PreStart/PostRestart of an actor threw.</summary>
public sealed class ActorInitializationException(ActorRef actor, Exception cause) : Exception($"{actor} could not be started: {cause.Message}", cause)
{
    /// <summary>The actor that could not be started.</summary>
    public ActorRef Actor { get; } = actor;
}

/// <summary>The actor was told <see cref="Kill"/>.</summary>
public sealed class ActorKilledException(ActorRef actor) : Exception($"{actor} was killed")
{
    /// <summary>The actor that was told to die.</summary>
    public ActorRef Actor { get; } = actor;
}

/// <summary>An actor did not handle the end of an actor that it watches.</summary>
public sealed class DeathPactException(ActorRef dead) : Exception($"{dead} terminated and its watcher did not handle it")
{
    /// <summary>The actor that ended.</summary>
    public ActorRef Dead { get; } = dead;
}

/// <summary>More messages were stashed than <see cref="MailboxSettings.StashCapacity"/> allows.</summary>
public sealed class StashOverflowException(ActorRef actor, int capacity) : Exception($"{actor} stashed more than {capacity} messages");
