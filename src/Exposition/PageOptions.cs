namespace Pleiad.Exposition;

/// <summary>How pages are read; the names are those of Prometheus's scrape options.</summary>
public sealed record PageOptions
{
    /// <summary>Nothing special.</summary>
    public static readonly PageOptions Default = new();

    /// <summary>Adds <c>__type__</c> and <c>__unit__</c> to each series (feature type-and-unit-labels).</summary>
    public bool TypeAndUnitLabels { get; init; }

    /// <summary>Native parts of protobuf histograms are not looked at; what is left is a classic histogram.</summary>
    public bool IgnoreNativeHistograms { get; init; }

    /// <summary>Classic series are kept beside a native histogram (<c>always_scrape_classic_histograms</c>).</summary>
    public bool KeepClassicHistograms { get; init; }

    /// <summary>Classic histograms become native ones with custom buckets (<c>convert_classic_histograms_to_nhcb</c>).</summary>
    public bool ConvertClassicHistograms { get; init; }

    /// <summary>Start timestamps are looked for, and OpenMetrics <c>_created</c> lines are not series of their own.</summary>
    public bool StartTimestamps { get; init; }

    /// <summary>What a page may contain.</summary>
    public PageLimits Limits { get; init; } = PageLimits.Default;

    internal bool NeedsFamily => StartTimestamps || ConvertClassicHistograms;
}

/// <summary>
/// What a page may contain; a page beyond any of these is refused whole. They bound what reading costs, before anything is relabelled;
/// what a series may be after that is the scraper's business.
/// </summary>
public sealed record PageLimits
{
    /// <summary>Wide enough for any honest page.</summary>
    public static readonly PageLimits Default = new();

    /// <summary>Samples in a page.</summary>
    public int SamplesMax { get; init; } = 500_000;

    /// <summary>Labels of one series, the metric name included.</summary>
    public int LabelsMax { get; init; } = 4096;

    /// <summary>Bytes of a metric or label name.</summary>
    public int NameBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes of a label value.</summary>
    public int ValueBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes of one line; of one metric family in protobuf sixteen times as much.</summary>
    public int LineBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes of series and comment text that are kept of a page to recognise the next one by.</summary>
    public int MemoryBytesMax { get; init; } = 48 << 20;

    /// <summary>Buckets of one native histogram, both sides.</summary>
    public int BucketsMax { get; init; } = 4096;
}
