using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>A whole prometheus.yml, read and checked, defaults and inheritance applied. Immutable.</summary>
public sealed record PrometheusConfig
{
    internal PrometheusConfig(ConfigSection root) => Root = root;

    /// <summary>The file as it was named.</summary>
    public required string File { get; init; }

    /// <summary>The global section.</summary>
    public required GlobalConfig Global { get; init; }

    /// <summary>All jobs, in the order of the file; those of <c>scrape_config_files</c> follow.</summary>
    public required IReadOnlyList<ScrapeConfig> ScrapeConfigs { get; init; }

    /// <summary>Patterns of rule files, seen from the directory of the file. They are not opened; <see cref="ExpandRuleFiles"/> finds what they match.</summary>
    public required IReadOnlyList<string> RuleFiles { get; init; }

    /// <summary>Where alerts go.</summary>
    public required AlertingConfig Alerting { get; init; }

    /// <summary>What the storage is told.</summary>
    public required StorageConfig Storage { get; init; }

    /// <summary>Where samples are forwarded.</summary>
    public required IReadOnlyList<RemoteWriteConfig> RemoteWrite { get; init; }

    /// <summary>Other servers to be asked: keys as in the file.</summary>
    public IReadOnlyList<ConfigSection> RemoteRead => Root.Sections("remote_read");

    /// <summary>Where traces are to go: keys as in the file; null where absent.</summary>
    public ConfigSection? Tracing => Root.Section("tracing");

    /// <summary>How OTLP is received: keys as in the file.</summary>
    public ConfigSection Otlp => Root.Section("otlp")!;

    /// <summary>The tuning of Go's runtime, which means nothing here: keys as in the file.</summary>
    public ConfigSection Runtime => Root.Section("runtime")!;

    /// <summary>What became of every key.</summary>
    public required ConfigReport Report { get; init; }

    internal ConfigSection Root { get; }

    /// <summary>The sections of <c>scrape_config_files</c>.</summary>
    internal IReadOnlyList<ConfigSection> ScrapeFileSections { get; init; } = [];

    /// <summary>The configuration that holds, as YAML: defaults filled in, secrets hidden. What <c>/api/v1/status/config</c> shows.</summary>
    public string ToYaml() => YamlWriter.Write(new SectionKind(ServerShapes.Root).Plain(Root));

    /// <summary>The configuration of one job, likewise; null where there is no such job.</summary>
    public string? ToYaml(string job) =>
        Root.Sections("scrape_configs").Concat(ScrapeFileSections).FirstOrDefault(section => section.Text("job_name") == job) is { } found
            ? YamlWriter.Write(new SectionKind(ScrapeShapes.Scrape).Plain(found))
            : null;

    /// <summary>The rule files that exist now, in order of patterns and names.</summary>
    public IReadOnlyList<string> ExpandRuleFiles() => [.. RuleFiles.SelectMany(PathGlob.Expand)];

    /// <summary>Two configurations are equal where they say the same.</summary>
    public bool Equals(PrometheusConfig? other) => other is not null && ToYaml() == other.ToYaml();

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToYaml());

    /// <inheritdoc/>
    public override string ToString() => ToYaml();
}

/// <summary>What holds for all jobs unless they say otherwise.</summary>
public sealed record GlobalConfig
{
    public required TimeSpan ScrapeInterval { get; init; }

    public required TimeSpan ScrapeTimeout { get; init; }

    public required TimeSpan EvaluationInterval { get; init; }

    /// <summary>How far in the past rules are evaluated.</summary>
    public required TimeSpan RuleQueryOffset { get; init; }

    /// <summary>Added to what leaves the server; environment variables are filled in. A label whose value came out empty is absent.</summary>
    public required Labels ExternalLabels { get; init; }

    public required NameValidation NameValidation { get; init; }
}

/// <summary>Where alerts go.</summary>
/// <param name="AlertRelabelling">Applied to alerts before they are sent.</param>
/// <param name="Alertmanagers">The receivers.</param>
public sealed record AlertingConfig(Relabeller AlertRelabelling, IReadOnlyList<AlertmanagerConfig> Alertmanagers);

/// <summary>A group of Alertmanagers.</summary>
public sealed record AlertmanagerConfig
{
    public required string Scheme { get; init; }

    public required string PathPrefix { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required HttpClientConfig Http { get; init; }

    /// <summary>Applied to their targets.</summary>
    public required Relabeller TargetRelabelling { get; init; }

    /// <summary>Applied to alerts sent to them.</summary>
    public required Relabeller AlertRelabelling { get; init; }

    public required IReadOnlyList<DiscoveryConfig> Discoveries { get; init; }
}

/// <summary>What the storage is told; null = the file does not say.</summary>
/// <param name="OutOfOrderWindow">How late samples may come.</param>
/// <param name="RetentionTime">How long samples are kept.</param>
/// <param name="RetentionBytes">How many bytes of blocks are kept.</param>
/// <param name="RetentionPercentage">How much of the disk blocks may take, 0 to 100.</param>
/// <param name="ExemplarsMax">Exemplars kept.</param>
public sealed record StorageConfig(
    TimeSpan? OutOfOrderWindow, TimeSpan? RetentionTime, long? RetentionBytes, double? RetentionPercentage, long? ExemplarsMax);
