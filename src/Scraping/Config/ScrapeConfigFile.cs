using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Reads prometheus.yml. The one way in: nothing else knows its keys.</summary>
/// <remarks>
/// Only the file itself and what <c>scrape_config_files</c> matches are opened; files of secrets, certificates and rules are not.
/// Environment variables are filled into the values of <c>external_labels</c> alone, as Prometheus does: elsewhere <c>${1}</c> and
/// kin have a meaning of their own (groups of a regex), or have always been plain text (passwords).
/// </remarks>
public static class ScrapeConfigFile
{
    private static readonly System.Text.UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Loads a file and the scrape configs of the files it names.</summary>
    /// <param name="path">The file, named in errors as given here. Relative paths in it are seen from its directory.</param>
    /// <param name="environment">Values of environment variables; null = those of this process.</param>
    /// <exception cref="ConfigException">Refused: the message names file, line and key.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static PrometheusConfig Load(string path, Func<string, string?>? environment = null) => Parse(ReadTexts(path), path, environment);

    /// <summary>Reads the texts of a file and of the files of scrape configs it names.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ConfigException">The file is refused, so that it is unknown what it names.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    public static ConfigurationText ReadTexts(string path)
    {
        string main = ReadText(path);
        string directory = DirectoryOf(path);
        return new ConfigurationText(main, [.. Parse(main, path).Root.Texts("scrape_config_files").SelectMany(PathGlob.Expand).Select(
            file => new NamedText(Path.GetRelativePath(directory, Path.GetFullPath(file)), ReadText(file)))]);
    }

    /// <summary>Reads a configuration out of its texts; no file is opened.</summary>
    /// <param name="texts">All of them.</param>
    /// <param name="name">Path of prometheus.yml, named in errors; relative paths are seen from its directory.</param>
    /// <param name="environment">Values of environment variables; null = those of this process.</param>
    /// <exception cref="ConfigException">Refused: the message names file, line and key.</exception>
    public static PrometheusConfig Parse(ConfigurationText texts, string name, Func<string, string?>? environment = null)
    {
        PrometheusConfig config = Parse(texts.Main, name, environment);
        if (texts.ScrapeFiles.Count == 0)
        {
            return config;
        }

        var jobs = config.ScrapeConfigs.ToDictionary(job => job.JobName, _ => "main config file");
        var scrapes = new List<ScrapeConfig>(config.ScrapeConfigs);
        var sections = new List<ConfigSection>();
        foreach ((string relative, string text) in texts.ScrapeFiles)
        {
            string file = Path.GetFullPath(relative, DirectoryOf(name));
            foreach (ConfigSection section in ScrapeFile(file, text, config))
            {
                string job = section.Text("job_name");
                if (!jobs.TryAdd(job, GoText.Quote(file)))
                {
                    throw section.Fail($"found multiple scrape configs with job name {GoText.Quote(job)}, first found in {jobs[job]}", "job_name");
                }

                sections.Add(section);
                scrapes.Add(ScrapeConfig.From(section));
            }
        }

        return config with { ScrapeConfigs = scrapes, ScrapeFileSections = sections };
    }

    /// <summary>Loads a file alone: <c>scrape_config_files</c> are not followed.</summary>
    /// <inheritdoc cref="Load"/>
    public static PrometheusConfig LoadAlone(string path, Func<string, string?>? environment = null) => Parse(ReadText(path), path, environment);

    /// <summary>Reads the text of a file without opening anything: <c>scrape_config_files</c> are not followed.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">Path of the file, named in errors; relative paths are seen from its directory.</param>
    /// <param name="environment">Values of environment variables; null = those of this process.</param>
    /// <exception cref="ConfigException">Refused: the message names file, line and key.</exception>
    public static PrometheusConfig Parse(string text, string name, Func<string, string?>? environment = null)
    {
        var report = new ConfigReport();
        ConfigSection root = ReadSection(text, name, ServerShapes.Root, report);
        ConfigSection global = root.Section("global")!;
        ExpandExternalLabels(global, environment ?? Environment.GetEnvironmentVariable);
        NameValidation names = global.Text("metric_name_validation_scheme") == "legacy" ? NameValidation.Legacy : NameValidation.Utf8;
        Labels externalLabels = DiscoveryConfigs.LabelsOf(global.TextsByName("external_labels"));
        return new PrometheusConfig(root)
        {
            File = name,
            Global = new GlobalConfig
            {
                ScrapeInterval = global.Duration("scrape_interval"),
                ScrapeTimeout = global.Duration("scrape_timeout"),
                EvaluationInterval = global.Duration("evaluation_interval"),
                RuleQueryOffset = global.Duration("rule_query_offset"),
                ExternalLabels = externalLabels,
                NameValidation = names,
            },
            ScrapeConfigs = [.. root.Sections("scrape_configs").Select(ScrapeConfig.From)],
            RuleFiles = root.Texts("rule_files"),
            Alerting = AlertingOf(root.Section("alerting"), names),
            RemoteWrite = [.. root.Sections("remote_write").Select(section => RemoteWriteConfig.From(section, externalLabels, names))],
            Storage = StorageOf(root.Section("storage")),
            Report = report,
        };
    }

    /// <summary>Relabelling rules out of a YAML list by itself, as <c>relabel_configs</c> holds it.</summary>
    /// <exception cref="ConfigException">Refused.</exception>
    public static IReadOnlyList<RelabelRule> ParseRelabelRules(string text, string name)
    {
        var shape = new ConfigShape("config.plain", [new("rules", ValueKind.Sections(ScrapeShapes.Relabel, "empty or null relabeling rule"))]);
        var binder = new ConfigBinder(name, string.Empty, new ConfigReport());
        YamlNode? root = ConfigYaml.Read(text, name, out _);
        if (root is null || root.IsNull)
        {
            return [];
        }

        object? sections = shape.Fields[0].Kind.Read(root, "rules", binder);
        binder.ThrowOnMisfits();
        return RelabelSections.RelabellerOf([.. ((IReadOnlyList<object?>)sections!).Cast<ConfigSection>()], NameValidation.Utf8).Rules;
    }

    private static ConfigSection ReadSection(string text, string name, ConfigShape shape, ConfigReport report)
    {
        string directory = Path.GetDirectoryName(name) ?? string.Empty;
        var binder = new ConfigBinder(name, directory, report);
        YamlNode? root = ConfigYaml.Read(text, name, out bool moreDocuments);
        if (moreDocuments)
        {
            binder.Note(0, "---", (KeyUse.Ignored, "only the first document of a file is read"));
        }

        ConfigSection? section = root is null || root.IsNull
            ? new ConfigSection(shape, name, 0, string.Empty)
            : (ConfigSection?)new SectionKind(shape).Read(root, string.Empty, binder);
        binder.ThrowOnMisfits();
        return section!;
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? Path.GetFullPath(path);

    private static IReadOnlyList<ConfigSection> ScrapeFile(string file, string text, PrometheusConfig config)
    {
        ConfigSection root = ReadSection(text, file, ScrapeShapes.ScrapeFile, config.Report);
        IReadOnlyList<ConfigSection> scrapes = root.Sections("scrape_configs");
        ScrapeInheritance.CompleteScrapeConfigs(scrapes, config.Root.Section("global")!);
        return scrapes;
    }

    // Ends soon after the limit, so that a device or an endless file ends in an error, not in memory.
    private static string ReadText(string path)
    {
        using var reader = new StreamReader(path, StrictUtf8);
        var text = new System.Text.StringBuilder();
        char[] buffer = new char[16 * 1024];
        int read;
        try
        {
            while (text.Length <= YamlReader.CharsMax && (read = reader.Read(buffer)) > 0)
            {
                text.Append(buffer, 0, read);
            }
        }
        catch (System.Text.DecoderFallbackException)
        {
            int line = 1 + text.ToString().Count(c => c == '\n');
            throw new ConfigException(path, line, string.Empty, $"yaml: invalid UTF-8 in or after line {line}");
        }

        return text.ToString();
    }

    private static void ExpandExternalLabels(ConfigSection global, Func<string, string?> environment)
    {
        if (!global.IsZero("external_labels"))
        {
            global.Set(
                "external_labels",
                global.TextsByName("external_labels")
                    .Select(label => KeyValuePair.Create(label.Key, (object?)EnvironmentText.Expand(label.Value, environment)))
                    .ToArray());
        }
    }

    private static AlertingConfig AlertingOf(ConfigSection? alerting, NameValidation names) => alerting is null
        ? new AlertingConfig(Relabeller.None, [])
        : new AlertingConfig(
            RelabelSections.RelabellerOf(alerting.Sections("alert_relabel_configs"), names),
            [
                .. alerting.Sections("alertmanagers").Select(section => new AlertmanagerConfig
                {
                    Scheme = section.Text("scheme"),
                    PathPrefix = section.Text("path_prefix"),
                    Timeout = section.Duration("timeout"),
                    Http = HttpClientConfig.From(section),
                    TargetRelabelling = RelabelSections.RelabellerOf(section.Sections("relabel_configs"), names),
                    AlertRelabelling = RelabelSections.RelabellerOf(section.Sections("alert_relabel_configs"), names),
                    Discoveries = DiscoveryConfigs.From(section),
                }),
            ]);

    private static StorageConfig StorageOf(ConfigSection? storage)
    {
        ConfigSection? tsdb = storage?.Section("tsdb");
        ConfigSection? retention = tsdb?.Section("retention");
        ConfigSection? exemplars = storage?.Section("exemplars");
        return new StorageConfig(
            tsdb?.IsSet("out_of_order_time_window") == true ? tsdb.Duration("out_of_order_time_window") : null,
            retention?.IsSet("time") == true ? retention.Duration("time") : null,
            retention?.IsSet("size") == true ? retention.Number("size") : null,
            retention?.IsSet("percentage") == true ? retention.Real("percentage") : null,
            exemplars?.IsSet("max_exemplars") == true ? exemplars.Number("max_exemplars") : null);
    }
}
