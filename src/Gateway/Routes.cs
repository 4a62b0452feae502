using Microsoft.Extensions.Logging;

namespace Pleiad.Gateway;

/// <summary>Every route of the gateway, in one place.</summary>
internal static class Routes
{
    private static readonly string[] Get = ["GET"];
    private static readonly string[] Post = ["POST"];
    private static readonly string[] GetPost = ["GET", "POST"];
    private static readonly string[] PostPut = ["POST", "PUT"];
    private static readonly string[] GetHead = ["GET", "HEAD"];

    /// <summary>The table.</summary>
    public static RouteTable Of(GatewaySettings settings, GatewayPorts ports, GatewayMetrics metrics, TimeProvider time, ILogger log)
    {
        var received = new ReceivedMetadata(settings.RemoteWrite.MetadataMax);
        var query = new QueryEndpoints(ports.Query, settings, metrics, time);
        var running = new RunningQueryEndpoints(ports.Query, ports.Running, query, time);
        var series = new SeriesEndpoints(ports.Query);
        var targets = new TargetEndpoints(ports.Targets, received);
        var relabelling = new RelabelEndpoints(ports.Targets);
        var format = new FormatEndpoints(settings);
        var status = new StatusEndpoints(ports.Status, settings, time);
        var rules = new RuleEndpoints(ports.Status);
        var blocks = new BlocksEndpoint(ports.Status);
        var cardinality = new CardinalityEndpoint(ports.Status);
        var operate = new OperateEndpoints(ports.Control, ports.Page, settings, ports.NodeName, log);
        var admin = new AdminEndpoints(ports.Storage, settings);
        var write = new RemoteWriteEndpoint(ports.Ingest, ports.Status, received, settings.RemoteWrite, metrics, time);
        var read = new RemoteReadEndpoint(ports.Query, ports.Status, settings.RemoteRead, metrics);
        var cluster = new ClusterEndpoints(ports.Cluster);
        var federation = new FederateEndpoint(ports.Query, ports.Status, settings, time);

        GatewayRoute Api(string name, string[] methods, ApiEndpoint endpoint, bool needsReady = true) => new(
            RouteTable.ApiPrefix + name, methods, RouteAccess.Viewer, needsReady, JsonAnswers.Handler(endpoint, settings.FormBytesMax));

        GatewayRoute Lifecycle(string path, RouteHandler handler) => new(path, ["POST", "PUT"], RouteAccess.Operator, NeedsReady: false, handler)
        {
            WrongMethodText = "Only POST or PUT requests allowed",
        };

        GatewayRoute Admin(string name, RouteHandler handler) => new(
            RouteTable.ApiPrefix + "admin/tsdb/" + name, PostPut, RouteAccess.Operator, NeedsReady: true, handler);

        return new RouteTable(
        [
            Api("query", GetPost, query.InstantAsync),
            Api("query_range", GetPost, query.RangeAsync),
            Api("query_exemplars", GetPost, query.ExemplarsAsync),
            Api("queries", Get, running.QueriesAsync),
            Api("queries/{id}/cancel", Post, running.CancelAsync) with { Access = RouteAccess.Operator },
            Api("explain", GetPost, running.ExplainAsync),
            Api("format_query", GetPost, format.FormatAsync),
            Api("parse_query", GetPost, format.ParseAsync),
            Api("series", GetPost, series.SeriesAsync),
            Api("labels", GetPost, series.NamesAsync),
            Api("label/{name}/values", GetPost, series.ValuesAsync),   // POST as Grafana's ad hoc filters send it; Prometheus has GET alone
            Api("targets", Get, targets.TargetsAsync),
            Api("targets/metadata", Get, targets.TargetMetadataAsync),
            Api("targets/relabel_steps", Get, relabelling.StepsAsync),
            Api("scrape_pools", Get, targets.PoolsAsync),
            Api("scrape_pools/config", Get, status.PoolAsync),
            Api("metadata", Get, targets.MetadataAsync),
            Api("rules", Get, rules.RulesAsync),
            Api("alerts", Get, rules.AlertsAsync),
            Api("alertmanagers", Get, rules.AlertmanagersAsync),
            Api("status/config", Get, status.ConfigAsync),
            Api("status/flags", Get, status.FlagsAsync),
            Api("status/runtimeinfo", Get, status.RuntimeAsync),
            Api("status/buildinfo", Get, status.BuildAsync),
            Api("status/tsdb", Get, status.StorageAsync),
            Api("status/tsdb/blocks", Get, blocks.AnswerAsync),
            Api("status/cardinality", Get, cardinality.AnswerAsync),
            Api("status/memory", Get, status.MemoryAsync, needsReady: false),
            Api("status/walreplay", Get, status.ReplayAsync, needsReady: false),
            Api("cluster", Get, cluster.ClusterAsync, needsReady: false),
            Api("notifications", Get, status.NotificationsAsync, needsReady: false),
            Api("features", Get, status.FeaturesAsync),
            new(RouteTable.ApiPrefix + "write", ["POST"], RouteAccess.Operator, NeedsReady: true, write.WriteAsync),
            new(RouteTable.ApiPrefix + "read", ["POST"], RouteAccess.Viewer, NeedsReady: true, read.ReadAsync),
            new("/federate", Get, RouteAccess.Viewer, NeedsReady: true, federation.FederateAsync),
            Admin("delete_series", admin.DeleteSeriesAsync),
            Admin("clean_tombstones", admin.CleanTombstonesAsync),
            Admin("seal", admin.SealAsync),
            Admin("snapshot", JsonAnswers.Handler(admin.SnapshotAsync, settings.FormBytesMax)),
            new("/-/healthy", GetHead, RouteAccess.Anybody, NeedsReady: false, OperateEndpoints.HealthyAsync),
            new("/-/ready", GetHead, RouteAccess.Anybody, NeedsReady: true, OperateEndpoints.ReadyAsync),
            Lifecycle("/-/reload", operate.ReloadAsync),
            Lifecycle("/-/quit", operate.QuitAsync),
            new("/metrics", Get, RouteAccess.Viewer, NeedsReady: false, operate.MetricsAsync),
            .. DashboardRoutes.Of(ports.Dashboards, settings, log),
            .. StaticUi.Routes(settings),
        ]);
    }
}
