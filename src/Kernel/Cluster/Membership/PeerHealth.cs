using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>What a node knows of another by its own probes.</summary>
internal sealed record PeerHealth
{
    public static readonly PeerHealth Unknown = new();

    /// <summary>The probe under way; null when there is none.</summary>
    public long? Probe { get; init; }

    /// <summary>Probes without answer since the last answer.</summary>
    public int Misses { get; init; }

    /// <summary>Whether the last probe was refused: nobody listens there, or something on the way says so.</summary>
    public bool WasRefused { get; init; }

    /// <summary>Whether the last probe was answered.</summary>
    public bool IsReached { get; init; }

    /// <summary>Whether it was probed since the last tick because its connection broke.</summary>
    public bool WasAskedForBreak { get; init; }

    /// <summary>Whether it said in its last answer that it reaches us.</summary>
    public bool ReachesBack { get; init; }

    /// <summary>Who is trying in our place.</summary>
    public ImmutableArray<NodeIncarnation> Trying { get; init; } = [];

    /// <summary>Whether anybody who tried has answered at all.</summary>
    public bool HeardOfTrying { get; init; }

    /// <summary>Whether all who tried and were heard of have not reached it either, or there was nobody to ask.</summary>
    public bool IsUnreachedByOthers { get; init; }

    /// <summary>Whether nobody reaches it, as far as we can find out.</summary>
    public bool IsLost { get; init; }

    /// <summary>Looks at the view since the last one that failed or in which we did not accuse it.</summary>
    public int LooksAccused { get; init; }

    /// <summary>It was reached, by us or by others.</summary>
    public PeerHealth Reached() => this with { Misses = 0, WasRefused = false, Trying = [], IsUnreachedByOthers = false, IsLost = false };
}
