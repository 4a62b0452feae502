using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>What a node is to do.</summary>
public abstract record MembershipEffect
{
    private MembershipEffect()
    {
    }

    /// <summary>Probe a node; answered by <see cref="MembershipEvent.ProbeEnded"/>.</summary>
    public sealed record Probe(Member Peer, long Number, TimeSpan Timeout) : MembershipEffect;

    /// <summary>Ask a node to probe another; answered by <see cref="MembershipEvent.IndirectProbeEnded"/>.</summary>
    public sealed record ProbeVia(Member Via, Member Peer, TimeSpan Timeout) : MembershipEffect;

    /// <summary>Read the view; answered by <see cref="MembershipEvent.ViewRead"/> or <see cref="MembershipEvent.StoreAway"/>.</summary>
    public sealed record ReadView : MembershipEffect;

    /// <summary>Change the view; answered by <see cref="MembershipEvent.ViewWritten"/> or <see cref="MembershipEvent.StoreAway"/>.</summary>
    public sealed record WriteView(long SeenVersion, ImmutableArray<Member> Changed) : MembershipEffect;

    /// <summary>Tell everybody in this node of a new view.</summary>
    public sealed record Publish(MembershipView View) : MembershipEffect;

    /// <summary>End this node: it has left, or others have taken it for dead and act on that.</summary>
    public sealed record Stop(string Reason) : MembershipEffect;
}
