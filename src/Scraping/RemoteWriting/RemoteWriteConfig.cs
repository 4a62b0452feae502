using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>One destination of samples: an entry of <c>remote_write</c>, with everything it inherits filled in.</summary>
public sealed record RemoteWriteConfig
{
    private static readonly string[] CloudIdentities = ["sigv4", "azuread", "google_iam"];

    /// <summary>Absolute; may hold a password, so it is not to be printed (<see cref="ToString"/> may).</summary>
    public required string Url { get; init; }

    /// <summary>Unique among destinations: as the file names it, else made of everything the entry says.</summary>
    public required string Name { get; init; }

    /// <summary>Of one request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Which message is sent.</summary>
    public RemoteWriteVersion Version { get; init; }

    /// <summary>Headers of every request; they hold no secrets.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Credentials, TLS, proxy.</summary>
    public HttpClientConfig Http { get; init; } = HttpClientConfig.Default;

    /// <summary>Added to every series that has no such label.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    /// <summary>Applied after external labels are added.</summary>
    public Relabeller Relabelling { get; init; } = Relabeller.None;

    /// <summary>Whether exemplars go along.</summary>
    public bool SendExemplars { get; init; }

    /// <summary>Whether native histograms go along.</summary>
    public bool SendHistograms { get; init; }

    /// <summary>How samples wait and are tried again.</summary>
    public SendQueueConfig Queue { get; init; } = new();

    /// <summary>How often what is known of metric families is looked up and sent; null where it is not.</summary>
    public TimeSpan? MetadataInterval { get; init; }

    /// <summary>Whether metadata goes in requests of its own; 2.0 has it beside each series.</summary>
    public bool SendsMetadataApart => Version == RemoteWriteVersion.First;

    /// <summary>Families in a request of metadata at most.</summary>
    public int MetadataPerSend { get; init; } = 2_000;

    /// <summary>Why nothing can be sent there, or null: it asks for a way of signing requests that is missing here.</summary>
    public string? Hindrance { get; init; }

    /// <summary>Everything the entry says, so that a reload knows whether it is the same.</summary>
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>The name and the URL without its password.</summary>
    public override string ToString() => $"{Name} ({UrlText.Redact(Url)})";

    internal static RemoteWriteConfig From(ConfigSection section, Labels externalLabels, NameValidation names)
    {
        string fingerprint = YamlWriter.Write(new SectionKind(ServerShapes.RemoteWrite).Plain(section));
        ConfigSection metadata = section.Section("metadata_config")!;
        return new RemoteWriteConfig
        {
            Url = section.Text("url"),
            Name = section.Text("name") is { Length: > 0 } name ? name : NameOf(fingerprint),
            Timeout = section.Duration("remote_timeout"),
            Version = section.Text("protobuf_message") == "io.prometheus.write.v2.Request" ? RemoteWriteVersion.Second : RemoteWriteVersion.First,
            Headers = section.TextsByName("headers"),
            Http = HttpClientConfig.From(section),
            ExternalLabels = externalLabels,
            Relabelling = RelabelSections.RelabellerOf(section.Sections("write_relabel_configs"), names),
            SendExemplars = section.Flag("send_exemplars"),
            SendHistograms = section.Flag("send_native_histograms"),
            Queue = SendQueueConfig.From(section.Section("queue_config")!),
            MetadataInterval = metadata.Flag("send") ? metadata.Duration("send_interval") : null,
            MetadataPerSend = (int)Math.Clamp(metadata.Number("max_samples_per_send"), 1, SendQueueConfig.SamplesPerSendMax),
            Hindrance = Array.Find(CloudIdentities, key => section.Section(key) is not null) is { } cloud ? $"{cloud} is not available yet" : null,
            Fingerprint = fingerprint + externalLabels,
        };
    }

    // Six hex digits, as Prometheus names destinations without a name.
    private static string NameOf(string fingerprint) =>
        (XxHash64.Of(System.Text.Encoding.UTF8.GetBytes(fingerprint)) & 0xFF_FFFF).ToString("x6", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>How samples of one destination wait and are tried again.</summary>
public sealed record SendQueueConfig
{
    /// <summary>What a file may ask for at most; more makes a request that receivers refuse.</summary>
    public const int SamplesPerSendMax = 100_000;

    /// <summary>Samples that wait in the memory of one lane at most; beyond, they are read from storage when the receiver has caught up.</summary>
    public const int CapacityMax = 1_000_000;

    /// <summary>Samples that wait in the memory of one lane.</summary>
    public int Capacity { get; init; } = 10_000;

    /// <summary>Requests under way at once at most.</summary>
    public int LanesMax { get; init; } = 50;

    /// <summary>Samples of a request at most.</summary>
    public int SamplesPerSend { get; init; } = 2_000;

    /// <summary>How long a sample waits for a request to fill up.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause after a first failure; it doubles with each further one.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>The longest pause.</summary>
    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether "429 Too Many Requests" is tried again.</summary>
    public bool RetryOn429 { get; init; }

    /// <summary>Samples older than this are not sent any more; zero for no limit.</summary>
    public TimeSpan AgeMax { get; init; }

    internal static SendQueueConfig From(ConfigSection section)
    {
        int perSend = (int)Math.Min(section.Number("max_samples_per_send"), SamplesPerSendMax);
        return new SendQueueConfig
        {
            Capacity = (int)Math.Clamp(section.Number("capacity"), perSend, CapacityMax),
            LanesMax = (int)Math.Min(section.Number("max_shards"), int.MaxValue),
            SamplesPerSend = perSend,
            Deadline = section.Duration("batch_send_deadline"),
            BackoffMin = section.Duration("min_backoff"),
            BackoffMax = section.Duration("max_backoff"),
            RetryOn429 = section.Flag("retry_on_http_429"),
            AgeMax = section.Duration("sample_age_limit"),
        };
    }
}
