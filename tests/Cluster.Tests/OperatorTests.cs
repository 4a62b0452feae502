using System.Globalization;
using System.Net;
using System.Text.Json;
using Pleiad.Outside.Tests;

namespace Pleiad.Cluster.Tests;

/// <summary>What an operator asks of one node reaches all; nodes know each other by the certificates of their authority.</summary>
public sealed class OperatorTests
{
    [SkippableFact(Timeout = 450_000)]
    public async Task Reloads_deletions_and_snapshots_reach_all_nodes_and_a_foreign_certificate_reaches_none()
    {
        await using ClusterOfThree cluster = await ClusterOfThree.StartAsync(hasCertificates: true);
        var ledger = new Ledger();
        await cluster.UntilAllScrapedAsync(ledger);

        // Of each target there is this sample or a newer one, so nothing as old as this can still be on its way.
        long scraped = Enumerable.Range(0, ClusterOfThree.Targets).Min(target => ledger.TimesOf($"t{target}").Max());
        await ReloadsReachAllAsync(cluster);
        await DeletionsReachAllAsync(cluster, scraped);
        await SnapshotsReachAllAsync(cluster);
        await AForeignNodeStaysOutsideAsync(cluster);
    }

    private static async Task ReloadsReachAllAsync(ClusterOfThree cluster)
    {
        cluster.Configure(static text => "scrape_configs: 7 #" + text);
        Assert.Equal(HttpStatusCode.InternalServerError, await PostAsync(cluster.Node(1), "/-/reload"));
        cluster.Configure(static text => text["scrape_configs: 7 #".Length..] + "  - job_name: another\n");
        Assert.DoesNotContain("another", await ConfigurationAsync(cluster.Node(1)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(cluster.Node(1), "/-/reload"));
        Assert.Contains("another", await ConfigurationAsync(cluster.Node(1)), StringComparison.Ordinal);
        await UntilAsync(cluster, async node => (await ConfigurationAsync(node)).Contains("another", StringComparison.Ordinal));

        // Nobody reads it who was not asked.
        cluster.Configure(static text => text + "  - job_name: not_reloaded\n");
    }

    private static async Task WhoComesBackTakesWhatIsInForceAsync(ClusterOfThree cluster)
    {
        Assert.DoesNotContain("not_reloaded", await ConfigurationAsync(cluster.Node(2)), StringComparison.Ordinal);
        await Pause.UntilAsync(
            () => Task.FromResult(cluster.Node(2).Output.Contains("not the cluster's", StringComparison.Ordinal)), ClusterRig.Patience, () => cluster.Node(2).Output);
        await cluster.Node(0).SignalAsync("HUP");
        await UntilAsync(cluster, async node => (await ConfigurationAsync(node)).Contains("not_reloaded", StringComparison.Ordinal));
    }

    private static async Task DeletionsReachAllAsync(ClusterOfThree cluster, long through)
    {
        string end = (through / 1000.0).ToString("F3", CultureInfo.InvariantCulture);
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(cluster.Node(2), $"/api/v1/admin/tsdb/delete_series?match[]=ledger&end={end}"));
        await UntilAsync(cluster, IsDeletedAsync);
        Assert.Equal(HttpStatusCode.NoContent, await PostAsync(cluster.Node(0), "/api/v1/admin/tsdb/clean_tombstones"));

        // Whoever leads what it led has deleted it too, and so has it when it is back.
        await cluster.KillAsync(2);
        await cluster.UntilShardsAsync(static shards => shards.All(static shard => shard.Leader is "n0" or "n1" && !shard.Moves));
        await UntilAsync(cluster, IsDeletedAsync);
        await cluster.StartNodesAsync(2);
        await WhoComesBackTakesWhatIsInForceAsync(cluster);
        await cluster.UntilShardsAsync(static shards => shards.Select(static shard => shard.Leader).Distinct().Count() == 3 && shards.All(static shard => !shard.Moves));
        await UntilAsync(cluster, IsDeletedAsync);

        // What was scraped since then is there, of all targets, and nothing older, which was there.
        async Task<bool> IsDeletedAsync(ClusterNode node)
        {
            Dictionary<string, List<(long TimeMs, string Value)>> found = await node.Client.RawAsync("ledger[1h]", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
            return found.Count == ClusterOfThree.Targets && found.Values.All(samples => samples.Count > 0 && samples.All(sample => sample.TimeMs > through));
        }
    }

    private static async Task SnapshotsReachAllAsync(ClusterOfThree cluster)
    {
        using HttpClient http = PatientClientOf(cluster.Node(1));
        using HttpResponseMessage answer = await http.PostAsync("/api/v1/admin/tsdb/snapshot", null);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        using JsonDocument json = JsonDocument.Parse(body);
        string name = json.RootElement.GetProperty("data").GetProperty("name").GetString()!;
        for (int number = 0; number < 3; number++)
        {
            string copy = Path.Combine(cluster.DataOf(number), "snapshots", name);
            Assert.True(File.Exists(Path.Combine(copy, "pleiad.meta")), copy);
            Assert.NotEmpty(Directory.EnumerateFiles(copy, "*.blk", SearchOption.AllDirectories));
        }
    }

    private static async Task AForeignNodeStaysOutsideAsync(ClusterOfThree cluster)
    {
        double refused = await RefusedAsync(cluster.Node(0));
        await using ClusterNode foreign = await cluster.StartForeignAsync();

        // It knows the database, says that it would join, and is told by nobody that it may: it gives up, and the others give it up, when that suits them.
        await Pause.UntilAsync(
            async () => await RefusedAsync(cluster.Node(0)) > refused && await IsOutsideAsync(cluster.Node(0)) && await IsOutsideAsync(cluster.Node(1)),
            ClusterRig.Patience, () => foreign.Output);
        Assert.False(await foreign.Client.IsReadyAsync());

        static async Task<bool> IsOutsideAsync(ClusterNode node)
        {
            string status = await StatusAsync(node);
            Assert.True(status is "" or "joining" or "dead", status);
            return status.Length > 0;
        }

        static async Task<string> StatusAsync(ClusterNode node) => (await node.Client.DataAsync("/api/v1/cluster?others=false")).GetProperty("nodes").EnumerateArray()
            .Where(static member => member.GetProperty("name").GetString() == ClusterRig.NameOf(3)).Select(static member => member.GetProperty("status").GetString()!).LastOrDefault("");
    }

    private static async Task<double> RefusedAsync(ClusterNode node) =>
        (await node.Client.Http.GetStringAsync("/metrics")).Split('\n')
            .Where(static line => line.StartsWith("pleiad_kernel_transport_refusals_total", StringComparison.Ordinal))
            .Sum(static line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static Task UntilAsync(ClusterOfThree cluster, Func<ClusterNode, Task<bool>> holds) => Pause.UntilAsync(
        async () =>
        {
            foreach (ClusterNode node in cluster.Running)
            {
                if (!await holds(node))
                {
                    return false;
                }
            }

            return true;
        },
        ClusterRig.Patience,
        () => string.Join('\n', cluster.Running.Select(static node => node.Output)));

    private static async Task<string> ConfigurationAsync(ClusterNode node) => (await node.Client.DataAsync("/api/v1/status/config")).GetProperty("yaml").GetString()!;

    private static async Task<HttpStatusCode> PostAsync(ClusterNode node, string path)
    {
        using HttpClient http = PatientClientOf(node);
        using HttpResponseMessage answer = await http.PostAsync(path, null);
        return answer.StatusCode;
    }

    // Each shard of each node writes and flushes files, on whatever disk that is.
    private static HttpClient PatientClientOf(ClusterNode node) => new() { BaseAddress = node.Client.Http.BaseAddress, Timeout = ClusterRig.Patience };
}
