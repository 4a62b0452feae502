namespace Pleiad.Node;

/// <summary>
/// Everything a node can be told, with units and ranges. Built from hocon/reference.conf, the file of <c>--conf</c> and the flags,
/// in that order, the last one winning. Nothing else reads keys. <c>pleiad</c>
/// </summary>
public sealed record NodeSettings
{
    /// <summary>Path of a prometheus.yml; empty for <c>./prometheus.yml</c> where there is one, else the embedded default (scrape yourself). <c>pleiad.config-file</c></summary>
    public required string ConfigFile { get; init; }

    /// <summary>Where and how samples are kept. <c>pleiad.storage</c></summary>
    public required StorageSection Storage { get; init; }

    /// <summary>What is given up when memory is short. <c>pleiad.memory</c></summary>
    public required MemorySection Memory { get; init; }

    /// <summary>The HTTP side. <c>pleiad.web</c></summary>
    public required WebSection Web { get; init; }

    /// <summary>Limits of queries. <c>pleiad.query</c></summary>
    public required QuerySection Query { get; init; }

    /// <summary>Limits of scraping where prometheus.yml names none. <c>pleiad.scrape</c></summary>
    public required ScrapeSection Scrape { get; init; }

    /// <summary>Dashboards. <c>pleiad.dashboards</c></summary>
    public required DashboardsSection Dashboards { get; init; }

    /// <summary>The cluster the node is part of. <c>pleiad.cluster</c></summary>
    public required ClusterSection Cluster { get; init; }

    /// <summary>What is logged. <c>pleiad.log</c></summary>
    public required LogSection Log { get; init; }
}

/// <summary>What is given up when memory is short.</summary>
public sealed record MemorySection
{
    /// <summary>Bytes the process may use; 0 for what its control group or its machine has. <c>pleiad.memory.limit</c></summary>
    public required long LimitBytes { get; init; }

    /// <summary>Percent of the limit from which on caches shrink. <c>pleiad.memory.shrink-caches-at</c></summary>
    public required int ShrinkCachesAt { get; init; }

    /// <summary>Percent from which on expensive queries are refused. <c>pleiad.memory.refuse-queries-at</c></summary>
    public required int RefuseQueriesAt { get; init; }

    /// <summary>Percent from which on new series are refused. <c>pleiad.memory.refuse-series-at</c></summary>
    public required int RefuseSeriesAt { get; init; }

    /// <summary>Percent from which on remote write is answered 429. <c>pleiad.memory.refuse-writes-at</c></summary>
    public required int RefuseWritesAt { get; init; }

    /// <summary>Percent of the limit below its beginning at which a step ends. <c>pleiad.memory.hysteresis</c></summary>
    public required int Hysteresis { get; init; }

    /// <summary>Samples a query may hold while expensive ones are refused. <c>pleiad.memory.query-samples-max</c></summary>
    public required long QuerySamplesMax { get; init; }

    /// <summary>Series a query may read while expensive ones are refused. <c>pleiad.memory.query-series-max</c></summary>
    public required int QuerySeriesMax { get; init; }

    /// <summary>Between two looks; 10 ms to 1 min. <c>pleiad.memory.check-interval</c></summary>
    public required TimeSpan CheckInterval { get; init; }

    /// <summary>Bytes of the largest heap that is compacted; 0 for none. <c>pleiad.memory.compact-heap-max</c></summary>
    public required long CompactHeapBytesMax { get; init; }

    /// <summary>Between two compactions; 1 min to 1 d. <c>pleiad.memory.compact-interval</c></summary>
    public required TimeSpan CompactInterval { get; init; }
}

/// <summary>Dashboards.</summary>
public sealed record DashboardsSection
{
    /// <summary>A folder with Grafana's provisioning files, dashboards as JSON, or both; empty for none. <c>pleiad.dashboards.provisioning</c></summary>
    public required string Provisioning { get; init; }

    /// <summary>Whether the dashboards that come with the program are there. <c>pleiad.dashboards.shipped</c></summary>
    public required bool Shipped { get; init; }

    /// <summary>Bytes of a dashboard's JSON. <c>pleiad.dashboards.size-max</c></summary>
    public required int BytesMax { get; init; }

    /// <summary>Panels of a dashboard. <c>pleiad.dashboards.panels-max</c></summary>
    public required int PanelsMax { get; init; }

    /// <summary>Levels of nesting of a dashboard's JSON. <c>pleiad.dashboards.depth-max</c></summary>
    public required int DepthMax { get; init; }

    /// <summary>Values in a dashboard's JSON. <c>pleiad.dashboards.values-max</c></summary>
    public required int ValuesMax { get; init; }

    /// <summary>Dashboards kept, and folders. <c>pleiad.dashboards.count-max</c></summary>
    public required int CountMax { get; init; }

    /// <summary>Versions kept of each. <c>pleiad.dashboards.versions-max</c></summary>
    public required int VersionsMax { get; init; }
}

/// <summary>Where and how samples are kept.</summary>
public sealed record StorageSection
{
    /// <summary>Samples are kept for so long at least: the newest of them are in the head.</summary>
    public static readonly TimeSpan RetentionMin = TimeSpan.FromHours(2);

    /// <summary>The data directory; made where it is missing. <c>pleiad.storage.path</c></summary>
    public required string Path { get; init; }

    /// <summary>How long samples are kept; at least 2 h, zero for ever. <c>pleiad.storage.retention</c></summary>
    public required TimeSpan Retention { get; init; }

    /// <summary>Series that are kept for another time, each text a duration and a selector. <c>pleiad.storage.retention-rules</c></summary>
    public required IReadOnlyList<string> RetentionRules { get; init; }

    /// <summary>Bytes that all blocks and the journal may take; zero for no limit. <c>pleiad.storage.retention-size</c></summary>
    public required long RetentionBytesMax { get; init; }

    /// <summary>Whether rollups are written and used. <c>pleiad.storage.rollups.enabled</c></summary>
    public required bool RollupsEnabled { get; init; }

    /// <summary>How long rollups of 5 min are kept; zero for ever. <c>pleiad.storage.rollups.keep-5m</c></summary>
    public required TimeSpan RollupsKeep5m { get; init; }

    /// <summary>How long rollups of 1 h are kept; zero for ever. <c>pleiad.storage.rollups.keep-1h</c></summary>
    public required TimeSpan RollupsKeep1h { get; init; }

    /// <summary>Time that rollups are written for at once; whole hours, 1 h to 7 d. <c>pleiad.storage.rollups.window</c></summary>
    public required TimeSpan RollupsWindow { get; init; }

    /// <summary>How much longer samples are kept that no rollups are written of yet. <c>pleiad.storage.rollups.retention-wait</c></summary>
    public required TimeSpan RollupsRetentionWait { get; init; }

    /// <summary>Whether queries use rollups where samples are there too. <c>pleiad.storage.rollups.prefer</c></summary>
    public required bool RollupsPrefer { get; init; }

    /// <summary>After so long without any sample a shard goes by the clock; 10 min to 7 d. <c>pleiad.storage.quiet-after</c></summary>
    public required TimeSpan QuietAfter { get; init; }

    /// <summary>Time that a block covers when it is sealed; 10 min to 1 d. <c>pleiad.storage.block-range</c></summary>
    public required TimeSpan BlockRange { get; init; }

    /// <summary>Shards of a new data directory: a power of two, 1 to 4096. <c>pleiad.storage.shards</c></summary>
    public required int Shards { get; init; }

    /// <summary>Longest wait of a batch before the journal is flushed; 1 ms to 10 s. <c>pleiad.storage.flush-interval</c></summary>
    public required TimeSpan FlushInterval { get; init; }

    /// <summary>Bytes after which a journal segment is full; 1 MiB to 1 GiB. <c>pleiad.storage.segment-size</c></summary>
    public required long SegmentBytesMax { get; init; }

    /// <summary>Between two snapshots of a shard; at least 10 s. <c>pleiad.storage.snapshot-interval</c></summary>
    public required TimeSpan SnapshotInterval { get; init; }

    /// <summary>Series a shard holds at most; new ones beyond are refused. <c>pleiad.storage.series-per-shard-max</c></summary>
    public required int SeriesPerShardMax { get; init; }

    /// <summary>Series of all shards of the node; new ones beyond are refused. <c>pleiad.storage.series-max</c></summary>
    public required long SeriesMax { get; init; }

    /// <summary>Series with the same <c>instance</c>; new ones beyond are refused. <c>pleiad.storage.series-per-target-max</c></summary>
    public required int SeriesPerTargetMax { get; init; }

    /// <summary>Series of one metric on the node; new ones beyond are refused. <c>pleiad.storage.series-per-metric-max</c></summary>
    public required long SeriesPerMetricMax { get; init; }

    /// <summary>How much older than the newest a sample may be that comes out of order; zero to 1 d. <c>pleiad.storage.out-of-order-window</c></summary>
    public required TimeSpan OutOfOrderWindow { get; init; }

    /// <summary>Samples of one series that came out of order and are in no block yet; more are refused. <c>pleiad.storage.out-of-order-per-series-max</c></summary>
    public required int OutOfOrderPerSeriesMax { get; init; }

    /// <summary>The same of all series of a shard together. <c>pleiad.storage.out-of-order-per-shard-max</c></summary>
    public required int OutOfOrderPerShardMax { get; init; }

    /// <summary>Deletions of a shard that blocks have not applied yet; more are refused. <c>pleiad.storage.tombstones-per-shard-max</c></summary>
    public required int TombstonesPerShardMax { get; init; }

    /// <summary>Bytes of compressed blocks that are kept unpacked. <c>pleiad.storage.piece-cache-size</c></summary>
    public required long PieceCacheBytesMax { get; init; }

    /// <summary>Exemplars kept in memory; the newest ones, 0 for none. <c>pleiad.storage.exemplars-max</c></summary>
    public required int ExemplarsMax { get; init; }
}

/// <summary>The HTTP side.</summary>
public sealed record WebSection
{
    /// <summary>Addresses to listen on, each <c>host:port</c>; a missing host means all. <c>pleiad.web.listen-addresses</c></summary>
    public required IReadOnlyList<string> ListenAddresses { get; init; }

    /// <summary>The URL under which users reach the node; empty for its own host name. <c>pleiad.web.external-url</c></summary>
    public required string ExternalUrl { get; init; }

    /// <summary>Prefix of all paths; empty for that of the external URL. <c>pleiad.web.route-prefix</c></summary>
    public required string RoutePrefix { get; init; }

    /// <summary>Regular expression of origins that browsers may ask from. <c>pleiad.web.cors-origin</c></summary>
    public required string CorsOrigin { get; init; }

    /// <summary>Whether an address that other machines can reach may be served without TLS and accounts. <c>pleiad.web.insecure-listen</c></summary>
    public required bool InsecureListen { get; init; }

    /// <summary>Whether reload and quit are served over HTTP. <c>pleiad.web.enable-lifecycle</c></summary>
    public required bool EnableLifecycle { get; init; }

    /// <summary>Whether the administrative endpoints are served. <c>pleiad.web.enable-admin-api</c></summary>
    public required bool EnableAdminApi { get; init; }

    /// <summary>Whether remote write is received. <c>pleiad.web.enable-remote-write-receiver</c></summary>
    public required bool EnableRemoteWriteReceiver { get; init; }

    /// <summary>Limits of remote write as it is received. <c>pleiad.web.remote-write</c></summary>
    public required RemoteWriteSection RemoteWrite { get; init; }

    /// <summary>Limits of remote read as it is answered. <c>pleiad.web.remote-read</c></summary>
    public required RemoteReadSection RemoteRead { get; init; }

    /// <summary>Connections at the same time. <c>pleiad.web.connections-max</c></summary>
    public required int ConnectionsMax { get; init; }

    /// <summary>Connections at the same time that have a thread of their own. <c>pleiad.web.connection-threads-max</c></summary>
    public required int ConnectionThreadsMax { get; init; }

    /// <summary>How long a request may take to be read. <c>pleiad.web.read-timeout</c></summary>
    public required TimeSpan ReadTimeout { get; init; }
}

/// <summary>Limits of remote write as it is received.</summary>
public sealed record RemoteWriteSection
{
    /// <summary>Bytes of a compressed body. <c>pleiad.web.remote-write.body-size-max</c></summary>
    public required long BodyBytesMax { get; init; }

    /// <summary>Bytes of a decompressed body. <c>pleiad.web.remote-write.message-size-max</c></summary>
    public required long MessageBytesMax { get; init; }

    /// <summary>Series of a request. <c>pleiad.web.remote-write.series-max</c></summary>
    public required int SeriesMax { get; init; }

    /// <summary>How far ahead of the clock a sample may be. <c>pleiad.web.remote-write.ahead-max</c></summary>
    public required TimeSpan AheadMax { get; init; }

    /// <summary>Requests at the same time. <c>pleiad.web.remote-write.concurrency-max</c></summary>
    public required int ConcurrencyMax { get; init; }

    /// <summary>Requests waiting for their turn; more are answered 429. <c>pleiad.web.remote-write.queue-max</c></summary>
    public required int QueueMax { get; init; }

    /// <summary>Series whose labels are remembered between requests. <c>pleiad.web.remote-write.known-series-max</c></summary>
    public required int KnownSeriesMax { get; init; }

    /// <summary>Metric families whose type and help are remembered. <c>pleiad.web.remote-write.metadata-max</c></summary>
    public required int MetadataMax { get; init; }
}

/// <summary>Limits of remote read as it is answered.</summary>
public sealed record RemoteReadSection
{
    /// <summary>Bytes of a request. <c>pleiad.web.remote-read.body-size-max</c></summary>
    public required long BodyBytesMax { get; init; }

    /// <summary>Queries of a request. <c>pleiad.web.remote-read.queries-max</c></summary>
    public required int QueriesMax { get; init; }

    /// <summary>Samples of an answer. <c>pleiad.web.remote-read.samples-max</c></summary>
    public required long SamplesMax { get; init; }

    /// <summary>Chunk bytes of a frame of a stream. <c>pleiad.web.remote-read.frame-size-max</c></summary>
    public required long FrameBytesMax { get; init; }
}

/// <summary>Limits of queries.</summary>
public sealed record QuerySection
{
    /// <summary>How far back an instant selector looks. <c>pleiad.query.lookback</c></summary>
    public required TimeSpan Lookback { get; init; }

    /// <summary>How long a query may take. <c>pleiad.query.timeout</c></summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>Samples a query may hold at once. <c>pleiad.query.samples-max</c></summary>
    public required long SamplesMax { get; init; }

    /// <summary>Series a query may read. <c>pleiad.query.series-max</c></summary>
    public required long SeriesMax { get; init; }

    /// <summary>Bytes of labels a query may hold. <c>pleiad.query.bytes-max</c></summary>
    public required long BytesMax { get; init; }

    /// <summary>Bytes of a label value that a query makes. <c>pleiad.query.label-size-max</c></summary>
    public required long LabelBytesMax { get; init; }

    /// <summary>Bytes all queries may hold together; 0 for half of what the process may use. <c>pleiad.query.memory-max</c></summary>
    public required long MemoryMax { get; init; }

    /// <summary>Steps of a range query. <c>pleiad.query.steps-max</c></summary>
    public required int StepsMax { get; init; }

    /// <summary>Levels of the syntax tree. <c>pleiad.query.depth-max</c></summary>
    public required int DepthMax { get; init; }

    /// <summary>Nodes of the syntax tree. <c>pleiad.query.nodes-max</c></summary>
    public required int NodesMax { get; init; }

    /// <summary>Characters of a query. <c>pleiad.query.size-max</c></summary>
    public required long TextCharsMax { get; init; }

    /// <summary>Queries running at the same time. <c>pleiad.query.concurrency-max</c></summary>
    public required int ConcurrencyMax { get; init; }

    /// <summary>Queries waiting for their turn; more are answered 503. <c>pleiad.query.queue-max</c></summary>
    public required int QueueMax { get; init; }

    /// <summary>Ended queries that <c>/api/v1/queries</c> shows. <c>pleiad.query.recent-max</c></summary>
    public required int RecentMax { get; init; }

    /// <summary>Threads one query may use at once; 0 for as many as there are processors. <c>pleiad.query.threads-max</c></summary>
    public required int ThreadsMax { get; init; }

    /// <summary>How long a node that has started rehearses queries at most; 0 for not at all. <c>pleiad.query.rehearsal</c></summary>
    public required TimeSpan Rehearsal { get; init; }

    /// <summary>Queries of other nodes that may have something open here. <c>pleiad.query.peer-queries-max</c></summary>
    public required int PeerQueriesMax { get; init; }

    /// <summary>Reads of other nodes evaluated at the same time. <c>pleiad.query.peer-concurrency-max</c></summary>
    public required int PeerConcurrencyMax { get; init; }

    /// <summary>Bytes of series a query may fetch from other nodes. <c>pleiad.query.fetch-bytes-max</c></summary>
    public required long FetchBytesMax { get; init; }

    /// <summary>How long a node is waited for alone. <c>pleiad.query.hedge-after</c></summary>
    public required TimeSpan HedgeAfter { get; init; }

    /// <summary>How long a strong read waits for a copy to have what was acknowledged before. <c>pleiad.query.strong-timeout</c></summary>
    public required TimeSpan StrongTimeout { get; init; }

    /// <summary>Strong reads that wait for copies at the same time; more are answered 503. <c>pleiad.query.strong-waiting-max</c></summary>
    public required int StrongWaitingMax { get; init; }

    /// <summary>Names of switched-on features, as <c>--enable-feature</c> takes them. <c>pleiad.query.features</c></summary>
    public required IReadOnlyList<string> Features { get; init; }
}

/// <summary>Limits of scraping where prometheus.yml names none.</summary>
public sealed record ScrapeSection
{
    /// <summary>Bytes of a page, uncompressed. <c>pleiad.scrape.body-size-max</c></summary>
    public required long BodyBytesMax { get; init; }

    /// <summary>Samples of a page after relabelling. <c>pleiad.scrape.samples-max</c></summary>
    public required int SamplesMax { get; init; }

    /// <summary>Samples of a page before relabelling. <c>pleiad.scrape.page-samples-max</c></summary>
    public required int PageSamplesMax { get; init; }

    /// <summary>Labels of a series. <c>pleiad.scrape.labels-max</c></summary>
    public required int LabelsMax { get; init; }

    /// <summary>Bytes of a label name. <c>pleiad.scrape.label-name-bytes-max</c></summary>
    public required int LabelNameBytesMax { get; init; }

    /// <summary>Bytes of a label value. <c>pleiad.scrape.label-value-bytes-max</c></summary>
    public required int LabelValueBytesMax { get; init; }

    /// <summary>Bytes of a line. <c>pleiad.scrape.line-bytes-max</c></summary>
    public required int LineBytesMax { get; init; }

    /// <summary>Targets that read their first page at once. <c>pleiad.scrape.first-reads-max</c></summary>
    public required int FirstReadsMax { get; init; }

    /// <summary>Arrays of each size kept for pages. <c>pleiad.scrape.pooled-pages-max</c></summary>
    public required int PooledPagesMax { get; init; }

    /// <summary>Between two looks at what another node has found. <c>pleiad.scrape.shared-discovery-interval</c></summary>
    public required TimeSpan SharedDiscoveryInterval { get; init; }

    /// <summary>Bytes that what another node has found may unfold to. <c>pleiad.scrape.shared-discovery-size-max</c></summary>
    public required long SharedDiscoveryBytesMax { get; init; }

    /// <summary>Targets of a pool. <c>pleiad.scrape.targets-max</c></summary>
    public required int TargetsMax { get; init; }
}

/// <summary>What is logged.</summary>
public sealed record LogSection
{
    /// <summary><c>debug</c>, <c>info</c>, <c>warn</c> or <c>error</c>. <c>pleiad.log.level</c></summary>
    public required string Level { get; init; }

    /// <summary><c>logfmt</c> or <c>json</c>. <c>pleiad.log.format</c></summary>
    public required string Format { get; init; }
}
