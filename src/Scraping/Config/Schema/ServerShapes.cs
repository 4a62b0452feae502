namespace Pleiad.Scraping;

/// <summary>The whole of prometheus.yml and the sections that are not about scraping.</summary>
/// <remarks>Keys, defaults and checks as documented for Prometheus 3, "Configuration".</remarks>
internal static class ServerShapes
{
    private const string HeaderProblem =
        "authorization header must be changed via the basic_auth, authorization, oauth2, sigv4, azuread or google_iam parameter";

    private static readonly (KeyUse, string) NoCloudIdentity = (KeyUse.Unavailable, "requests cannot be signed for this cloud yet; nothing is sent to this destination");

    private static readonly ConfigShape SigV4 = new(
        "sigv4.plain",
        [
            new("region", ValueKind.Text),
            new("access_key", ValueKind.Text),
            new("secret_key", ValueKind.Secret),
            new("profile", ValueKind.Text),
            new("role_arn", ValueKind.Text),
            new("external_id", ValueKind.Text),
            new("use_fips_sts_endpoint", ValueKind.Flag),
            new("service_name", ValueKind.Text),
        ],
        section =>
        {
            if (section.IsZero("access_key") != section.IsZero("secret_key"))
            {
                throw section.Fail("must provide a AWS SigV4 Access key and Secret Key if credentials are specified in the SigV4 config");
            }
        });

    private static readonly ConfigShape AzureAd = new(
        "azuread.AzureADConfig",
        [
            new("managed_identity", ValueKind.Section(new("azuread.ManagedIdentityConfig", [new("client_id", ValueKind.Text)]))),
            new("workload_identity", ValueKind.Section(new(
                "azuread.WorkloadIdentityConfig",
                [new("client_id", ValueKind.Text), new("tenant_id", ValueKind.Text), new("token_file_path", ValueKind.File)]))),
            new("oauth", ValueKind.Section(new(
                "azuread.OAuthConfig",
                [new("client_id", ValueKind.Text), new("client_secret", ValueKind.Secret), new("tenant_id", ValueKind.Text)]))),
            new("sdk", ValueKind.Section(new("azuread.SDKConfig", [new("tenant_id", ValueKind.Text)]))),
            new("cloud", ValueKind.Text) { Default = "AzurePublic" },
            new("scope", ValueKind.Text),
        ]);

    private static readonly ConfigShape GoogleIam = new("googleiam.Config", [new("credentials_file", ValueKind.File)]);

    private static readonly ConfigShape Queue = new(
        "config.QueueConfig",
        [
            new("capacity", ValueKind.Int) { Default = 10_000L },
            new("max_shards", ValueKind.Int) { Default = 50L },
            new("min_shards", ValueKind.Int) { Default = 1L },
            new("max_samples_per_send", ValueKind.Int) { Default = 2_000L },
            new("batch_send_deadline", ValueKind.Duration) { Default = TimeSpan.FromSeconds(5) },
            new("min_backoff", ValueKind.Duration) { Default = TimeSpan.FromMilliseconds(30) },
            new("max_backoff", ValueKind.Duration) { Default = TimeSpan.FromSeconds(5) },
            new("retry_on_http_429", ValueKind.Flag),
            new("sample_age_limit", ValueKind.Duration),
        ],
        CheckQueue);

    private static readonly ConfigShape SentMetadata = new(
        "config.MetadataConfig",
        [
            new("send", ValueKind.Flag) { Default = true, Always = true },
            new("send_interval", ValueKind.Duration) { Default = TimeSpan.FromMinutes(1), Always = true },
            new("max_samples_per_send", ValueKind.Int) { Default = 2_000L },
        ]);

    internal static readonly ConfigShape RemoteWrite = new(
        "config.plain",
        [
            new("url", ValueKind.Url) { Always = true },
            new("remote_timeout", ValueKind.Duration) { Default = TimeSpan.FromSeconds(30) },
            new("headers", ValueKind.TextMap),
            new("write_relabel_configs", ValueKind.Sections(ScrapeShapes.Relabel, "empty or null relabeling rule in remote write config")),
            new("name", ValueKind.Text),
            new("send_exemplars", ValueKind.Flag),
            new("send_native_histograms", ValueKind.Flag),
            new("round_robin_dns", ValueKind.Flag) { Caveat = (KeyUse.Ignored, "connections are spread by the resolver's own order") },
            new("protobuf_message", ValueKind.Text) { Default = "prometheus.WriteRequest" },
            .. HttpShapes.Fields(http2: false),
            new("queue_config", ValueKind.Section(Queue)) { Default = new ConfigSection(Queue, string.Empty, 0, "queue_config") },
            new("metadata_config", ValueKind.Section(SentMetadata)) { Default = new ConfigSection(SentMetadata, string.Empty, 0, "metadata_config") },
            new("sigv4", ValueKind.Section(SigV4)) { Caveat = NoCloudIdentity },
            new("azuread", ValueKind.Section(AzureAd)) { Caveat = NoCloudIdentity },
            new("google_iam", ValueKind.Section(GoogleIam)) { Caveat = NoCloudIdentity },
        ],
        CheckRemoteWrite);

    private static readonly ConfigShape RemoteRead = new(
        "config.plain",
        [
            new("url", ValueKind.Url) { Always = true },
            new("remote_timeout", ValueKind.Duration) { Default = TimeSpan.FromMinutes(1) },
            new("chunked_read_limit", ValueKind.Uint) { Default = 50_000_000L },
            new("headers", ValueKind.TextMap),
            new("read_recent", ValueKind.Flag),
            new("name", ValueKind.Text),
            .. HttpShapes.Fields(),
            new("required_matchers", ValueKind.TextMap),
            new("filter_external_labels", ValueKind.Flag) { Default = true, Always = true },
        ],
        section =>
        {
            RequireUrl(section, "url for remote_read is empty");
            HttpShapes.CheckReserved(section, HeaderProblem);
            HttpShapes.Check(section);
        });

    private static readonly ConfigShape Alertmanager = new(
        "config.AlertmanagerConfig",
        [
            .. HttpShapes.Fields(),
            new("sigv4", ValueKind.Section(SigV4)),
            new("scheme", ValueKind.Text) { Default = "http" },
            new("path_prefix", ValueKind.Text),
            new("timeout", ValueKind.Duration) { Default = TimeSpan.FromSeconds(10) },
            new("api_version", ValueKind.Checked(version =>
                version == "v2" ? null : $"expected Alertmanager api version to be one of [v2] but got {version}")) { Default = "v2", Always = true },
            new("relabel_configs", ValueKind.Sections(ScrapeShapes.Relabel, "empty or null Alertmanager target relabeling rule")),
            new("alert_relabel_configs", ValueKind.Sections(ScrapeShapes.Relabel, "empty or null Alertmanager alert relabeling rule")),
            .. DiscoveryShapes.Fields(),
        ],
        CheckAlertmanager);

    private static readonly ConfigShape Alerting = new(
        "config.plain",
        [
            new("alert_relabel_configs", ValueKind.Sections(ScrapeShapes.Relabel, "empty or null alert relabeling rule")),
            new("alertmanagers", ValueKind.Sections(Alertmanager, "empty or null Alertmanager config section")),
        ]);

    private static readonly ConfigShape Retention = new(
        "config.TSDBRetentionConfig",
        [
            new("time", ValueKind.Duration),
            new("size", ValueKind.Size),
            new("percentage", ValueKind.Real) { Caveat = (KeyUse.Unavailable, "blocks may take bytes, not a share of the disk: give a size") },
        ],
        CheckRetention);

    private static readonly ConfigShape ChunkEncoding = new(
        "config.ChunkEncodingConfig",
        [
            new("floats", ValueKind.Checked(encoding =>
                encoding is "xor" or "xor2" ? null : $"invalid chunk encoding {GoText.Quote(encoding)}, valid options: xor, xor2")),
        ]);

    private static readonly ConfigShape Tsdb = new(
        "config.plain",
        [
            new("out_of_order_time_window", ValueKind.Duration),
            new("stale_series_compaction_threshold", ValueKind.Real)
            {
                Caveat = (KeyUse.Ignored, "a series that has ended leaves memory with the next block"),
            },
            new("retention", ValueKind.Section(Retention)),
            new("chunk_encoding", ValueKind.Section(ChunkEncoding))
            {
                Caveat = (KeyUse.Ignored, "every chunk gets the smallest of several encodings"),
            },
        ]);

    private static readonly ConfigShape Storage = new(
        "config.StorageConfig",
        [
            new("tsdb", ValueKind.Section(Tsdb)),
            new("exemplars", ValueKind.Section(new("config.ExemplarsConfig", [new("max_exemplars", ValueKind.Int) { Default = 100_000L }]))),
        ]);

    private static readonly ConfigShape Tracing = new(
        "config.plain",
        [
            new("client_type", ValueKind.Checked(type =>
                type is "http" or "grpc" ? null : $"expected tracing client type to be to be http or grpc, but got {type}")) { Default = "grpc" },
            new("endpoint", ValueKind.Text),
            new("sampling_fraction", ValueKind.Real),
            new("insecure", ValueKind.Flag),
            new("tls_config", ValueKind.Section(HttpShapes.Tls)),
            new("headers", ValueKind.TextMap),
            new("compression", ValueKind.Text),
            new("timeout", ValueKind.Duration),
        ],
        CheckTracing);

    private static readonly ConfigShape Otlp = new(
        "config.plain",
        [
            new("promote_all_resource_attributes", ValueKind.Flag),
            new("promote_resource_attributes", ValueKind.Texts),
            new("ignore_resource_attributes", ValueKind.Texts),
            new("translation_strategy", ValueKind.Text) { Default = "UnderscoreEscapingWithSuffixes" },
            new("keep_identifying_resource_attributes", ValueKind.Flag),
            new("convert_histograms_to_nhcb", ValueKind.Flag),
            new("promote_scope_metadata", ValueKind.Flag),
            new("label_name_underscore_sanitization", ValueKind.Flag) { Default = true, Always = true },
            new("label_name_preserve_multiple_underscores", ValueKind.Flag) { Default = true, Always = true },
        ],
        CheckOtlp);

    private static readonly ConfigShape Runtime = new("config.RuntimeConfig", [new("gogc", ValueKind.Int) { Default = 75L }]);

    /// <summary>The whole file.</summary>
    public static readonly ConfigShape Root = new(
        "config.plain",
        [
            new("global", ValueKind.Section(ScrapeShapes.Global)) { Default = ScrapeInheritance.GlobalDefault() },
            new("runtime", ValueKind.Section(Runtime))
            {
                Default = new ConfigSection(Runtime, string.Empty, 0, "runtime"),
                Caveat = (KeyUse.Ignored, "it tunes the garbage collector of Go"),
            },
            new("alerting", ValueKind.Section(Alerting)) { Caveat = (KeyUse.Unavailable, "alerts are not sent to Alertmanagers yet") },
            new("rule_files", ValueKind.CheckedFiles(pattern =>
                PathGlob.IsFilePattern(pattern) ? null : $"invalid rule file path {GoText.Quote(pattern)}"))
            {
                Caveat = (KeyUse.Unavailable, "rules can be checked and tested, but are not evaluated yet"),
            },
            new("scrape_config_files", ValueKind.CheckedFiles(pattern =>
                PathGlob.IsFilePattern(pattern) ? null : $"invalid scrape config file path {GoText.Quote(pattern)}")),
            new("scrape_configs", ValueKind.Sections(ScrapeShapes.Scrape, "empty or null scrape config section")),
            new("storage", ValueKind.Section(Storage)),
            new("tracing", ValueKind.Section(Tracing)) { Caveat = (KeyUse.Unavailable, "traces are not exported") },
            new("remote_write", ValueKind.Sections(RemoteWrite, "empty or null remote write config section")),
            new("remote_read", ValueKind.Sections(RemoteRead, "empty or null remote read config section"))
            {
                Caveat = (KeyUse.Unavailable, "other servers are not asked yet"),
            },
            new("otlp", ValueKind.Section(Otlp))
            {
                Default = new ConfigSection(Otlp, string.Empty, 0, "otlp"),
                Caveat = (KeyUse.Unavailable, "OTLP is not received yet"),
            },
        ],
        CheckRoot);

    private static void CheckRoot(ConfigSection root)
    {
        ConfigSection global = root.Section("global")!;
        ScrapeInheritance.CompleteScrapeConfigs(root.Sections("scrape_configs"), global);
        bool legacy = global.Text("metric_name_validation_scheme") == "legacy";
        NameValidation names = legacy ? NameValidation.Legacy : NameValidation.Utf8;
        if (root.Section("alerting") is { } alerting)
        {
            RelabelSections.Check(alerting.Sections("alert_relabel_configs"), names);
            foreach (ConfigSection alertmanager in alerting.Sections("alertmanagers"))
            {
                RelabelSections.Check(alertmanager.Sections("alert_relabel_configs"), names);
                RelabelSections.Check(alertmanager.Sections("relabel_configs"), names);
            }
        }

        RequireUniqueNames(root, "remote_write", "found multiple remote write configs with job name");
        foreach (ConfigSection write in root.Sections("remote_write"))
        {
            RelabelSections.Check(write.Sections("write_relabel_configs"), names);
        }

        RequireUniqueNames(root, "remote_read", "found multiple remote read configs with job name");
        ConfigSection otlp = root.Section("otlp")!;
        string strategy = otlp.Text("translation_strategy");
        if (strategy is "NoTranslation" or "NoUTF8EscapingWithSuffixes" && legacy)
        {
            throw otlp.Fail($"OTLP translation strategy {GoText.Quote(strategy)} is not allowed when UTF8 is disabled", "translation_strategy");
        }

        if (strategy is not ("" or "UnderscoreEscapingWithSuffixes" or "UnderscoreEscapingWithoutSuffixes" or "NoTranslation" or "NoUTF8EscapingWithSuffixes"))
        {
            throw otlp.Fail($"unsupported OTLP translation strategy {GoText.Quote(strategy)}", "translation_strategy");
        }
    }

    private static void RequireUniqueNames(ConfigSection root, string key, string problem)
    {
        var seen = new HashSet<string>();
        foreach (ConfigSection section in root.Sections(key))
        {
            string name = section.Text("name");
            if (name.Length > 0 && !seen.Add(name))
            {
                throw section.Fail($"{problem} {GoText.Quote(name)}", "name");
            }
        }
    }

    private static void RequireUrl(ConfigSection section, string problem)
    {
        if (section.IsZero("url"))
        {
            throw section.Fail(problem, "url");
        }
    }

    private static void CheckRemoteWrite(ConfigSection section)
    {
        RequireUrl(section, "url for remote_write is empty");
        HttpShapes.CheckReserved(section, HeaderProblem);
        string message = section.Text("protobuf_message");
        if (message is not ("prometheus.WriteRequest" or "io.prometheus.write.v2.Request"))
        {
            throw section.Fail(
                $"invalid protobuf_message value: unknown type for remote write protobuf message {message}, "
                + "supported: prometheus.WriteRequest, io.prometheus.write.v2.Request",
                "protobuf_message");
        }

        HttpShapes.Check(section);
        string[] kinds = ["basic_auth", "authorization", "oauth2", "sigv4", "azuread", "google_iam"];
        string[] configured = [.. kinds.Where(kind => section.Section(kind) is not null)];
        if (configured.Length > 1)
        {
            throw section.Fail(
                "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be configured. "
                + $"Currently configured: [{string.Join(' ', configured)}]",
                configured[^1]);
        }
    }

    private static void CheckQueue(ConfigSection queue)
    {
        foreach (string key in (ReadOnlySpan<string>)["max_shards", "min_shards", "max_samples_per_send", "capacity"])
        {
            if (queue.Number(key) <= 0)
            {
                throw queue.Fail($"remote write queue {key} must be positive", key);
            }
        }

        if (queue.Duration("max_backoff") < queue.Duration("min_backoff"))
        {
            throw queue.Fail("remote write queue max_backoff must not be less than min_backoff", "max_backoff");
        }
    }

    private static void CheckAlertmanager(ConfigSection section)
    {
        HttpShapes.Check(section);
        bool authorized = section.Section("basic_auth") is not null || section.Section("authorization") is not null || section.Section("oauth2") is not null;
        if (authorized && section.Section("sigv4") is not null)
        {
            throw section.Fail("at most one of basic_auth, authorization, oauth2, & sigv4 must be configured", "sigv4");
        }

        DiscoveryShapes.CheckStaticTargets(section);
    }

    private static void CheckRetention(ConfigSection section)
    {
        if (section.Number("size") < 0)
        {
            throw section.Fail("'storage.tsdb.retention.size' must be greater than or equal to 0", "size");
        }

        if (section.Real("percentage") is not (>= 0 and <= 100))
        {
            throw section.Fail("'storage.tsdb.retention.percentage' must be in the range [0, 100]", "percentage");
        }
    }

    private static void CheckTracing(ConfigSection section)
    {
        HttpShapes.CheckReserved(section, "custom authorization header configuration is not yet supported");
        if (section.IsZero("endpoint"))
        {
            throw section.Fail("tracing endpoint must be set", "endpoint");
        }

        if (section.Text("compression") is not ("" or "gzip"))
        {
            throw section.Fail($"invalid compression type {section.Text("compression")} provided, valid options: gzip", "compression");
        }
    }

    private static void CheckOtlp(ConfigSection section)
    {
        if (section.Flag("promote_all_resource_attributes"))
        {
            if (!section.IsZero("promote_resource_attributes"))
            {
                throw section.Fail(
                    "'promote_all_resource_attributes' and 'promote_resource_attributes' cannot be configured simultaneously",
                    "promote_resource_attributes");
            }

            TidyAttributes(section, "ignore_resource_attributes", "ignored");
        }
        else
        {
            if (!section.IsZero("ignore_resource_attributes"))
            {
                throw section.Fail(
                    "'ignore_resource_attributes' cannot be configured unless 'promote_all_resource_attributes' is true",
                    "ignore_resource_attributes");
            }

            TidyAttributes(section, "promote_resource_attributes", "promoted");
        }
    }

    private static void TidyAttributes(ConfigSection section, string key, string what)
    {
        var tidy = new List<object?>();
        var problems = new List<string>();
        foreach (string attribute in section.Texts(key))
        {
            string trimmed = attribute.Trim();
            if (trimmed.Length == 0)
            {
                problems.Add($"empty {what} OTel resource attribute");
            }
            else if (tidy.Contains(trimmed))
            {
                problems.Add($"duplicated {what} OTel resource attribute {GoText.Quote(trimmed)}");
            }
            else
            {
                tidy.Add(trimmed);
            }
        }

        if (problems.Count > 0)
        {
            throw section.Fail($"invalid '{key}': {string.Join('\n', problems)}", key);
        }

        section.Set(key, tidy);
    }
}
