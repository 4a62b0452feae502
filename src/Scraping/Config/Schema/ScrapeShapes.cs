using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The sections about scraping: relabelling rules, scrape configs, and the global section they inherit from.</summary>
/// <remarks>Keys and defaults as documented for Prometheus 3, "Configuration".</remarks>
internal static class ScrapeShapes
{
    private static readonly (KeyUse, string) NoFailureLog = (KeyUse.Unavailable, "failed scrapes are reported by the API and the log, not to a file of their own");

    public static readonly ConfigShape Relabel = new(
        "relabel.plain",
        [
            new("source_labels", ValueKind.Texts),
            new("separator", ValueKind.Text) { Default = RelabelRule.SeparatorDefault },
            new("regex", ValueKind.Checked(RegexProblem)) { Default = RelabelRule.PatternDefault, OmitDefault = true },
            new("modulus", ValueKind.Uint),
            new("target_label", ValueKind.Text),
            new("replacement", ValueKind.Text) { Default = RelabelRule.ReplacementDefault, Always = true },
            new("action", ValueKind.Checked(ActionProblem)) { Default = "replace" },
        ]);

    // Kept in the order of Prometheus's printed configuration.
    private static readonly ConfigField[] Limits =
    [
        new("body_size_limit", ValueKind.Size),
        new("sample_limit", ValueKind.Uint),
        new("target_limit", ValueKind.Uint),
        new("label_limit", ValueKind.Uint),
        new("label_name_length_limit", ValueKind.Uint),
        new("label_value_length_limit", ValueKind.Uint),
    ];

    public static readonly ConfigShape Global = new(
        "config.plain",
        [
            new("scrape_interval", ValueKind.Duration),
            new("scrape_timeout", ValueKind.Duration),
            new("scrape_protocols", ValueKind.Texts),
            new("evaluation_interval", ValueKind.Duration),
            new("rule_query_offset", ValueKind.Duration),
            new("query_log_file", ValueKind.File) { Caveat = (KeyUse.Unavailable, "queries are not logged to a file") },
            new("scrape_failure_log_file", ValueKind.File) { Caveat = NoFailureLog },
            new("external_labels", ValueKind.TextMap),
            .. Limits,
            new("keep_dropped_targets", ValueKind.Uint),
            new("metric_name_validation_scheme", ValueKind.Checked(ValidationProblem)),
            new("metric_name_escaping_scheme", ValueKind.Text),
            new("scrape_native_histograms", ValueKind.OpenFlag),
            new("convert_classic_histograms_to_nhcb", ValueKind.Flag),
            new("always_scrape_classic_histograms", ValueKind.Flag),
            new("extra_scrape_metrics", ValueKind.Flag),
        ],
        CheckGlobal);

    public static readonly ConfigShape Scrape = new(
        "config.ScrapeConfig",
        [
            new("job_name", ValueKind.Text) { Always = true },
            new("honor_labels", ValueKind.Flag),
            new("honor_timestamps", ValueKind.Flag) { Default = true, Always = true },
            new("track_timestamps_staleness", ValueKind.Flag) { Always = true },
            new("params", ValueKind.TextsMap),
            new("scrape_interval", ValueKind.Duration),
            new("scrape_timeout", ValueKind.Duration),
            new("scrape_protocols", ValueKind.Texts),
            new("fallback_scrape_protocol", ValueKind.Text),
            new("scrape_native_histograms", ValueKind.OpenFlag),
            new("always_scrape_classic_histograms", ValueKind.OpenFlag),
            new("convert_classic_histograms_to_nhcb", ValueKind.OpenFlag),
            new("scrape_failure_log_file", ValueKind.File) { Caveat = NoFailureLog },
            new("metrics_path", ValueKind.Text) { Default = "/metrics" },
            new("scheme", ValueKind.Text) { Default = "http" },
            new("enable_compression", ValueKind.Flag) { Default = true, Always = true },
            .. Limits,
            new("native_histogram_bucket_limit", ValueKind.Uint),
            new("native_histogram_min_bucket_factor", ValueKind.Real),
            new("keep_dropped_targets", ValueKind.Uint),
            new("metric_name_validation_scheme", ValueKind.Checked(ValidationProblem)),
            new("metric_name_escaping_scheme", ValueKind.Text),
            new("extra_scrape_metrics", ValueKind.OpenFlag),
            .. HttpShapes.Fields(),
            new("relabel_configs", ValueKind.Sections(Relabel, "empty or null target relabeling rule in scrape config")),
            new("metric_relabel_configs", ValueKind.Sections(Relabel, "empty or null metric relabeling rule in scrape config")),
            .. DiscoveryShapes.Fields(),
        ],
        CheckScrape);

    /// <summary>A file of <c>scrape_config_files</c>.</summary>
    public static readonly ConfigShape ScrapeFile = new(
        "config.ScrapeConfigs",
        [new("scrape_configs", ValueKind.Sections(Scrape, "empty or null scrape config section"))]);

    private static void CheckGlobal(ConfigSection global)
    {
        bool legacy = global.Text("metric_name_validation_scheme") == "legacy";
        foreach ((string name, string value) in global.TextsByName("external_labels"))
        {
            if (legacy ? !LabelName.IsLegacy(name) : !LabelName.IsValid(name))
            {
                throw global.Fail($"{GoText.Quote(name)} is not a valid label name", "external_labels");
            }

            if (!GoText.IsValid(value))
            {
                throw global.Fail($"{GoText.Quote(value)} is not a valid label value", "external_labels");
            }
        }

        ScrapeInheritance.CompleteGlobal(global);
    }

    private static void CheckScrape(ConfigSection scrape)
    {
        if (scrape.IsZero("job_name"))
        {
            throw scrape.Fail("job_name is empty", "job_name");
        }

        HttpShapes.Check(scrape);
        DiscoveryShapes.CheckStaticTargets(scrape);
    }

    private static string? RegexProblem(string pattern)
    {
        try
        {
            AnchoredRegex.Compile(pattern);
            return null;
        }
        catch (RegexSyntaxException e)
        {
            return e.Message;
        }
    }

    private static string? ActionProblem(string action) =>
        RelabelActionNames.TryParse(action, out _) ? null : $"unknown relabel action {GoText.Quote(action)}";

    private static string? ValidationProblem(string scheme) =>
        scheme is "" or "utf8" or "legacy" ? null : $"unrecognized ValidationScheme: {GoText.Quote(scheme)}";
}
