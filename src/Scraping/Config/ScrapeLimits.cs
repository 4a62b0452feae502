namespace Pleiad.Scraping;

/// <summary>What one scrape may bring. The defaults hold where prometheus.yml names none, so that no scrape is without bounds.</summary>
public sealed record ScrapeLimits
{
    /// <summary>The limits of a job that sets none.</summary>
    public static readonly ScrapeLimits Default = new();

    /// <summary>Bytes of a page, uncompressed. At least 1 and below 2 GiB.</summary>
    public int BodyBytesMax { get; init; } = 32 * 1024 * 1024;

    /// <summary>Samples after metric relabelling.</summary>
    public int SamplesMax { get; init; } = 200_000;

    /// <summary>Samples of a page before metric relabelling; where more than these may be kept, as many as those.</summary>
    public int PageSamplesMax { get; init; } = 500_000;

    /// <summary>Targets of a job.</summary>
    public int TargetsMax { get; init; } = 100_000;

    /// <summary>Labels of a series after metric relabelling, its name included.</summary>
    public int LabelsMax { get; init; } = 64;

    /// <summary>Bytes of a label's name after metric relabelling.</summary>
    public int LabelNameBytesMax { get; init; } = 512;

    /// <summary>Bytes of a label's value after metric relabelling.</summary>
    public int LabelValueBytesMax { get; init; } = 4096;

    /// <summary>Bytes of one line of a page.</summary>
    public int LineBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Dropped targets of a job that are remembered.</summary>
    public int DroppedTargetsMax { get; init; } = 1_000;
}
