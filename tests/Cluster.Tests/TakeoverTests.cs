using System.Diagnostics;
using Pleiad.Outside.Tests;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>Rows N1, N3, N4 and G1 of what a cluster promises: nodes are killed and stopped, the database crashes; nothing that was acknowledged or ever read is lost.</summary>
public sealed class TakeoverTests(ITestOutputHelper output)
{
    [SkippableFact(Timeout = 450_000)]
    public async Task Killed_stopped_and_started_nodes_lose_nothing_and_their_shards_are_led_by_others()
    {
        await using ClusterOfThree cluster = await ClusterOfThree.StartAsync();
        var ledger = new Ledger();
        DateTimeOffset began = DateTimeOffset.UtcNow;
        await using var load = new Load(cluster.UrlsBut());
        await cluster.UntilAllScrapedAsync(ledger);

        var dashboards = new SharedDashboards();
        await dashboards.SaveAsync(cluster.Node(1));
        await dashboards.CheckAsync(cluster.Running);

        await using SameAnswers answers = await SameAnswers.StartAsync(cluster.Node(2));
        await answers.CheckAsync(cluster.Running);

        // kill -9: the others lead its shards.
        long killed = Stopwatch.GetTimestamp();
        load.Use(cluster.UrlsBut(1));
        await cluster.KillAsync(1);
        Task led = cluster.UntilShardsAsync(static shards => shards.All(static shard => shard.Leader is "n0" or "n2" && !shard.Moves));
        (int given, int partial) = await answers.CheckWhileAsync([cluster.Node(0), cluster.Node(2)], led);
        output.WriteLine($"taken over after {Stopwatch.GetElapsedTime(killed)}, {given} answers meanwhile, {partial} of them partial");
        await answers.CheckAsync(cluster.Running);
        await dashboards.CheckAsync(cluster.Running);
        await dashboards.SaveAtOnceAsync(cluster.Node(0), cluster.Node(2));
        await dashboards.CheckAsync(cluster.Running);
        await CheckAsync();

        // The database crashes: what is under way waits for it.
        cluster.RestartDatabase();
        await CheckAsync();

        // It comes back, and is given its share.
        await cluster.StartNodesAsync(1);
        await cluster.UntilShardsAsync(static shards => shards.Count(static shard => shard.Leader == "n1") >= (ClusterOfThree.Shards / 3) - 1 && shards.All(static shard => !shard.Moves));
        await cluster.UntilAllScrapedAsync(ledger);
        await answers.CheckAsync(cluster.Running);

        // SIGTERM: it hands over and leaves.
        long stopped = Stopwatch.GetTimestamp();
        load.Use(cluster.UrlsBut(2));
        (int code, string said) = await cluster.StopAsync(2);
        output.WriteLine($"left after {Stopwatch.GetElapsedTime(stopped)}");
        Assert.True(code == 0, said);
        await cluster.UntilShardsAsync(static shards => shards.All(static shard => shard.Leader is "n0" or "n1" && !shard.Moves));
        await CheckAsync();

        // All at once: what they acknowledged is in the journal.
        await cluster.KillAsync(0);
        await cluster.KillAsync(1);
        await cluster.StartNodesAsync(0, 1, 2);
        await cluster.UntilShardsAsync(static shards => shards.Select(static shard => shard.Leader).Distinct().Count() == 3 && shards.All(static shard => !shard.Moves));
        load.Use(cluster.UrlsBut());
        await CheckAsync();
        Assert.Empty(load.SilentHoles);

        await dashboards.CheckAsync(cluster.Running);

        // Whoever scrapes a target scrapes it at the same instants.
        for (int target = 0; target < ClusterOfThree.Targets; target++)
        {
            Assert.Single(ledger.TimesOf($"t{target}").Select(static time => time % 1000).Distinct());
        }

        output.WriteLine($"{ledger.Count} samples read, {load.Ledger.Acked} written, {load.Ledger.Unknown} unknown");

        async Task CheckAsync()
        {
            await cluster.UntilAllScrapedAsync(ledger);
            await ledger.CheckAsync(cluster.Running);
            await Pause.UntilAsync(WritesAgain(Stopwatch.GetTimestamp()), ClusterRig.Patience, static () => "nothing is acknowledged any more");
            foreach (ClusterNode node in cluster.Running)
            {
                Assert.Empty(await WrittenSamples.WrongAsync(load, node.Client, began));
            }
        }

        Func<Task<bool>> WritesAgain(long since) => () => Task.FromResult(load.Ledger.AllAckedSince(since, Load.Series));
    }
}
