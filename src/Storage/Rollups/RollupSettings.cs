namespace Pleiad.Storage;

/// <summary>Which rollups are written, and how long they are kept.</summary>
public sealed record RollupSettings
{
    /// <summary>No rollups are written.</summary>
    public static readonly RollupSettings Off = new();

    /// <summary>The resolutions, each with how long it is kept (zero for ever); empty for none.</summary>
    public IReadOnlyList<RollupTier> Tiers { get; init; } = [];

    /// <summary>Rollups are written for so much time at once, as soon as all samples of it are in blocks: a multiple of each resolution. Default 1 d.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How much longer than retention says samples are kept of which no rollups are written yet, as when writing fails: they are all that those could
    /// be made of. Default 2 d.
    /// </summary>
    public TimeSpan RetentionWait { get; init; } = TimeSpan.FromDays(2);

    internal long WindowMs => (long)Window.TotalMilliseconds;
}

/// <summary>One resolution.</summary>
/// <param name="Resolution">Length of a bucket: whole seconds, a divisor of the window.</param>
/// <param name="Keep">How long it is kept; zero for ever.</param>
public sealed record RollupTier(TimeSpan Resolution, TimeSpan Keep)
{
    internal long ResolutionMs => (long)Resolution.TotalMilliseconds;

    /// <summary>Rollups that end before this time are gone.</summary>
    public long KeptFrom(long nowMs) => Keep > TimeSpan.Zero ? nowMs - (long)Keep.TotalMilliseconds : long.MinValue;
}
