namespace Pleiad.Scraping;

/// <summary>One job: an entry of <c>scrape_configs</c>, with everything it inherits filled in.</summary>
public sealed record ScrapeConfig
{
    /// <summary>Unique; the label <c>job</c> of its targets unless relabelling changes it.</summary>
    public required string JobName { get; init; }

    /// <summary>Whether labels of the page win over labels of the target.</summary>
    public bool HonorLabels { get; init; }

    /// <summary>Whether timestamps of the page are taken.</summary>
    public bool HonorTimestamps { get; init; } = true;

    /// <summary>Whether series with timestamps of their own get stale markers too.</summary>
    public bool TrackTimestampsStaleness { get; init; }

    /// <summary>URL parameters.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Parameters { get; init; } = [];

    /// <summary>Between scrapes; a target may have its own, by the label <c>__scrape_interval__</c>.</summary>
    public TimeSpan ScrapeInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of a whole scrape, at most the interval.</summary>
    public TimeSpan ScrapeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Formats asked for, the most wanted first.</summary>
    public IReadOnlyList<ScrapeProtocol> ScrapeProtocols { get; init; } =
        [ScrapeProtocol.OpenMetricsText100, ScrapeProtocol.OpenMetricsText001, ScrapeProtocol.PrometheusText100, ScrapeProtocol.PrometheusText004];

    /// <summary>The format assumed where the Content-Type says none; <see cref="ScrapeProtocol.None"/> = such a page is refused.</summary>
    public ScrapeProtocol FallbackProtocol { get; init; }

    public bool ScrapeNativeHistograms { get; init; }

    /// <summary>Whether classic buckets are kept beside a native histogram.</summary>
    public bool AlwaysScrapeClassicHistograms { get; init; }

    /// <summary>Whether classic histograms become native ones with custom buckets.</summary>
    public bool ConvertClassicHistogramsToNhcb { get; init; }

    /// <summary>Whether <c>scrape_timeout_seconds</c>, <c>scrape_sample_limit</c> and <c>scrape_body_size_bytes</c> are added.</summary>
    public bool ExtraScrapeMetrics { get; init; }

    public string MetricsPath { get; init; } = "/metrics";

    /// <summary><c>http</c> or <c>https</c>; checked for every target, for relabelling may change it.</summary>
    public string Scheme { get; init; } = "http";

    /// <summary>Whether gzip is asked for.</summary>
    public bool EnableCompression { get; init; } = true;

    /// <summary>As in the file: 0 = not set. What holds is in <see cref="LimitsWith"/>.</summary>
    public long BodySizeLimit { get; init; }

    /// <summary>As in the file: 0 = not set.</summary>
    public long SampleLimit { get; init; }

    /// <summary>As in the file: 0 = not set.</summary>
    public long TargetLimit { get; init; }

    /// <summary>As in the file: 0 = not set.</summary>
    public long LabelLimit { get; init; }

    /// <summary>As in the file: 0 = not set.</summary>
    public long LabelNameLengthLimit { get; init; }

    /// <summary>As in the file: 0 = not set.</summary>
    public long LabelValueLengthLimit { get; init; }

    /// <summary>As in the file: 0 = not set.</summary>
    public long KeepDroppedTargets { get; init; }

    /// <summary>Buckets of a native histogram; beyond, its resolution is reduced. 0 = no limit.</summary>
    public long NativeHistogramBucketLimit { get; init; }

    /// <summary>The least growth from bucket to bucket of native histograms; 0 = the finest there is.</summary>
    public double NativeHistogramMinBucketFactor { get; init; }

    public NameValidation NameValidation { get; init; }

    public NameEscaping NameEscaping { get; init; }

    public HttpClientConfig Http { get; init; } = HttpClientConfig.Default;

    /// <summary>Applied to targets.</summary>
    public Relabeller TargetRelabelling { get; init; } = Relabeller.None;

    /// <summary>Applied to samples, after the target's labels have been added.</summary>
    public Relabeller MetricRelabelling { get; init; } = Relabeller.None;

    /// <summary>The job without what finds its targets, as YAML, secrets hidden: equal texts read pages alike.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>How targets are found.</summary>
    public IReadOnlyList<DiscoveryConfig> Discoveries { get; init; } = [];

    /// <summary>The limits that hold: those of the file, and where it names none, the given ones.</summary>
    public ScrapeLimits LimitsWith(ScrapeLimits defaults) => defaults with
    {
        BodyBytesMax = Or(BodySizeLimit, defaults.BodyBytesMax),
        SamplesMax = Or(SampleLimit, defaults.SamplesMax),
        TargetsMax = Or(TargetLimit, defaults.TargetsMax),
        LabelsMax = Or(LabelLimit, defaults.LabelsMax),
        LabelNameBytesMax = Or(LabelNameLengthLimit, defaults.LabelNameBytesMax),
        LabelValueBytesMax = Or(LabelValueLengthLimit, defaults.LabelValueBytesMax),
        DroppedTargetsMax = Or(KeepDroppedTargets, defaults.DroppedTargetsMax),
    };

    internal static ScrapeConfig From(ConfigSection section)
    {
        NameValidation names = section.Text("metric_name_validation_scheme") == "legacy" ? NameValidation.Legacy : NameValidation.Utf8;
        return new ScrapeConfig
        {
            JobName = section.Text("job_name"),
            HonorLabels = section.Flag("honor_labels"),
            HonorTimestamps = section.Flag("honor_timestamps"),
            TrackTimestampsStaleness = section.Flag("track_timestamps_staleness"),
            Parameters =
            [
                .. section.Map("params").Select(parameter => KeyValuePair.Create<string, IReadOnlyList<string>>(
                    parameter.Key, [.. ((IReadOnlyList<object?>)parameter.Value!).Cast<string>()])),
            ],
            ScrapeInterval = section.Duration("scrape_interval"),
            ScrapeTimeout = section.Duration("scrape_timeout"),
            ScrapeProtocols = [.. section.Texts("scrape_protocols").Select(ProtocolOf)],
            FallbackProtocol = section.IsZero("fallback_scrape_protocol") ? ScrapeProtocol.None : ProtocolOf(section.Text("fallback_scrape_protocol")),
            ScrapeNativeHistograms = section.FlagOrOpen("scrape_native_histograms") ?? false,
            AlwaysScrapeClassicHistograms = section.FlagOrOpen("always_scrape_classic_histograms") ?? false,
            ConvertClassicHistogramsToNhcb = section.FlagOrOpen("convert_classic_histograms_to_nhcb") ?? false,
            ExtraScrapeMetrics = section.FlagOrOpen("extra_scrape_metrics") ?? false,
            MetricsPath = section.Text("metrics_path"),
            Scheme = section.Text("scheme"),
            EnableCompression = section.Flag("enable_compression"),
            BodySizeLimit = section.Number("body_size_limit"),
            SampleLimit = section.Number("sample_limit"),
            TargetLimit = section.Number("target_limit"),
            LabelLimit = section.Number("label_limit"),
            LabelNameLengthLimit = section.Number("label_name_length_limit"),
            LabelValueLengthLimit = section.Number("label_value_length_limit"),
            KeepDroppedTargets = section.Number("keep_dropped_targets"),
            NativeHistogramBucketLimit = section.Number("native_histogram_bucket_limit"),
            NativeHistogramMinBucketFactor = section.Real("native_histogram_min_bucket_factor"),
            NameValidation = names,
            NameEscaping = section.Text("metric_name_escaping_scheme") switch
            {
                "underscores" => NameEscaping.Underscores,
                "dots" => NameEscaping.Dots,
                "values" => NameEscaping.Values,
                _ => NameEscaping.AllowUtf8,
            },
            Http = HttpClientConfig.From(section),
            TargetRelabelling = RelabelSections.RelabellerOf(section.Sections("relabel_configs"), names),
            MetricRelabelling = RelabelSections.RelabellerOf(section.Sections("metric_relabel_configs"), names),
            Discoveries = DiscoveryConfigs.From(section),
            Fingerprint = FingerprintOf(section),
        };
    }

    // How a page is fetched, which readers do not care for. As Prometheus, which keeps its cache when only these change.
    private static readonly HashSet<string> FetchingKeys = new(StringComparer.Ordinal)
    {
        "scrape_interval", "scrape_timeout", "basic_auth", "authorization", "oauth2", "tls_config", "follow_redirects", "enable_http2", "proxy_url",
        "no_proxy", "proxy_from_environment", "proxy_connect_header", "http_headers",
    };

    // Which targets there are and what they are called is in their keys; a target added must not make the others forget their series.
    private static string FingerprintOf(ConfigSection section)
    {
        var entries = (List<KeyValuePair<string, object>>)new SectionKind(ScrapeShapes.Scrape).Plain(section);
        entries.RemoveAll(static entry => entry.Key is DiscoveryShapes.Static or "relabel_configs"
            || entry.Key.EndsWith("_sd_configs", StringComparison.Ordinal)
            || FetchingKeys.Contains(entry.Key));
        return YamlWriter.Write(entries);
    }

    private static ScrapeProtocol ProtocolOf(string name) =>
        ScrapeProtocolNames.TryParse(name, out ScrapeProtocol protocol) ? protocol : throw new InvalidOperationException("protocols were checked");

    private static int Or(long set, int otherwise) => set > 0 ? (int)Math.Min(set, int.MaxValue - 1024) : otherwise;
}
