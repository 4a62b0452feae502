using System.Globalization;
using System.Numerics;
using Pleiad.Model;

namespace Pleiad.Node;

/// <summary>All flags of <c>pleiad run</c>. Names and meanings are Prometheus 3's where it has them.</summary>
internal static class FlagTable
{
    private const string WithoutEffect = "accepted so that existing command lines keep working; without effect: ";
    private const string NoGo = "there is no Go runtime";
    private const string NoConsoles = "console templates are not served";
    private const string OwnJournal = "the journal has its own encoding";
    private const string OwnFiles = "the files of the data directory have a layout of their own";
    private const string NoRules = "rules are not evaluated yet";
    private const string NoNotifications = "notifications are not sent yet";
    private const string RemoteReadLimits = "the limits of remote read are keys of pleiad.web.remote-read";
    private const string NoAgent = "there is no agent mode: without it, samples are stored here";

    /// <summary>Every flag that is taken, the ones without effect and the ones refused with a reason among them.</summary>
    public static readonly IReadOnlyList<Flag> All =
    [
        Text("config.file", "Prometheus configuration file. Default: ./prometheus.yml where there is one, else the node scrapes itself.",
            (s, v) => s with { ConfigFile = v }, s => s.ConfigFile),
        Text("conf", "HOCON file with Pleiad's own settings (hocon/reference.conf lists every key).", (s, _) => s, _ => string.Empty),
        Text("storage.path", "Data directory.",
            (s, v) => s with { Storage = s.Storage with { Path = v } }, s => s.Storage.Path) with { Alias = "storage.tsdb.path" },
        Text("storage.tsdb.retention.time", "How long samples are kept (15d, 1y; 0 for ever).",
            (s, v) => s with { Storage = s.Storage with { Retention = Retention(v) } }, s => PrometheusDuration.Format(s.Storage.Retention)),
        Text("storage.tsdb.retention.size", "Bytes that all blocks and the journal may take (512MB, 1GB; 0 for no limit); looked at every 5 minutes.",
            (s, v) => s with { Storage = s.Storage with { RetentionBytesMax = Size(v) } }, s => s.Storage.RetentionBytesMax.ToString(CultureInfo.InvariantCulture) + "B"),
        Text("storage.shards", "Shards of a new data directory, a power of two.",
            (s, v) => s with { Storage = s.Storage with { Shards = PowerOfTwo(v) } }, s => Number(s.Storage.Shards)),
        Many("web.listen-address", "Address to listen on, host:port; may be repeated.",
            (s, v) => s with { Web = s.Web with { ListenAddresses = v } }, s => string.Join(',', s.Web.ListenAddresses)),
        Switch("web.insecure-listen", "Serve an address that other machines can reach although there is neither TLS nor a login.",
            (s, v) => s with { Web = s.Web with { InsecureListen = v } }, s => s.Web.InsecureListen),
        Text("web.external-url", "The URL under which the node is reachable from outside.",
            (s, v) => s with { Web = s.Web with { ExternalUrl = v } }, s => s.Web.ExternalUrl),
        Text("web.route-prefix", "Prefix of all paths; default: the path of the external URL.",
            (s, v) => s with { Web = s.Web with { RoutePrefix = v } }, s => s.Web.RoutePrefix),
        Text("web.cors.origin", "Regular expression of origins that browsers may ask from; anchored.",
            (s, v) => s with { Web = s.Web with { CorsOrigin = v } }, s => s.Web.CorsOrigin),
        Switch("web.enable-lifecycle", "Serve /-/reload and /-/quit.",
            (s, v) => s with { Web = s.Web with { EnableLifecycle = v } }, s => s.Web.EnableLifecycle),
        Switch("web.enable-admin-api", "Serve the administrative endpoints.",
            (s, v) => s with { Web = s.Web with { EnableAdminApi = v } }, s => s.Web.EnableAdminApi),
        Switch("web.enable-remote-write-receiver", "Receive remote write at /api/v1/write.",
            (s, v) => s with { Web = s.Web with { EnableRemoteWriteReceiver = v } }, s => s.Web.EnableRemoteWriteReceiver),
        Text("web.max-connections", "Connections at the same time.",
            (s, v) => s with { Web = s.Web with { ConnectionsMax = Whole(v) } }, s => Number(s.Web.ConnectionsMax)),
        Text("web.read-timeout", "How long a request may take to be read, and an idle connection stays open.",
            (s, v) => s with { Web = s.Web with { ReadTimeout = Duration(v) } }, s => PrometheusDuration.Format(s.Web.ReadTimeout)),
        Text("query.lookback-delta", "How far back an instant selector looks for a sample.",
            (s, v) => s with { Query = s.Query with { Lookback = Duration(v) } }, s => PrometheusDuration.Format(s.Query.Lookback)),
        Text("query.timeout", "How long a query may take.",
            (s, v) => s with { Query = s.Query with { Timeout = Duration(v) } }, s => PrometheusDuration.Format(s.Query.Timeout)),
        Text("query.max-concurrency", "Queries running at the same time.",
            (s, v) => s with { Query = s.Query with { ConcurrencyMax = Whole(v) } }, s => Number(s.Query.ConcurrencyMax)),
        Text("query.max-samples", "Samples one query may hold at once.",
            (s, v) => s with { Query = s.Query with { SamplesMax = Long(v) } }, s => s.Query.SamplesMax.ToString(CultureInfo.InvariantCulture)),
        Many("enable-feature", "Feature to switch on, as Prometheus names them; may be repeated.",
            (s, v) => s with { Query = s.Query with { Features = v } }, s => string.Join(',', s.Query.Features)),
        Text("dashboards.provisioning", "Folder of dashboards: Grafana's provisioning files, JSON files, or both.",
            (s, v) => s with { Dashboards = s.Dashboards with { Provisioning = v } }, s => s.Dashboards.Provisioning),
        Text("cluster.postgres", "PostgreSQL of the cluster to join, in Npgsql's notation; without it the node is by itself.",
            (s, v) => s with { Cluster = s.Cluster with { Postgres = v } }, s => s.Cluster.Postgres.Length > 0 ? "<secret>" : string.Empty),
        Text("cluster.name", "The node's name in the cluster, the same whenever it starts. Default: the advertised address.",
            (s, v) => s with { Cluster = s.Cluster with { Name = v } }, s => s.Cluster.Name),
        Text("cluster.listen-address", "Address to listen on for other nodes, host:port.",
            (s, v) => s with { Cluster = s.Cluster with { ListenAddress = v } }, s => s.Cluster.ListenAddress),
        Text("cluster.advertise-address", "Address at which other nodes reach this one, host:port.",
            (s, v) => s with { Cluster = s.Cluster with { AdvertiseAddress = v } }, s => s.Cluster.AdvertiseAddress),
        Text("cluster.zone", "What fails together with this node.",
            (s, v) => s with { Cluster = s.Cluster with { Zone = v } }, s => s.Cluster.Zone),
        Text("cluster.replicas", "Copies of each shard.",
            (s, v) => s with { Cluster = s.Cluster with { Replicas = Math.Min(Whole(v), 16) } }, s => Number(s.Cluster.Replicas)),
        Text("cluster.shards", "Shards of a new cluster, a power of two.",
            (s, v) => s with { Cluster = s.Cluster with { Shards = PowerOfTwo(v) } }, s => Number(s.Cluster.Shards)),
        Text("log.level", "debug, info, warn or error.",
            (s, v) => s with { Log = s.Log with { Level = OneOf(v, "debug", "info", "warn", "error") } }, s => s.Log.Level),
        Text("log.format", "logfmt or json.",
            (s, v) => s with { Log = s.Log with { Format = OneOf(v, "logfmt", "json") } }, s => s.Log.Format),
        Ignored("web.console.templates", NoConsoles),
        Ignored("web.console.libraries", NoConsoles),
        Ignored("web.user-assets", "there are no user assets"),
        Ignored("web.local-assets", "what the page needs is built in"),
        Ignored("web.page-title", "the page has its own title"),
        Ignored("web.max-notifications-subscribers", "live notifications are not served"),
        Ignored("web.remote-write-receiver.accepted-protobuf-messages", "which messages are taken is not a choice"),
        Ignored("web.enable-otlp-receiver", "OTLP is not received yet") with { Kind = FlagKind.Switch },
        Ignored("config.auto-reload-interval", "the configuration is read again on SIGHUP and POST /-/reload only"),
        Ignored("storage.tsdb.wal-compression", OwnJournal) with { Kind = FlagKind.Switch },
        Ignored("storage.tsdb.wal-compression-type", OwnJournal),
        Ignored("storage.tsdb.wal-segment-size", "pleiad.storage.segment-size is the size of the journal's segments"),
        Ignored("storage.tsdb.head-chunks-write-queue-size", "chunks are not written through a queue"),
        Ignored("storage.tsdb.min-block-duration", OwnFiles),
        Ignored("storage.tsdb.max-block-duration", OwnFiles),
        Ignored("storage.tsdb.max-block-chunk-segment-size", OwnFiles),
        Ignored("storage.tsdb.samples-per-chunk", OwnFiles),
        Ignored("storage.tsdb.block-reload-interval", OwnFiles),
        Ignored("storage.tsdb.delayed-compaction.max-percent", OwnFiles),
        Ignored("storage.tsdb.allow-overlapping-blocks", OwnFiles) with { Kind = FlagKind.Switch },
        Ignored("storage.tsdb.no-lockfile", "a data directory is always locked") with { Kind = FlagKind.Switch },
        Ignored("storage.tsdb.use-lockfile", "a data directory is always locked") with { Kind = FlagKind.Switch },
        Ignored("storage.remote.flush-deadline", "what a destination does not have at the stop is read from storage and sent after the next start"),
        Ignored("storage.remote.read-sample-limit", RemoteReadLimits),
        Ignored("storage.remote.read-concurrent-limit", RemoteReadLimits),
        Ignored("storage.remote.read-max-bytes-in-frame", RemoteReadLimits),
        Ignored("rules.alert.for-outage-tolerance", NoRules),
        Ignored("rules.alert.for-grace-period", NoRules),
        Ignored("rules.alert.resend-delay", NoRules),
        Ignored("rules.max-concurrent-evals", NoRules),
        Ignored("alertmanager.notification-queue-capacity", NoNotifications),
        Ignored("alertmanager.notification-batch-size", NoNotifications),
        Ignored("alertmanager.drain-notification-queue-on-shutdown", NoNotifications) with { Kind = FlagKind.Switch },
        Ignored("alertmanager.timeout", "Prometheus reads it from prometheus.yml since 2.25, and so do we"),
        Ignored("scrape.adjust-timestamps", "samples always carry the time of their slot") with { Kind = FlagKind.Switch },
        Ignored("scrape.timestamp-tolerance", "samples always carry the time of their slot"),
        Ignored("scrape.discovery-reload-interval", "what a discovery finds is taken over at once"),
        Ignored("scrape.name-escaping-scheme", "metric_name_escaping_scheme in prometheus.yml says it"),
        Ignored("auto-gomaxprocs", NoGo) with { Kind = FlagKind.Switch },
        Ignored("auto-gomemlimit", NoGo) with { Kind = FlagKind.Switch },
        Ignored("auto-gomemlimit.ratio", NoGo),
        Refused("web.config.file", "there is neither TLS nor a login yet, and without what the file asks for the node would stand open; "
            + "listen on localhost and put a proxy in front of it"),
        Refused("storage.tsdb.retention", "Prometheus 3 took it out; it is --storage.tsdb.retention.time"),
        Refused("agent", NoAgent) with { Kind = FlagKind.Switch },
        Refused("storage.agent.path", NoAgent),
        Refused("storage.agent.wal-compression", NoAgent) with { Kind = FlagKind.Switch },
        Refused("storage.agent.wal-compression-type", NoAgent),
        Refused("storage.agent.wal-segment-size", NoAgent),
        Refused("storage.agent.wal-truncate-frequency", NoAgent),
        Refused("storage.agent.retention.min-time", NoAgent),
        Refused("storage.agent.retention.max-time", NoAgent),
        Refused("storage.agent.no-lockfile", NoAgent) with { Kind = FlagKind.Switch },
        Refused("alertmanager.url", "Prometheus 2 took it out; alertmanagers stand in prometheus.yml under alerting"),
    ];

    private static Flag Text(string name, string help, Func<NodeSettings, string, NodeSettings> apply, Func<NodeSettings, string> show) =>
        new(name, FlagKind.Text, help, (settings, values) => apply(settings, values[^1]), show);

    private static Flag Many(
        string name, string help, Func<NodeSettings, IReadOnlyList<string>, NodeSettings> apply, Func<NodeSettings, string> show) =>
        new(name, FlagKind.Many, help,
            (settings, values) => apply(
                settings, [.. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]),
            show);

    private static Flag Switch(string name, string help, Func<NodeSettings, bool, NodeSettings> apply, Func<NodeSettings, bool> show) =>
        new(name, FlagKind.Switch, help, (settings, values) => apply(settings, Truth(values[^1])), settings => show(settings) ? "true" : "false");

    private static Flag Ignored(string name, string why) => new(name, FlagKind.Text, WithoutEffect + why, null, _ => string.Empty) { Hidden = true };

    // To ignore it would change what the node does behind the back of whoever gave it. Off, or empty, it asks for nothing.
    private static Flag Refused(string name, string why) =>
        new(name, FlagKind.Text, why, (settings, values) => values[^1] is "" or "false" ? settings : throw new FormatException(why), _ => string.Empty) { Hidden = true };

    private static TimeSpan Duration(string value)
    {
        TimeSpan duration = PrometheusDuration.Parse(value);
        return duration > TimeSpan.Zero ? duration : throw new FormatException($"\"{value}\" is not longer than zero");
    }

    private static TimeSpan Retention(string value)
    {
        TimeSpan retention = PrometheusDuration.Parse(value);
        return retention == TimeSpan.Zero || retention >= StorageSection.RetentionMin
            ? retention
            : throw new FormatException($"\"{value}\" is shorter than two hours (0 keeps samples for ever)");
    }

    // Prometheus counts in powers of two whatever the unit is called.
    private static long Size(string value)
    {
        const string units = "KMGTPE";
        string number = value.EndsWith('B') ? value[..^1] : value;
        int power = number.Length > 0 ? units.IndexOf(number[^1], StringComparison.Ordinal) + 1 : 0;
        number = power > 0 ? number[..^1] : number;
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) && bytes <= long.MaxValue >> (10 * power)
            ? bytes << (10 * power)
            : throw new FormatException($"\"{value}\" is not a size such as 512MB or 10GB");
    }

    private static int PowerOfTwo(string value)
    {
        int number = Whole(value);
        return BitOperations.IsPow2(number) && number <= ShardMap.CountMax
            ? number
            : throw new FormatException($"\"{value}\" is not a power of two from 1 to {ShardMap.CountMax}");
    }

    private static int Whole(string value) => (int)Math.Min(Long(value), int.MaxValue);

    private static long Long(string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
            ? number
            : throw new FormatException($"\"{value}\" is not a whole number above zero");

    private static bool Truth(string value) => value switch
    {
        "true" => true,
        "false" => false,
        _ => throw new FormatException($"\"{value}\" is neither true nor false"),
    };

    private static string OneOf(string value, params string[] allowed) =>
        allowed.Contains(value, StringComparer.Ordinal)
            ? value
            : throw new FormatException($"\"{value}\" is not one of {string.Join(", ", allowed)}");

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
