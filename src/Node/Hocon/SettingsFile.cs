using System.Numerics;
using System.Text;

namespace Pleiad.Node;

/// <summary>Reads <see cref="NodeSettings"/>: hocon/reference.conf, which is built in, with the user's file over it.</summary>
internal static class SettingsFile
{
    private const string ReferenceName = "reference.conf";
    private const long KiB = 1024;
    private const long MiB = 1024 * KiB;
    private const long GiB = 1024 * MiB;
    private const int ShardsMax = Model.ShardMap.CountMax;

    // What the journal can hold of one series.
    private const int LabelsStorable = 4096;
    private const long LabelBytesStorable = 340 * KiB;

    private static readonly TimeSpan s_ever = TimeSpan.FromDays(365 * 100);

    /// <summary>The settings of a file, or the defaults.</summary>
    /// <param name="path">The user's file; null for none.</param>
    /// <param name="environment">What <c>${NAME}</c> finds where the document has no such path.</param>
    /// <exception cref="HoconException">Not readable, not HOCON, an unknown key, or a value that does not fit. Names file and line.</exception>
    public static NodeSettings Load(string? path, Func<string, string?> environment)
    {
        string reference = Reference();
        var files = new HoconFiles(new Dictionary<string, string> { [ReferenceName] = reference });
        var root = (HoconObjectNode)files.Parse(reference, ReferenceName);
        if (path is not null)
        {
            root.Merge(files.Load(path) as HoconObjectNode ?? throw new HoconException(new HoconOrigin(path, 1), "the file must be an object, not an array"));
        }

        var binder = new HoconBinder((HoconObject)HoconResolver.Resolve(root, environment));
        NodeSettings settings = Bind(binder);
        binder.RefuseOthers();
        return settings;
    }

    /// <summary>The text of hocon/reference.conf.</summary>
    public static string Reference()
    {
        using Stream stream = typeof(SettingsFile).Assembly.GetManifestResourceStream(ReferenceName)
            ?? throw new InvalidOperationException($"{ReferenceName} is not built in");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    /// <summary>Asks for every key there is.</summary>
    internal static NodeSettings Bind(HoconBinder keys) => new()
    {
        ConfigFile = keys.Text("pleiad.config-file"),
        Storage = Storage(keys),
        Memory = Memory(keys),
        Web = Web(keys),
        Query = Query(keys),
        Scrape = Scrape(keys),
        Dashboards = new DashboardsSection
        {
            Provisioning = keys.Text("pleiad.dashboards.provisioning"),
            Shipped = keys.Flag("pleiad.dashboards.shipped"),
            BytesMax = (int)keys.Size("pleiad.dashboards.size-max", KiB, 6 * MiB),
            PanelsMax = keys.Count("pleiad.dashboards.panels-max", 1),
            DepthMax = keys.Count("pleiad.dashboards.depth-max", 4, 200),
            ValuesMax = keys.Count("pleiad.dashboards.values-max", 1),
            CountMax = keys.Count("pleiad.dashboards.count-max", 1),
            VersionsMax = keys.Count("pleiad.dashboards.versions-max", 1, 1000),
        },
        Cluster = Cluster(keys),
        Log = new LogSection
        {
            Level = keys.Word("pleiad.log.level", "debug", "info", "warn", "error"),
            Format = keys.Word("pleiad.log.format", "logfmt", "json"),
        },
    };

    private static MemorySection Memory(HoconBinder keys)
    {
        var memory = new MemorySection
        {
            LimitBytes = keys.Size("pleiad.memory.limit", 0, long.MaxValue),
            ShrinkCachesAt = keys.Count("pleiad.memory.shrink-caches-at", 1, 100),
            RefuseQueriesAt = keys.Count("pleiad.memory.refuse-queries-at", 1, 100),
            RefuseSeriesAt = keys.Count("pleiad.memory.refuse-series-at", 1, 100),
            RefuseWritesAt = keys.Count("pleiad.memory.refuse-writes-at", 1, 100),
            Hysteresis = keys.Count("pleiad.memory.hysteresis", 0, 50),
            QuerySamplesMax = keys.Number("pleiad.memory.query-samples-max", 1, 1_000_000_000_000),
            QuerySeriesMax = keys.Count("pleiad.memory.query-series-max", 1, 1_000_000_000),
            CheckInterval = keys.Duration("pleiad.memory.check-interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)),
            CompactHeapBytesMax = keys.Size("pleiad.memory.compact-heap-max", 0, long.MaxValue),
            CompactInterval = keys.Duration("pleiad.memory.compact-interval", TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)),
        };
        return memory.ShrinkCachesAt > memory.RefuseQueriesAt ? throw keys.Wrong("pleiad.memory.refuse-queries-at", "at least shrink-caches-at")
            : memory.RefuseQueriesAt > memory.RefuseSeriesAt ? throw keys.Wrong("pleiad.memory.refuse-series-at", "at least refuse-queries-at")
            : memory.RefuseSeriesAt > memory.RefuseWritesAt ? throw keys.Wrong("pleiad.memory.refuse-writes-at", "at least refuse-series-at")
            : memory;
    }

    private static StorageSection Storage(HoconBinder keys)
    {
        int shards = keys.Count("pleiad.storage.shards", 1, ShardsMax);
        if (!BitOperations.IsPow2(shards))
        {
            throw keys.Wrong("pleiad.storage.shards", $"a power of two from 1 to {ShardsMax}");
        }

        TimeSpan window = keys.Duration("pleiad.storage.rollups.window", TimeSpan.FromHours(1), TimeSpan.FromDays(7));
        if (window.Ticks % TimeSpan.TicksPerHour != 0)
        {
            throw keys.Wrong("pleiad.storage.rollups.window", "whole hours");
        }

        return new StorageSection
        {
            RollupsEnabled = keys.Flag("pleiad.storage.rollups.enabled"),
            RollupsKeep5m = keys.Duration("pleiad.storage.rollups.keep-5m", StorageSection.RetentionMin, s_ever, orZero: true),
            RollupsKeep1h = keys.Duration("pleiad.storage.rollups.keep-1h", StorageSection.RetentionMin, s_ever, orZero: true),
            RollupsWindow = window,
            RollupsRetentionWait = keys.Duration("pleiad.storage.rollups.retention-wait", TimeSpan.FromHours(1), TimeSpan.FromDays(30), orZero: true),
            RollupsPrefer = keys.Flag("pleiad.storage.rollups.prefer"),
            Path = keys.Text("pleiad.storage.path"),
            Retention = keys.Duration("pleiad.storage.retention", StorageSection.RetentionMin, s_ever, orZero: true),
            RetentionRules = keys.Texts("pleiad.storage.retention-rules"),
            RetentionBytesMax = keys.Size("pleiad.storage.retention-size", 0, long.MaxValue),
            QuietAfter = keys.Duration("pleiad.storage.quiet-after", TimeSpan.FromMinutes(10), TimeSpan.FromDays(7)),
            BlockRange = keys.Duration("pleiad.storage.block-range", TimeSpan.FromMinutes(10), TimeSpan.FromDays(1)),
            Shards = shards,
            FlushInterval = keys.Duration("pleiad.storage.flush-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)),
            SegmentBytesMax = keys.Size("pleiad.storage.segment-size", MiB, GiB),
            SnapshotInterval = keys.Duration("pleiad.storage.snapshot-interval", TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
            SeriesPerShardMax = keys.Count("pleiad.storage.series-per-shard-max", 1),
            SeriesMax = keys.Number("pleiad.storage.series-max", 1, long.MaxValue),
            SeriesPerTargetMax = keys.Count("pleiad.storage.series-per-target-max", 1),
            SeriesPerMetricMax = keys.Number("pleiad.storage.series-per-metric-max", 1, long.MaxValue),
            OutOfOrderWindow = keys.Duration("pleiad.storage.out-of-order-window", TimeSpan.Zero, TimeSpan.FromDays(1)),
            OutOfOrderPerSeriesMax = keys.Count("pleiad.storage.out-of-order-per-series-max", 1, 1_000_000),
            OutOfOrderPerShardMax = keys.Count("pleiad.storage.out-of-order-per-shard-max", 1, 100_000_000),
            TombstonesPerShardMax = keys.Count("pleiad.storage.tombstones-per-shard-max", 1, 1_000_000),
            PieceCacheBytesMax = keys.Size("pleiad.storage.piece-cache-size", MiB, 64L * GiB),
            ExemplarsMax = keys.Count("pleiad.storage.exemplars-max", 0, 100_000_000),
        };
    }

    private static ClusterSection Cluster(HoconBinder keys)
    {
        int shards = keys.Count("pleiad.cluster.shards", 1, ShardsMax);
        if (!BitOperations.IsPow2(shards))
        {
            throw keys.Wrong("pleiad.cluster.shards", $"a power of two from 1 to {ShardsMax}");
        }

        IReadOnlyList<string> roles = keys.Texts("pleiad.cluster.roles");
        if (roles.Count == 0 || roles.Any(static role => role is not ("store" or "gateway")))
        {
            throw keys.Wrong("pleiad.cluster.roles", "a list of store and gateway");
        }

        return new ClusterSection
        {
            TlsAuthorityFile = keys.Text("pleiad.cluster.tls.ca-file"),
            TlsCertificateFile = keys.Text("pleiad.cluster.tls.cert-file"),
            TlsKeyFile = keys.Text("pleiad.cluster.tls.key-file"),
            Postgres = keys.Text("pleiad.cluster.postgres"),
            Name = keys.Text("pleiad.cluster.name"),
            ListenAddress = keys.Text("pleiad.cluster.listen-address"),
            AdvertiseAddress = keys.Text("pleiad.cluster.advertise-address"),
            InsecureListen = keys.Flag("pleiad.cluster.insecure-listen"),
            Roles = roles,
            Zone = keys.Text("pleiad.cluster.zone"),
            Replicas = keys.Count("pleiad.cluster.replicas", 1, 16),
            Shards = shards,
            CommitInterval = keys.Duration("pleiad.cluster.commit-interval", TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(10)),
            CommitQueueBytesMax = (int)keys.Size("pleiad.cluster.commit-queue-size", MiB, GiB),
            CommitWatchdog = keys.Duration("pleiad.cluster.commit-watchdog", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            TrimInterval = keys.Duration("pleiad.cluster.trim-interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            RecentBytesMax = keys.Size("pleiad.cluster.recent-size", 0, 16L * GiB),
            SpoolBytesMax = keys.Size("pleiad.cluster.spool.size", 0, 1024L * GiB),
            SpoolAgeMax = keys.Duration("pleiad.cluster.spool.age", TimeSpan.FromMinutes(1), TimeSpan.FromHours(24)),
            SpoolAfter = keys.Duration("pleiad.cluster.spool.after", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            LeaveTimeout = keys.Duration("pleiad.cluster.leave-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
        };
    }

    private static WebSection Web(HoconBinder keys) => new()
    {
        ListenAddresses = keys.Texts("pleiad.web.listen-addresses"),
        ExternalUrl = keys.Text("pleiad.web.external-url"),
        RoutePrefix = keys.Text("pleiad.web.route-prefix"),
        CorsOrigin = keys.Text("pleiad.web.cors-origin"),
        InsecureListen = keys.Flag("pleiad.web.insecure-listen"),
        EnableLifecycle = keys.Flag("pleiad.web.enable-lifecycle"),
        EnableAdminApi = keys.Flag("pleiad.web.enable-admin-api"),
        EnableRemoteWriteReceiver = keys.Flag("pleiad.web.enable-remote-write-receiver"),
        RemoteWrite = new RemoteWriteSection
        {
            BodyBytesMax = keys.Size("pleiad.web.remote-write.body-size-max", KiB, GiB),
            MessageBytesMax = keys.Size("pleiad.web.remote-write.message-size-max", KiB, GiB),
            SeriesMax = keys.Count("pleiad.web.remote-write.series-max", 1),
            AheadMax = keys.Duration("pleiad.web.remote-write.ahead-max", TimeSpan.Zero, TimeSpan.FromDays(365)),
            ConcurrencyMax = keys.Count("pleiad.web.remote-write.concurrency-max", 1, 10_000),
            QueueMax = keys.Count("pleiad.web.remote-write.queue-max", 0, 1_000_000),
            KnownSeriesMax = keys.Count("pleiad.web.remote-write.known-series-max", 1),
            MetadataMax = keys.Count("pleiad.web.remote-write.metadata-max", 0),
        },
        RemoteRead = new RemoteReadSection
        {
            BodyBytesMax = keys.Size("pleiad.web.remote-read.body-size-max", KiB, GiB),
            QueriesMax = keys.Count("pleiad.web.remote-read.queries-max", 1),
            SamplesMax = keys.Number("pleiad.web.remote-read.samples-max", 1, 50_000_000),
            FrameBytesMax = keys.Size("pleiad.web.remote-read.frame-size-max", KiB, 64 * MiB),
        },
        ConnectionsMax = keys.Count("pleiad.web.connections-max", 1, 1_000_000),
        ConnectionThreadsMax = keys.Count("pleiad.web.connection-threads-max", 0, 10_000),
        ReadTimeout = keys.Duration("pleiad.web.read-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
    };

    private static QuerySection Query(HoconBinder keys) => new()
    {
        Lookback = keys.Duration("pleiad.query.lookback", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365)),
        Timeout = keys.Duration("pleiad.query.timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(1)),
        SamplesMax = keys.Number("pleiad.query.samples-max", 1, 1_000_000_000_000),
        SeriesMax = keys.Number("pleiad.query.series-max", 1, 1_000_000_000_000),
        BytesMax = keys.Size("pleiad.query.bytes-max", 1, long.MaxValue),
        LabelBytesMax = keys.Size("pleiad.query.label-size-max", 1024, 64 << 20),
        MemoryMax = keys.Size("pleiad.query.memory-max", 0, long.MaxValue),
        StepsMax = keys.Count("pleiad.query.steps-max", 1, 10_000_000),
        DepthMax = keys.Count("pleiad.query.depth-max", 1, 256),
        NodesMax = keys.Count("pleiad.query.nodes-max", 1, 1_000_000),
        TextCharsMax = keys.Size("pleiad.query.size-max", 1024, 64 << 20),
        ConcurrencyMax = keys.Count("pleiad.query.concurrency-max", 1, 10_000),
        QueueMax = keys.Count("pleiad.query.queue-max", 0, 1_000_000),
        RecentMax = keys.Count("pleiad.query.recent-max", 0, 10_000),
        ThreadsMax = keys.Count("pleiad.query.threads-max", 0, 1024),
        Rehearsal = keys.Duration("pleiad.query.rehearsal", TimeSpan.Zero, TimeSpan.FromMinutes(1)),
        PeerQueriesMax = keys.Count("pleiad.query.peer-queries-max", 1, 1_000_000),
        PeerConcurrencyMax = keys.Count("pleiad.query.peer-concurrency-max", 1, 10_000),
        FetchBytesMax = keys.Size("pleiad.query.fetch-bytes-max", 0, long.MaxValue),
        HedgeAfter = keys.Duration("pleiad.query.hedge-after", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
        StrongTimeout = keys.Duration("pleiad.query.strong-timeout", TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1)),
        StrongWaitingMax = keys.Count("pleiad.query.strong-waiting-max", 1, 1_000_000),
        Features = keys.Texts("pleiad.query.features"),
    };

    private static ScrapeSection Scrape(HoconBinder keys) => new()
    {
        BodyBytesMax = keys.Size("pleiad.scrape.body-size-max", 1, 2 * GiB - 1),
        SamplesMax = keys.Count("pleiad.scrape.samples-max", 1),
        PageSamplesMax = keys.Count("pleiad.scrape.page-samples-max", 1),
        LabelsMax = keys.Count("pleiad.scrape.labels-max", 1, LabelsStorable),
        LabelNameBytesMax = (int)keys.Size("pleiad.scrape.label-name-bytes-max", 1, LabelBytesStorable),
        LabelValueBytesMax = (int)keys.Size("pleiad.scrape.label-value-bytes-max", 1, LabelBytesStorable),
        LineBytesMax = (int)keys.Size("pleiad.scrape.line-bytes-max", KiB, 64 * MiB),
        FirstReadsMax = keys.Count("pleiad.scrape.first-reads-max", 1, 10_000),
        PooledPagesMax = keys.Count("pleiad.scrape.pooled-pages-max", 1, 10_000),
        SharedDiscoveryInterval = keys.Duration("pleiad.scrape.shared-discovery-interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
        SharedDiscoveryBytesMax = keys.Size("pleiad.scrape.shared-discovery-size-max", MiB, GiB),
        TargetsMax = keys.Count("pleiad.scrape.targets-max", 1),
    };
}
