namespace Pleiad.Scraping;

/// <summary>What the global section fills in, and what scrape configs take over from it, before anything is made of them.</summary>
/// <remarks>In the order and with the checks of Prometheus 3.</remarks>
internal static class ScrapeInheritance
{
    private static readonly TimeSpan IntervalDefault = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan TimeoutDefault = TimeSpan.FromSeconds(10);

    private static readonly string[] InheritedNumbers =
    [
        "body_size_limit", "sample_limit", "target_limit", "label_limit", "label_name_length_limit", "label_value_length_limit", "keep_dropped_targets",
    ];

    /// <summary>The global section of a file that has none.</summary>
    public static ConfigSection GlobalDefault()
    {
        var global = new ConfigSection(ScrapeShapes.Global, string.Empty, 0, "global");
        CompleteGlobal(global);
        return global;
    }

    public static void CompleteGlobal(ConfigSection global)
    {
        SetIfZero(global, "metric_name_validation_scheme", "utf8");
        SetIfZero(global, "scrape_interval", IntervalDefault);
        if (global.Duration("scrape_timeout") > global.Duration("scrape_interval"))
        {
            throw global.Fail("global scrape timeout greater than scrape interval", "scrape_timeout");
        }

        SetIfZero(global, "scrape_timeout", Smaller(TimeoutDefault, global.Duration("scrape_interval")));
        SetIfZero(global, "evaluation_interval", IntervalDefault);
        if (global.FlagOrOpen("scrape_native_histograms") is null)
        {
            global.Set("scrape_native_histograms", false);
        }

        if (global.IsSet("scrape_protocols"))
        {
            CheckProtocols(global, "for global config");
        }
    }

    /// <summary>Completes and checks the scrape configs of one file.</summary>
    public static void CompleteScrapeConfigs(IReadOnlyList<ConfigSection> scrapes, ConfigSection global)
    {
        var names = new HashSet<string>();
        foreach (ConfigSection scrape in scrapes)
        {
            CompleteScrapeConfig(scrape, global);
            if (!names.Add(scrape.Text("job_name")))
            {
                throw scrape.Fail($"found multiple scrape configs with job name {GoText.Quote(scrape.Text("job_name"))}", "job_name");
            }
        }
    }

    private static void CompleteScrapeConfig(ConfigSection scrape, ConfigSection global)
    {
        string job = $"for scrape config with job name {GoText.Quote(scrape.Text("job_name"))}";
        SetIfZero(scrape, "scrape_interval", global.Duration("scrape_interval"));
        if (scrape.Duration("scrape_timeout") > scrape.Duration("scrape_interval"))
        {
            throw scrape.Fail($"scrape timeout greater than scrape interval {job}", "scrape_timeout");
        }

        SetIfZero(scrape, "scrape_timeout", Smaller(global.Duration("scrape_timeout"), scrape.Duration("scrape_interval")));
        foreach (string key in InheritedNumbers)
        {
            SetIfZero(scrape, key, global.Number(key));
        }

        SetIfZero(scrape, "scrape_failure_log_file", global.Text("scrape_failure_log_file"));
        SetIfOpen(scrape, "scrape_native_histograms", global.FlagOrOpen("scrape_native_histograms") ?? false);
        SetIfOpen(scrape, "extra_scrape_metrics", global.Flag("extra_scrape_metrics"));
        CompleteProtocols(scrape, global, job);
        CompleteNames(scrape, global);
        SetIfOpen(scrape, "convert_classic_histograms_to_nhcb", global.Flag("convert_classic_histograms_to_nhcb"));
        SetIfOpen(scrape, "always_scrape_classic_histograms", global.Flag("always_scrape_classic_histograms"));

        NameValidation names = scrape.Text("metric_name_validation_scheme") == "legacy" ? NameValidation.Legacy : NameValidation.Utf8;
        RelabelSections.Check(scrape.Sections("relabel_configs"), names);
        RelabelSections.Check(scrape.Sections("metric_relabel_configs"), names);
    }

    private static void CompleteProtocols(ConfigSection scrape, ConfigSection global, string job)
    {
        if (!scrape.IsSet("scrape_protocols"))
        {
            // The default depends on whether this very job asks for native histograms, unless the global section has decided.
            scrape.Set(
                "scrape_protocols",
                global.IsSet("scrape_protocols") ? global.List("scrape_protocols")
                    : scrape.FlagOrOpen("scrape_native_histograms") == true ? ScrapeProtocolNames.ProtobufFirst.Cast<object?>().ToArray()
                    : ScrapeProtocolNames.TextFirst.Cast<object?>().ToArray());
        }

        CheckProtocols(scrape, job);
        string fallback = scrape.Text("fallback_scrape_protocol");
        if (fallback.Length > 0 && !ScrapeProtocolNames.TryParse(fallback, out _))
        {
            throw scrape.Fail($"invalid fallback_scrape_protocol {job}: {UnknownProtocol(fallback)}", "fallback_scrape_protocol");
        }
    }

    private static void CompleteNames(ConfigSection scrape, ConfigSection global)
    {
        bool inherits = scrape.IsZero("metric_name_validation_scheme");
        SetIfZero(scrape, "metric_name_validation_scheme", global.Text("metric_name_validation_scheme"));
        string globalEscaping = global.Text("metric_name_escaping_scheme");
        if (globalEscaping.Length == 0)
        {
            globalEscaping = EscapingOf(global.Text("metric_name_validation_scheme"));
        }
        else if (!IsEscaping(globalEscaping))
        {
            throw global.Fail($"unknown global name escaping method specified, {EscapingProblem(globalEscaping)}", "metric_name_escaping_scheme");
        }

        // A job that only asks for legacy names must not inherit the global permission of UTF-8.
        string validation = scrape.Text("metric_name_validation_scheme");
        SetIfZero(scrape, "metric_name_escaping_scheme", inherits ? globalEscaping : EscapingOf(validation));
        string escaping = scrape.Text("metric_name_escaping_scheme");
        if (!IsEscaping(escaping))
        {
            throw scrape.Fail($"unknown scrape config name escaping method specified, {EscapingProblem(escaping)}", "metric_name_escaping_scheme");
        }

        if (escaping == "allow-utf-8" && validation != "utf8")
        {
            throw scrape.Fail("utf8 metric names requested but validation scheme is not set to UTF8", "metric_name_escaping_scheme");
        }
    }

    private static void CheckProtocols(ConfigSection section, string where)
    {
        IReadOnlyList<string> protocols = section.Texts("scrape_protocols");
        if (protocols.Count == 0)
        {
            throw section.Fail($"scrape_protocols cannot be empty {where}", "scrape_protocols");
        }

        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string protocol in protocols)
        {
            if (!seen.Add(protocol))
            {
                throw section.Fail($"duplicated protocol in scrape_protocols, got [{string.Join(' ', protocols)}] {where}", "scrape_protocols");
            }

            if (!ScrapeProtocolNames.TryParse(protocol, out _))
            {
                throw section.Fail($"scrape_protocols: {UnknownProtocol(protocol)} {where}", "scrape_protocols");
            }
        }
    }

    private static string UnknownProtocol(string protocol) =>
        $"unknown scrape protocol {protocol}, supported: [{string.Join(' ', ScrapeProtocolNames.All.Order(StringComparer.Ordinal))}]";

    private static bool IsEscaping(string scheme) => scheme is "allow-utf-8" or "underscores" or "dots" or "values";

    private static string EscapingOf(string validation) => validation == "legacy" ? "underscores" : "allow-utf-8";

    private static string EscapingProblem(string got) =>
        $"must be one of 'allow-utf-8', 'underscores', 'dots', or 'values', got {GoText.Quote(got)}";

    private static void SetIfZero(ConfigSection section, string key, object value)
    {
        if (section.IsZero(key))
        {
            section.Set(key, value);
        }
    }

    private static void SetIfOpen(ConfigSection section, string key, bool value)
    {
        if (section.FlagOrOpen(key) is null)
        {
            section.Set(key, value);
        }
    }

    private static TimeSpan Smaller(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
