namespace Pleiad.Node.Tests;

public sealed class RunFlagsTests
{
    [Theory]
    [InlineData("--web.config.file=web.yml", "--web.config.file: there is neither TLS nor a login yet")]
    [InlineData("--storage.tsdb.retention.size=much", "--storage.tsdb.retention.size: \"much\" is not a size such as 512MB or 10GB")]
    [InlineData("--storage.tsdb.retention=15d", "it is --storage.tsdb.retention.time")]
    [InlineData("--agent", "--agent: there is no agent mode")]
    [InlineData("--storage.agent.path=x", "--storage.agent.path: there is no agent mode")]
    [InlineData("--alertmanager.url=http://am", "alertmanagers stand in prometheus.yml")]
    [InlineData("--web.listen-adress=:9090", "unknown flag --web.listen-adress: neither Prometheus 3 nor Pleiad has it; did you mean --web.listen-address?")]
    [InlineData("--storage.tsdb.pth=x", "did you mean --storage.tsdb.path?")]
    [InlineData("--nonsense.of.some.kind", "unknown flag --nonsense.of.some.kind: neither Prometheus 3 nor Pleiad has it; --help lists those there are")]
    [InlineData("-x", "unknown flag -x")]
    [InlineData("--query.timeout=0s", "--query.timeout: \"0s\" is not longer than zero")]
    public async Task A_flag_that_is_refused_says_why(string flag, string reason)
    {
        foreach (string[] command in new string[][] { [flag], ["run", flag] })
        {
            using var output = new StringWriter();
            using var error = new StringWriter();
            int code = await PleiadCommand.InvokeAsync(command, output, error);
            Assert.Equal(PleiadCommand.Failure, code);
            Assert.StartsWith("pleiad: ", error.ToString(), StringComparison.Ordinal);
            Assert.Contains(reason, error.ToString(), StringComparison.Ordinal);
            Assert.Empty(output.ToString());
        }
    }

    // prometheus.md of the command line, 3.x, and what 2.42 had.
    [Fact]
    public void Every_flag_of_Prometheus_is_known()
    {
        string[] flags =
        [
            "config.file", "config.auto-reload-interval", "web.listen-address", "auto-gomaxprocs", "auto-gomemlimit", "auto-gomemlimit.ratio", "web.config.file", "web.read-timeout",
            "web.max-connections", "web.max-notifications-subscribers", "web.external-url", "web.route-prefix", "web.user-assets", "web.enable-lifecycle",
            "web.enable-admin-api", "web.enable-remote-write-receiver", "web.remote-write-receiver.accepted-protobuf-messages", "web.enable-otlp-receiver",
            "web.console.templates", "web.console.libraries", "web.page-title", "web.cors.origin", "storage.tsdb.retention.time", "storage.tsdb.retention.size",
            "storage.tsdb.retention", "storage.tsdb.no-lockfile", "storage.tsdb.head-chunks-write-queue-size", "storage.tsdb.min-block-duration",
            "storage.tsdb.max-block-duration", "storage.tsdb.max-block-chunk-segment-size", "storage.tsdb.wal-segment-size", "storage.tsdb.wal-compression",
            "storage.tsdb.wal-compression-type", "storage.tsdb.samples-per-chunk", "storage.tsdb.allow-overlapping-blocks", "storage.tsdb.block-reload-interval",
            "storage.tsdb.delayed-compaction.max-percent", "storage.agent.path", "storage.agent.wal-compression", "storage.agent.wal-compression-type",
            "storage.agent.wal-segment-size", "storage.agent.wal-truncate-frequency", "storage.agent.retention.min-time", "storage.agent.retention.max-time",
            "storage.agent.no-lockfile", "storage.remote.flush-deadline", "storage.remote.read-sample-limit", "storage.remote.read-concurrent-limit",
            "storage.remote.read-max-bytes-in-frame", "rules.alert.for-outage-tolerance", "rules.alert.for-grace-period", "rules.alert.resend-delay",
            "rules.max-concurrent-evals", "alertmanager.notification-queue-capacity", "alertmanager.notification-batch-size",
            "alertmanager.drain-notification-queue-on-shutdown", "alertmanager.timeout", "scrape.adjust-timestamps", "scrape.timestamp-tolerance",
            "scrape.discovery-reload-interval", "scrape.name-escaping-scheme", "query.lookback-delta", "query.timeout", "query.max-concurrency", "query.max-samples",
            "enable-feature", "agent", "log.level", "log.format",
        ];
        Assert.Empty(flags.Except(FlagTable.All.Select(static flag => flag.Name)));
        Assert.Contains(FlagTable.All, static flag => flag.Alias == "storage.tsdb.path");
        Assert.Equal(FlagTable.All.Count, FlagTable.All.Select(static flag => flag.Name).Distinct(StringComparer.Ordinal).Count());
    }
}
