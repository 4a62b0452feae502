using System.Diagnostics;
using System.Text.Json;
using Pleiad.Outside.Tests;

namespace Pleiad.Cluster.Tests;

/// <summary>The database is stopped: samples are acknowledged from the disks of two nodes, and none is lost although one of them is killed before it is back.</summary>
public sealed class DatabaseAwayTests
{
    [SkippableFact(Timeout = 450_000)]
    public async Task What_is_acknowledged_while_the_database_is_away_is_there_though_a_node_is_killed_before_it_is_back()
    {
        DateTimeOffset began = DateTimeOffset.UtcNow;
        await using FaultCluster cluster = await FaultCluster.StartAsync(new FaultSetup());
        cluster.Load.BeginFault();
        cluster.Postgres.Crash();

        // Every series is acknowledged on, and the nodes say from where.
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        await UntilAsync(cluster, static seen => !seen.IsStoreReached && seen.Spooled > 0, "no node says that it spools");

        const int victim = 1;
        cluster.Load.Use(cluster.UrlsBut(victim));
        await cluster.KillAsync(victim);

        // Without the database it does not start, and says so: whoever supervises it tries again.
        Assert.Contains("cannot use the cluster's PostgreSQL", await cluster.StartInVainAsync(victim), StringComparison.Ordinal);

        // The shards of the others go on meanwhile.
        int acked = cluster.Load.Ledger.Acked;
        await Pause.UntilAsync(
            () => Task.FromResult(cluster.Load.Ledger.Acked > acked + 20), FaultCluster.Patience, () => "nothing is acknowledged any more\n" + cluster.Outputs());

        cluster.Postgres.Start();
        await cluster.StartNodesAsync(victim);
        await cluster.HealAsync();
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        await UntilAsync(cluster, static seen => seen.IsStoreReached && seen.Spooled == 0, "a spool is not empty");
        IReadOnlyList<string> wrong = await cluster.WrongAsync(began);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(cluster.Load.Ledger.Acked > acked + 20);
    }

    private static Task UntilAsync(FaultCluster cluster, Func<(bool IsStoreReached, long Spooled), bool> expected, string otherwise) => Pause.UntilAsync(
        async () =>
        {
            foreach (ClusterNode node in cluster.Running)
            {
                if (!expected(await SeenByAsync(node)))
                {
                    return false;
                }
            }

            return true;
        },
        FaultCluster.Patience,
        () => $"{otherwise}\n{cluster.Outputs()}");

    private static async Task<(bool IsStoreReached, long Spooled)> SeenByAsync(ClusterNode node)
    {
        using JsonDocument json = JsonDocument.Parse(await node.Client.Http.GetStringAsync("/api/v1/cluster"));
        JsonElement data = json.RootElement.GetProperty("data");
        return (data.GetProperty("storeReached").GetBoolean(), data.GetProperty("spool").GetProperty("records").GetInt64());
    }
}
