namespace Pleiad.Storage;

/// <summary>Limits of the spool of a node.</summary>
public sealed record SpoolSettings
{
    /// <summary>Bytes of its files at most; 0: nothing is added, and what is there goes to the journal. <c>pleiad.cluster.spool.size</c></summary>
    public long BytesMax { get; init; } = 4L << 30;

    /// <summary>The oldest record at most; with one that is older nothing more is taken. <c>pleiad.cluster.spool.age</c></summary>
    public TimeSpan AgeMax { get; init; } = TimeSpan.FromHours(6);

    /// <summary>After so many bytes another file is begun.</summary>
    public int FileBytes { get; init; } = 32 << 20;
}
