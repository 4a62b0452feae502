namespace Pleiad.Actors;

/// <summary>Discoveries that one node of a cluster runs for all.</summary>
public sealed record SharedDiscoverySettings
{
    /// <summary>Between two looks at what was written down, and at who runs it. Default 2 s.</summary>
    public TimeSpan LookInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that what one has found may unfold to; more is not read. Default 256 MiB.</summary>
    public int BytesMax { get; init; } = 256 << 20;
}
