using Pleiad.Exposition;

namespace Pleiad.Scraping;

/// <summary>How a target's pages are read; the names are those of <c>scrape_config</c>.</summary>
public sealed record ReadSettings
{
    // Beyond, the array that holds the texts of a page could not grow.
    private const int MemoryBytesEnd = 1 << 30;

    /// <summary>Prometheus's defaults.</summary>
    public static readonly ReadSettings Default = new();

    /// <summary>On a conflict the page's label stays and the target's is left out, instead of the page's becoming <c>exported_…</c>.</summary>
    public bool HonorLabels { get; init; }

    /// <summary>Times that the page gives are used.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>Series with times of their own get stale markers too.</summary>
    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>Samples after relabelling, as <c>scrape_sample_limit</c> tells; 0 where the job sets no limit.</summary>
    public int SampleLimit { get; init; }

    /// <summary>Samples after relabelling of a job that sets no limit; 0 for no limit.</summary>
    public int SamplesMax { get; init; } = ScrapeLimits.Default.SamplesMax;

    /// <summary>
    /// How far behind the scrape a page's own timestamps may be; older samples are left out. An hour: Prometheus takes nothing older than
    /// half the range of a block, unless it is told to (<c>out_of_order_time_window</c>).
    /// </summary>
    public TimeSpan BehindMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Labels of a series after relabelling; 0 for no limit.</summary>
    public int LabelLimit { get; init; }

    /// <summary>Bytes of a label name after relabelling; 0 for no limit.</summary>
    public int LabelNameLengthLimit { get; init; }

    /// <summary>Bytes of a label value after relabelling; 0 for no limit.</summary>
    public int LabelValueLengthLimit { get; init; }

    /// <summary>Buckets of a native histogram; finer ones are made coarser until they fit. 0 for no limit.</summary>
    public int NativeHistogramBucketLimit { get; init; }

    /// <summary>Neighbouring buckets of a native histogram grow at least by this factor; 0 for any.</summary>
    public double NativeHistogramMinBucketFactor { get; init; }

    /// <summary>Native histograms are taken from protobuf pages (<c>scrape_native_histograms</c>).</summary>
    public bool NativeHistograms { get; init; } = true;

    /// <summary>Classic series are kept beside a native histogram.</summary>
    public bool AlwaysScrapeClassicHistograms { get; init; }

    /// <summary>Classic histograms become native ones with custom buckets.</summary>
    public bool ConvertClassicHistogramsToNhcb { get; init; }

    /// <summary>For pages with a missing or unknown Content-Type.</summary>
    public ScrapeProtocol FallbackProtocol { get; init; }

    /// <summary>Names must be <c>[a-zA-Z_][a-zA-Z0-9_]*</c> (metrics with colons), else the page is refused.</summary>
    public bool LegacyNames { get; init; }

    /// <summary>Adds <c>scrape_timeout_seconds</c>, <c>scrape_sample_limit</c> and <c>scrape_body_size_bytes</c>.</summary>
    public bool ExtraMetrics { get; init; }

    /// <summary>Adds the labels <c>__type__</c> and <c>__unit__</c>.</summary>
    public bool TypeAndUnitLabels { get; init; }

    /// <summary>Start timestamps are read and go into the batch.</summary>
    public bool StartTimestamps { get; init; }

    /// <summary>Exemplars are read and go into the batch.</summary>
    public bool Exemplars { get; init; }

    /// <summary>What any page may contain, whatever the configuration says.</summary>
    public PageLimits Limits { get; init; } = PageLimits.Default;

    /// <summary>The settings of a job.</summary>
    /// <param name="config">The job.</param>
    /// <param name="limits">What holds for it (<see cref="ScrapeConfig.LimitsWith"/>).</param>
    public static ReadSettings Of(ScrapeConfig config, ScrapeLimits limits) => new()
    {
        HonorLabels = config.HonorLabels,
        HonorTimestamps = config.HonorTimestamps,
        TrackTimestampsStaleness = config.TrackTimestampsStaleness,
        SampleLimit = (int)Math.Min(config.SampleLimit, int.MaxValue),
        SamplesMax = limits.SamplesMax,
        LabelLimit = limits.LabelsMax,
        LabelNameLengthLimit = limits.LabelNameBytesMax,
        LabelValueLengthLimit = limits.LabelValueBytesMax,
        NativeHistogramBucketLimit = (int)Math.Min(config.NativeHistogramBucketLimit, int.MaxValue),
        NativeHistogramMinBucketFactor = config.NativeHistogramMinBucketFactor,
        NativeHistograms = config.ScrapeNativeHistograms,
        AlwaysScrapeClassicHistograms = config.AlwaysScrapeClassicHistograms,
        ConvertClassicHistogramsToNhcb = config.ConvertClassicHistogramsToNhcb,
        FallbackProtocol = config.FallbackProtocol,
        LegacyNames = config.NameValidation == NameValidation.Legacy,
        ExtraMetrics = config.ExtraScrapeMetrics,
        Limits = LimitsOf(limits),
    };

    // The job's limits hold after relabelling, which may drop most of a page: the page itself is bounded by its bytes.
    private static PageLimits LimitsOf(ScrapeLimits limits) => PageLimits.Default with
    {
        SamplesMax = Math.Max(limits.PageSamplesMax, limits.SamplesMax),
        LineBytesMax = limits.LineBytesMax,
        LabelsMax = Math.Max(PageLimits.Default.LabelsMax, limits.LabelsMax),
        NameBytesMax = Math.Max(PageLimits.Default.NameBytesMax, limits.LineBytesMax),
        ValueBytesMax = Math.Max(PageLimits.Default.ValueBytesMax, limits.LineBytesMax),
        MemoryBytesMax = (int)Math.Clamp(limits.BodyBytesMax * 3L / 2, PageLimits.Default.MemoryBytesMax, MemoryBytesEnd),
    };

    internal PageOptions ToPageOptions() => new()
    {
        TypeAndUnitLabels = TypeAndUnitLabels,
        IgnoreNativeHistograms = !NativeHistograms,
        KeepClassicHistograms = AlwaysScrapeClassicHistograms,
        ConvertClassicHistograms = ConvertClassicHistogramsToNhcb,
        StartTimestamps = StartTimestamps,
        Limits = Limits,
    };
}
