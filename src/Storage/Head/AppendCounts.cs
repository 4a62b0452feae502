namespace Pleiad.Storage;

/// <summary>What became of the samples of a batch.</summary>
/// <param name="Accepted">Stored, once the batch is durable and applied.</param>
/// <param name="Duplicates">Already there (or on their way) with the same value; nothing to do.</param>
/// <param name="OutOfOrder">Older than the series' newest sample, refused.</param>
/// <param name="TooOld">Before everything the shard still keeps, refused.</param>
/// <param name="Conflicting">Same time as the newest sample, another value, refused.</param>
/// <param name="SeriesOverLimit">Of a new series beyond the limit, refused.</param>
/// <param name="Invalid">A histogram too large or inconsistent to be stored, or labels beyond the format's limits; refused.</param>
public readonly record struct AppendCounts(
    int Accepted, int Duplicates, int OutOfOrder, int TooOld, int Conflicting, int SeriesOverLimit, int Invalid)
{
    /// <summary>Of the accepted and the duplicates, those that are native histograms.</summary>
    public int Histograms { get; init; }

    /// <summary>Of the accepted, those that came later than newer samples of their series.</summary>
    public int Late { get; init; }

    /// <summary>Out of order and older than samples may come late; refused.</summary>
    public int BeyondWindow { get; init; }

    /// <summary>Of those out of order, the ones that were refused because their series has as many late samples as it may.</summary>
    public int LateOverLimit { get; init; }

    /// <summary>Of those of new series beyond a limit, the ones refused because the node is short of memory.</summary>
    public int ShortOfMemory { get; init; }

    /// <summary>Of those of new series beyond a limit, the ones beyond <see cref="SeriesLimits.OfNodeMax"/>.</summary>
    public int OverNode { get; init; }

    /// <summary>Of those of new series beyond a limit, the ones beyond <see cref="SeriesLimits.OfTargetMax"/>.</summary>
    public int OverTarget { get; init; }

    /// <summary>Of those of new series beyond a limit, the ones beyond <see cref="SeriesLimits.OfMetricMax"/>.</summary>
    public int OverMetric { get; init; }

    /// <summary>Sums each count.</summary>
    public static AppendCounts operator +(AppendCounts left, AppendCounts right) => new(
        left.Accepted + right.Accepted,
        left.Duplicates + right.Duplicates,
        left.OutOfOrder + right.OutOfOrder,
        left.TooOld + right.TooOld,
        left.Conflicting + right.Conflicting,
        left.SeriesOverLimit + right.SeriesOverLimit,
        left.Invalid + right.Invalid)
    {
        Histograms = left.Histograms + right.Histograms,
        Late = left.Late + right.Late,
        BeyondWindow = left.BeyondWindow + right.BeyondWindow,
        LateOverLimit = left.LateOverLimit + right.LateOverLimit,
        ShortOfMemory = left.ShortOfMemory + right.ShortOfMemory,
        OverNode = left.OverNode + right.OverNode,
        OverTarget = left.OverTarget + right.OverTarget,
        OverMetric = left.OverMetric + right.OverMetric,
    };
}
