namespace Pleiad.Kernel;

/// <summary>One step of an orderly end.</summary>
/// <param name="Name">Unique among the phases.</param>
/// <param name="Timeout">How long its tasks together may take; then the next phase begins without them.</param>
public sealed record ShutdownPhase(string Name, TimeSpan Timeout)
{
    /// <summary>Do what must precede everything.</summary>
    public const string BeforeServiceUnbind = "before-service-unbind";

    /// <summary>Take no new requests.</summary>
    public const string ServiceUnbind = "service-unbind";

    /// <summary>Finish the requests that run.</summary>
    public const string ServiceRequestsDone = "service-requests-done";

    /// <summary>Stop the services: no new work from inside either.</summary>
    public const string ServiceStop = "service-stop";

    /// <summary>Save what must be saved while actors still run.</summary>
    public const string BeforeActorSystemTerminate = "before-actor-system-terminate";

    /// <summary>End the actors; the system adds its own task here.</summary>
    public const string ActorSystemTerminate = "actor-system-terminate";

    /// <summary>Akka's phases for one node, in Akka's order, 5 s each and 10 s for the last.</summary>
    public static IReadOnlyList<ShutdownPhase> Default { get; } =
    [
        new(BeforeServiceUnbind, TimeSpan.FromSeconds(5)),
        new(ServiceUnbind, TimeSpan.FromSeconds(5)),
        new(ServiceRequestsDone, TimeSpan.FromSeconds(5)),
        new(ServiceStop, TimeSpan.FromSeconds(5)),
        new(BeforeActorSystemTerminate, TimeSpan.FromSeconds(5)),
        new(ActorSystemTerminate, TimeSpan.FromSeconds(10)),
    ];
}
