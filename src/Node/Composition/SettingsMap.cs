using System.Net;
using Pleiad.Actors;
using Pleiad.Dashboards;
using Pleiad.Gateway;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Scraping;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>From the node's settings to those of each part.</summary>
internal static class SettingsMap
{
    // A segment begins with a head and is flushed with its directory: smaller ones would be little else.
    private const long SegmentBytesMin = 64L << 10;

    private static readonly Dictionary<string, PromQLFeatures> Features = new(StringComparer.Ordinal)
    {
        ["promql-experimental-functions"] = PromQLFeatures.ExperimentalFunctions,
        ["promql-delayed-name-removal"] = PromQLFeatures.DelayedNameRemoval,
        ["promql-extended-range-selectors"] = PromQLFeatures.ExtendedRangeSelectors,
        ["promql-binop-fill-modifiers"] = PromQLFeatures.FillModifiers,
        ["use-start-timestamps"] = PromQLFeatures.StartTimestamps,
        ["type-and-unit-labels"] = PromQLFeatures.TypeAndUnitLabels,
    };

    // Features of Prometheus that are on here whatever is asked for.
    private static readonly HashSet<string> AlwaysOn = new(StringComparer.Ordinal)
    {
        "promql-at-modifier", "promql-negative-offset", "promql-per-step-stats", "promql-duration-expr", "native-histograms", "utf8-names", "exemplar-storage",
    };

    public static GatewaySettings Gateway(NodeSettings settings)
    {
        Uri? external = null;
        if (settings.Web.ExternalUrl.Length > 0 && !Uri.TryCreate(settings.Web.ExternalUrl, UriKind.Absolute, out external))
        {
            throw new UsageException($"--web.external-url: \"{settings.Web.ExternalUrl}\" is not a URL");
        }

        return new GatewaySettings
        {
            Listen = settings.Web.ListenAddresses,
            InsecureListen = settings.Web.InsecureListen,
            CorsOrigin = settings.Web.CorsOrigin,
            ExternalUrl = external,
            RoutePrefix = settings.Web.RoutePrefix.Length > 0 ? settings.Web.RoutePrefix : null,
            EnableLifecycle = settings.Web.EnableLifecycle,
            EnableAdminApi = settings.Web.EnableAdminApi,
            ConnectionsMax = settings.Web.ConnectionsMax,
            ConnectionThreadsMax = settings.Web.ConnectionThreadsMax,
            RequestTimeout = settings.Web.ReadTimeout,
            StepsMax = settings.Query.StepsMax,
            RemoteWrite = RemoteWrite(settings.Web),
            RemoteRead = new RemoteReadSettings
            {
                BodyBytesMax = (int)settings.Web.RemoteRead.BodyBytesMax,
                QueriesMax = settings.Web.RemoteRead.QueriesMax,
                SamplesMax = settings.Web.RemoteRead.SamplesMax,
                FrameBytesMax = (int)settings.Web.RemoteRead.FrameBytesMax,
            },
            Language = Language(settings),
            Build = new BuildFacts { Revision = "pleiad " + PleiadCommand.Version },
        };
    }

    public static EngineSettings Engine(NodeSettings settings, PrometheusConfig config) =>
        Language(settings) with { SubqueryStep = config.Global.EvaluationInterval };

    /// <summary>Threads that one query may use.</summary>
    public static int ThreadsOfQuery(NodeSettings settings) => settings.Query.ThreadsMax == 0 ? Environment.ProcessorCount : settings.Query.ThreadsMax;

    /// <summary>How long samples are kept. As in Prometheus, prometheus.yml wins over flags where it names a time; it is never below the least there is.</summary>
    public static TimeSpan Retention(NodeSettings settings, PrometheusConfig config) => config.Storage.RetentionTime is { Ticks: > 0 } time
        ? time > StorageSection.RetentionMin ? time : StorageSection.RetentionMin
        : settings.Storage.Retention;

    /// <summary>Series that are kept for another time.</summary>
    /// <exception cref="UsageException">One of them is no duration and selector.</exception>
    public static IReadOnlyList<RetentionRule> RetentionRules(NodeSettings settings)
    {
        const int RulesMax = 1000;
        if (settings.Storage.RetentionRules.Count > RulesMax)
        {
            throw new UsageException($"pleiad.storage.retention-rules: {settings.Storage.RetentionRules.Count} of them; there may be {RulesMax}");
        }

        return [.. settings.Storage.RetentionRules.Select(Rule)];
    }

    /// <summary>The rollups that are written.</summary>
    /// <exception cref="UsageException">Samples would be gone before rollups of them are written.</exception>
    public static RollupSettings Rollups(NodeSettings settings, TimeSpan retention)
    {
        StorageSection storage = settings.Storage;
        if (!storage.RollupsEnabled)
        {
            return RollupSettings.Off;
        }

        if (retention > TimeSpan.Zero && retention < 2 * storage.RollupsWindow)
        {
            throw new UsageException(
                $"pleiad.storage.rollups.window: samples are kept for {PrometheusDuration.Format(retention)}, which is less than two windows of {PrometheusDuration.Format(storage.RollupsWindow)}: they would be gone before they are rolled up");
        }

        return new RollupSettings
        {
            Tiers = [new RollupTier(TimeSpan.FromMinutes(5), storage.RollupsKeep5m), new RollupTier(TimeSpan.FromHours(1), storage.RollupsKeep1h)],
            Window = storage.RollupsWindow,
            RetentionWait = storage.RollupsRetentionWait,
        };
    }

    private static RetentionRule Rule(string text)
    {
        int space = text.AsSpan().Trim().IndexOf(' ');
        string trimmed = text.Trim();
        if (space < 0 || !PrometheusDuration.TryParse(trimmed.AsSpan(0, space), out TimeSpan keep) || (keep > TimeSpan.Zero && keep < StorageSection.RetentionMin))
        {
            throw new UsageException(
                $"pleiad.storage.retention-rules: \"{text}\" is not a duration of at least {PrometheusDuration.Format(StorageSection.RetentionMin)} (0 for ever), a blank and a selector");
        }

        try
        {
            return new RetentionRule(Parser.ParseSelector(trimmed[space..]), keep);
        }
        catch (QueryException e)
        {
            throw new UsageException($"pleiad.storage.retention-rules: \"{text}\": {e.Message}", e);
        }
    }

    public static ActorsSettings Actors(NodeSettings settings, PrometheusConfig config)
    {
        PromQLFeatures features = FeaturesOf(settings);
        RollupSettings rollups = Rollups(settings, Retention(settings, config));
        return new ActorsSettings
        {
            Storage = new StorageSettings
            {
                Retention = Retention(settings, config),
                RetentionRules = RetentionRules(settings),
                RetentionBytes = RetentionBytes(settings, config),
                QuietAfter = settings.Storage.QuietAfter,
                BlockRange = settings.Storage.BlockRange,
                Rollups = rollups,
                OutOfOrderWindow = settings.Storage.OutOfOrderWindow,
                SnapshotInterval = settings.Storage.SnapshotInterval,
                PieceCacheBytesMax = settings.Storage.PieceCacheBytesMax,
                ExemplarsMax = (int)Math.Clamp(config.Storage.ExemplarsMax ?? settings.Storage.ExemplarsMax, 0, 100_000_000),
                Shard = Shard(settings),
            },
            Memory = new MemorySettings
            {
                CachesShrinkAt = settings.Memory.ShrinkCachesAt / 100.0,
                QueriesRefusedAt = settings.Memory.RefuseQueriesAt / 100.0,
                SeriesRefusedAt = settings.Memory.RefuseSeriesAt / 100.0,
                WritesRefusedAt = settings.Memory.RefuseWritesAt / 100.0,
                Hysteresis = settings.Memory.Hysteresis / 100.0,
                QuerySamplesMax = settings.Memory.QuerySamplesMax,
                QuerySeriesMax = settings.Memory.QuerySeriesMax,
                CheckInterval = settings.Memory.CheckInterval,
            },
            Compaction = new CompactionSettings
            {
                HeapBytesMax = settings.Memory.CompactHeapBytesMax,
                Interval = settings.Memory.CompactInterval,
            },
            Query = new QuerySettings
            {
                ConcurrencyMax = settings.Query.ConcurrencyMax,
                QueueMax = settings.Query.QueueMax,
                RecentMax = settings.Query.RecentMax,
                SeriesMax = settings.Query.SeriesMax,
                ThreadsMax = ThreadsOfQuery(settings),
                Timeout = settings.Query.Timeout,
                PeerQueriesMax = settings.Query.PeerQueriesMax,
                PeerConcurrencyMax = settings.Query.PeerConcurrencyMax,
                FetchBytesMax = settings.Query.FetchBytesMax,
                HedgeAfter = settings.Query.HedgeAfter,
                StrongTimeout = settings.Query.StrongTimeout,
                StrongWaitingMax = settings.Query.StrongWaitingMax,
                Rollups = rollups.Tiers,
                PrefersRollups = settings.Storage.RollupsPrefer,
            },
            ScrapeLimits = new ScrapeLimits
            {
                BodyBytesMax = (int)Math.Min(settings.Scrape.BodyBytesMax, int.MaxValue - 1024),
                SamplesMax = settings.Scrape.SamplesMax,
                PageSamplesMax = settings.Scrape.PageSamplesMax,
                TargetsMax = settings.Scrape.TargetsMax,
                LabelsMax = settings.Scrape.LabelsMax,
                LabelNameBytesMax = settings.Scrape.LabelNameBytesMax,
                LabelValueBytesMax = settings.Scrape.LabelValueBytesMax,
                LineBytesMax = settings.Scrape.LineBytesMax,
            },
            FirstReadsMax = settings.Scrape.FirstReadsMax,
            PooledPagesMax = settings.Scrape.PooledPagesMax,
            SharedDiscovery = new SharedDiscoverySettings
            {
                LookInterval = settings.Scrape.SharedDiscoveryInterval, BytesMax = (int)settings.Scrape.SharedDiscoveryBytesMax,
            },
            HostName = Dns.GetHostName(),
            UserAgent = "Pleiad/" + PleiadCommand.Version,
            StartTimestamps = features.HasFlag(PromQLFeatures.StartTimestamps),
            TypeAndUnitLabels = features.HasFlag(PromQLFeatures.TypeAndUnitLabels),
        };
    }

    public static DashboardSettings Dashboards(NodeSettings settings) => new()
    {
        Limits = new DashboardLimits
        {
            BytesMax = settings.Dashboards.BytesMax,
            PanelsMax = settings.Dashboards.PanelsMax,
            DepthMax = settings.Dashboards.DepthMax,
            ValuesMax = settings.Dashboards.ValuesMax,
        },
        CountMax = settings.Dashboards.CountMax,
        VersionsMax = settings.Dashboards.VersionsMax,
    };

    public static ShardSettings Shard(NodeSettings settings) => new()
    {
        SeriesMax = settings.Storage.SeriesPerShardMax,
        Series = new SeriesLimits
        {
            OfNodeMax = settings.Storage.SeriesMax, OfTargetMax = settings.Storage.SeriesPerTargetMax, OfMetricMax = settings.Storage.SeriesPerMetricMax,
        },
        LateSamplesMax = settings.Storage.OutOfOrderPerSeriesMax,
        LateSamplesOfShardMax = settings.Storage.OutOfOrderPerShardMax,
        TombstonesMax = settings.Storage.TombstonesPerShardMax,
    };

    /// <summary>Settings of the journal of a node by itself. Its segments are small where it has to be.</summary>
    /// <param name="retentionBytes">From <see cref="RetentionBytes"/>.</param>
    public static SegmentLogSettings Journal(NodeSettings settings, long retentionBytes)
    {
        long bytes = Math.Min(settings.Storage.SegmentBytesMax, 1 << 30);
        if (retentionBytes > 0)
        {
            bytes = Math.Min(bytes, Math.Max(retentionBytes / SizeRetention.SegmentPart, SegmentBytesMin));
        }

        return new SegmentLogSettings { FlushInterval = settings.Storage.FlushInterval, SegmentBytes = (int)bytes };
    }

    /// <summary>Bytes that blocks and journal may take; 0 for no limit.</summary>
    public static long RetentionBytes(NodeSettings settings, PrometheusConfig config) =>
        config.Storage.RetentionBytes is > 0 and long bytes ? bytes : settings.Storage.RetentionBytesMax;

    /// <summary>What the settings ask for and this version does not do.</summary>
    public static IEnumerable<string> WithoutEffectYet(NodeSettings settings)
    {
        foreach (string feature in settings.Query.Features.Where(name => !IsFeature(name)))
        {
            yield return $"enable-feature: \"{feature}\" is not a feature of this version";
        }
    }

    private static RemoteWriteSettings RemoteWrite(WebSection web) => new()
    {
        Enabled = web.EnableRemoteWriteReceiver,
        BodyBytesMax = (int)web.RemoteWrite.BodyBytesMax,
        MessageBytesMax = (int)web.RemoteWrite.MessageBytesMax,
        SeriesMax = web.RemoteWrite.SeriesMax,
        AheadMax = web.RemoteWrite.AheadMax,
        ConcurrencyMax = web.RemoteWrite.ConcurrencyMax,
        QueueMax = web.RemoteWrite.QueueMax,
        KnownSeriesMax = web.RemoteWrite.KnownSeriesMax,
        MetadataMax = web.RemoteWrite.MetadataMax,
    };

    private static EngineSettings Language(NodeSettings settings) => new()
    {
        Lookback = settings.Query.Lookback,
        Timeout = settings.Query.Timeout,
        SamplesMax = settings.Query.SamplesMax,
        SeriesMax = settings.Query.SeriesMax,
        BytesMax = settings.Query.BytesMax,
        LabelCharsMax = (int)settings.Query.LabelBytesMax,
        MemoryMax = settings.Query.MemoryMax == 0 ? new ProcessMemory(settings.Memory.LimitBytes).LimitBytes / 2 : settings.Query.MemoryMax,
        DepthMax = settings.Query.DepthMax,
        NodesMax = settings.Query.NodesMax,
        TextCharsMax = (int)settings.Query.TextCharsMax,
        Features = FeaturesOf(settings),
    };

    private static PromQLFeatures FeaturesOf(NodeSettings settings) => FeaturesOf(settings.Query.Features);

    /// <summary>The parts of the language that names of features switch on.</summary>
    /// <remarks>Names that Prometheus knows and that mean nothing here, or are always on, are no error: command lines keep working.</remarks>
    public static PromQLFeatures FeaturesOf(IEnumerable<string> names) =>
        names.Aggregate(PromQLFeatures.None, (features, name) => features | Features.GetValueOrDefault(name));

    /// <summary>Whether a name of a feature means something here.</summary>
    public static bool IsFeature(string name) => Features.ContainsKey(name) || AlwaysOn.Contains(name);
}
