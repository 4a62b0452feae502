namespace Pleiad.Kernel;

/// <summary>One life of a node, from its start to its end. A node that starts again is another incarnation: an identity is never reused.</summary>
public readonly record struct NodeIncarnation(Guid Value)
{
    /// <summary>Nobody.</summary>
    public static readonly NodeIncarnation None;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N")[..12];
}
