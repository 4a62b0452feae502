namespace Pleiad.Kernel;

/// <summary>Decides when and where the turns of actors run.</summary>
/// <remarks>A turn is handed over once and must be executed exactly once; the same actor is not handed over again before that.</remarks>
public abstract class MessageDispatcher
{
    /// <summary>Messages that one actor may handle before others get a chance; at least 1.</summary>
    public abstract int Throughput { get; }

    /// <summary>Whether the completions of Ask and TellAsync are turns of their own, run here like any other, so that their order is decided here too.</summary>
    public virtual bool CompletesInTurns => false;

    /// <summary>Has a turn executed soon. Called from any thread, also from within a turn.</summary>
    /// <param name="turn">To be executed once.</param>
    /// <param name="continues">The actor used up its throughput and has more to do: others first.</param>
    public abstract void Schedule(IThreadPoolWorkItem turn, bool continues);
}
