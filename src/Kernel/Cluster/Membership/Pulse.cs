namespace Pleiad.Kernel;

/// <summary>
/// Answers probes in the place of the cluster actor, at once and on the thread that read them. Overload is not death: in a node with more to do than it can
/// the actor gets its turn late, and others who wait for that would take the node for dead. A node whose actor has had no turn for long is stuck: it is
/// silent then, as a dead one.
/// </summary>
/// <remarks>One actor notes, any thread asks.</remarks>
/// <param name="time">Measures.</param>
/// <param name="stallMax">How long the actor may be without a turn.</param>
public sealed class Pulse(TimeProvider time, TimeSpan stallMax)
{
    private Beat? _last;

    /// <summary>The actor has its turn.</summary>
    /// <param name="members">As it sees them.</param>
    internal void Note(MembershipState members) => Volatile.Write(ref _last, new Beat(members, time.GetTimestamp()));

    /// <summary>Whether this node reaches another one, which asks for it with its probe; null where it may not be answered without a turn of the actor.</summary>
    public bool? Reaches(NodeIncarnation peer)
    {
        if (Volatile.Read(ref _last) is not { } last || last.Members.HasStopped)
        {
            return null;
        }

        if (time.GetElapsedTime(last.At) > stallMax)
        {
            KernelMetrics.CountStalledProbe();
            return null;
        }

        return last.Members.Reaches(peer);
    }

    private sealed record Beat(MembershipState Members, long At);
}
