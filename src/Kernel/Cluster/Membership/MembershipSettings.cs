namespace Pleiad.Kernel;

/// <summary>How soon a node is taken for dead.</summary>
public sealed record MembershipSettings
{
    /// <summary>Between two probes of the same node, and between two looks at the view.</summary>
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest a probe may take while this node feels well; longer when it does not.</summary>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Probes without answer, one after the other, after which a node that others do not reach either is lost; they are asked together with the last. A refused connection counts as two.</summary>
    public int MissesMax { get; init; } = 3;

    /// <summary>How many are asked to try.</summary>
    public int IndirectProbersMax { get; init; } = 3;

    /// <summary>How many nodes a node probes: the next ones on a ring.</summary>
    public int ProbedMax { get; init; } = 8;

    /// <summary>Accusers that it takes where there are enough nodes.</summary>
    public int AccusersNeeded { get; init; } = 2;

    /// <summary>
    /// Looks at the view, one after the other and none of them failed, through which an accusation stands before one accuser is enough because all
    /// others who could join it are accused themselves. Those need the store and this time to accuse back.
    /// </summary>
    public int LoneVerdictLooks { get; init; } = 8;

    /// <summary>The worst that a node can feel: timeouts are then this plus one times as long.</summary>
    public int SelfHealthMax { get; init; } = 4;

    /// <summary>
    /// How long a node whose cluster actor gets no turn answers probes all the same. Longer than a node with far too much to do is behind; a node that is
    /// stuck is found by it.
    /// </summary>
    public TimeSpan StallMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a dead node stays in the view.</summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromMinutes(10);
}
