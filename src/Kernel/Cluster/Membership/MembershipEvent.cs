namespace Pleiad.Kernel;

/// <summary>What a node learns.</summary>
public abstract record MembershipEvent
{
    private MembershipEvent()
    {
    }

    /// <summary>Another <see cref="MembershipSettings.ProbeInterval"/> is over.</summary>
    public sealed record Ticked : MembershipEvent;

    /// <summary>
    /// A part of that is over, and somebody may be dead (<see cref="MembershipState.SuspectsAny"/>): what others have found out is looked at, and who refused a probe is
    /// probed once more.
    /// </summary>
    public sealed record Hurried : MembershipEvent;

    /// <summary>The connection that probes go over was there and has broken: the peer has ended, or was cut off, or something between.</summary>
    /// <param name="Peer">To whom.</param>
    public sealed record ConnectionBroke(NodeIncarnation Peer) : MembershipEvent;

    /// <summary>A probe has ended; each one does.</summary>
    /// <param name="Peer">Who was probed.</param>
    /// <param name="Probe">Its number.</param>
    /// <param name="Result">How.</param>
    /// <param name="ReachesBack">Whether the peer says that its own probes reach this node.</param>
    public sealed record ProbeEnded(NodeIncarnation Peer, long Probe, ProbeResult Result, bool ReachesBack = false) : MembershipEvent;

    /// <summary>A probe by way of another has ended; each one does.</summary>
    /// <param name="Peer">Who was probed.</param>
    /// <param name="Via">By whom.</param>
    /// <param name="Reached">Whether it was reached; null when nothing was heard of who was asked.</param>
    public sealed record IndirectProbeEnded(NodeIncarnation Peer, NodeIncarnation Via, bool? Reached) : MembershipEvent;

    /// <summary>The view was read.</summary>
    public sealed record ViewRead(MembershipView View) : MembershipEvent;

    /// <summary>A change of the view was answered.</summary>
    /// <param name="View">The new one; null when somebody was faster.</param>
    public sealed record ViewWritten(MembershipView? View) : MembershipEvent;

    /// <summary>The store did not answer a read or a change. That says nothing of any node.</summary>
    public sealed record StoreAway(bool WasWrite) : MembershipEvent;

    /// <summary>This node shall be emptied and leave.</summary>
    public sealed record LeaveAsked : MembershipEvent;

    /// <summary>This node holds nothing any more.</summary>
    public sealed record Emptied : MembershipEvent;
}

/// <summary>How a probe ended.</summary>
public enum ProbeResult
{
    /// <summary>It was answered.</summary>
    Reached,

    /// <summary>It was not answered in time.</summary>
    TimedOut,

    /// <summary>The connection was refused or reset: nobody listens.</summary>
    Refused,
}
