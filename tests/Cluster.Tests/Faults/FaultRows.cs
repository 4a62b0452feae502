using System.Diagnostics;
using System.Globalization;
using Pleiad.Outside.Tests;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>
/// The rows of what is promised against faults, each alone and as often as asked: <c>tests/faults N1 --runs 100</c>. Every run checks what was
/// acknowledged on every node, and every answer that was given meanwhile. A row that is not asked for is not run.
/// </summary>
[Collection("faults")]
public sealed class FaultRows(ITestOutputHelper output) : FaultRowBase(output)
{
    /// <summary>One node is killed.</summary>
    [SkippableFact]
    [Trait("row", "N1")]
    public Task N1_one_node_is_killed() => RunAsync("N1", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);
        cluster.Load.Use(cluster.UrlsBut(victim));
        return await FaultAsync(cluster, () => cluster.KillAsync(victim));
    });

    /// <summary>One node is killed and its disk is gone.</summary>
    [SkippableFact]
    [Trait("row", "N2")]
    public Task N2_one_node_is_killed_and_its_disk_is_lost() => RunAsync("N2", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);
        cluster.Load.Use(cluster.UrlsBut(victim));
        return await FaultAsync(cluster, async () =>
        {
            await cluster.KillAsync(victim);
            Directory.Delete(cluster.DataOf(victim), recursive: true);
        });
    });

    /// <summary>All nodes are killed together.</summary>
    [SkippableFact]
    [Trait("row", "N3")]
    public Task N3_all_nodes_are_killed() => RunAsync("N3", cluster => FaultAsync(cluster, async () =>
    {
        for (int node = 0; node < FaultCluster.Nodes; node++)
        {
            await cluster.KillAsync(node);
        }

        await cluster.StartNodesAsync(0, 1, 2);
    }));

    /// <summary>Each node is stopped and started, one after the other.</summary>
    [SkippableFact]
    [Trait("row", "N4")]
    public Task N4_nodes_are_restarted_one_by_one() => RunAsync("N4", async cluster =>
    {
        int node = Chance.Next(FaultCluster.Nodes);
        cluster.Load.Use(cluster.UrlsBut(node));
        return await FaultAsync(cluster, async () =>
        {
            (int code, string said) = await cluster.StopAsync(node);
            Assert.True(code == 0, $"it ended with {code}: {said}");
        });
    });

    /// <summary>A node cannot reach the others and the database.</summary>
    [SkippableFact]
    [Trait("row", "P1")]
    public Task P1_a_node_is_cut_off_from_all_others_and_the_database() => RunAsync("P1", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);
        Namespaces spaces = cluster.Spaces!;
        cluster.Load.Use(cluster.UrlsBut(victim));
        return await FaultAsync(
            cluster,
            () =>
            {
                spaces.Drop(victim, spaces.Database);
                foreach (int other in Enumerable.Range(0, FaultCluster.Nodes).Where(other => other != victim))
                {
                    spaces.Drop(victim, spaces.Of(other));
                    spaces.Drop(other, spaces.Of(victim));
                }

                return Task.CompletedTask;
            },
            during: () => ProvokeAsync(cluster, victim));
    }, new FaultSetup { HasNamespaces = true });

    /// <summary>What a node sends to another does not arrive.</summary>
    [SkippableFact]
    [Trait("row", "P2")]
    public Task P2_messages_of_one_direction_are_lost() => RunAsync("P2", async cluster =>
    {
        int from = Chance.Next(FaultCluster.Nodes);
        int to = (from + 1 + Chance.Next(FaultCluster.Nodes - 1)) % FaultCluster.Nodes;
        cluster.Load.Use(cluster.UrlsBut(from, to));
        long began = Stopwatch.GetTimestamp();
        return await FaultAsync(
            cluster,
            () =>
            {
                cluster.Spaces!.Drop(from, cluster.Spaces.Of(to));
                return Task.CompletedTask;
            },
            during: () => Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(15)), FaultCluster.Patience, static () => ""));
    }, new FaultSetup { HasNamespaces = true });

    /// <summary>A node cannot reach the database.</summary>
    [SkippableFact]
    [Trait("row", "P3")]
    public Task P3_a_node_is_cut_off_from_the_database() => RunAsync("P3", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);
        long began = Stopwatch.GetTimestamp();
        return await FaultAsync(
            cluster,
            () =>
            {
                cluster.Spaces!.Drop(victim, cluster.Spaces.Database);
                return Task.CompletedTask;
            },
            during: async () =>
            {
                // What it leads waits; nobody takes it away from a node that lives.
                await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(8)), FaultCluster.Patience, static () => "");
                cluster.Spaces!.Heal();
            });
    }, new FaultSetup { HasNamespaces = true });

    /// <summary>A node stands still and goes on.</summary>
    [SkippableFact]
    [Trait("row", "S1")]
    public Task S1_a_node_pauses() => RunAsync("S1", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);

        // Of twenty runs one pauses for two minutes, four for 20 s and fifteen for 3 s.
        TimeSpan pause = TimeSpan.FromSeconds(Run % 20 == 7 ? 120 : Run % 5 == 1 ? 20 : 3);
        cluster.Load.Use(cluster.UrlsBut(victim));
        long began = Stopwatch.GetTimestamp();
        RunFigures run = await FaultAsync(
            cluster, () => cluster.Node(victim).SignalAsync("STOP"),
            during: async () =>
            {
                await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(began) > pause), FaultCluster.Patience, static () => "");
                await cluster.Node(victim).SignalAsync("CONT");

                // It believes that it leads until it looks.
                await ProvokeAsync(cluster, victim);
            });
        return run with { Note = string.Create(CultureInfo.InvariantCulture, $"for {pause.TotalSeconds} s; ") };
    });

    /// <summary>Bytes of files of a node that does not run are flipped.</summary>
    [SkippableFact]
    [Trait("row", "D4")]
    public Task D4_bytes_on_a_disk_are_flipped() => RunAsync("D4", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);

        // Two snapshots of most shards, so that there is something to flip. A copy that was damaged is whole with the next one of another.
        await Pause.UntilAsync(() => Task.FromResult(FilesOf(cluster, victim).Length >= 2 * FaultCluster.Shards), FaultCluster.Patience, static () => "nothing was saved");
        cluster.Load.Use(cluster.UrlsBut(victim));
        return await FaultAsync(cluster, async () =>
        {
            await cluster.KillAsync(victim);
            string[] files = FilesOf(cluster, victim);
            for (int i = 0; i < 6; i++)
            {
                Flip(files[Chance.Next(files.Length)]);
            }
        });
    }, new FaultSetup { Conf = "pleiad.storage.snapshot-interval = 10s" });

    /// <summary>The database crashes and comes back.</summary>
    [SkippableFact]
    [Trait("row", "G1")]
    public Task G1_the_database_is_restarted() => RunAsync("G1", cluster => FaultAsync(cluster, () =>
    {
        cluster.Postgres.Crash();
        cluster.Postgres.Start();
        return Task.CompletedTask;
    }));

    /// <summary>The database is away for a while.</summary>
    [SkippableFact]
    [Trait("row", "G2")]
    public Task G2_the_database_is_away() => RunAsync("G2", cluster => FaultAsync(cluster, async () =>
    {
        long began = Stopwatch.GetTimestamp();
        cluster.Postgres.Crash();

        // Every series is written on meanwhile: it is acknowledged from spools.
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(20)), FaultCluster.Patience, static () => "");
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        cluster.Postgres.Start();
    }));

    /// <summary>All nodes are killed while the database is away, and start when it is back.</summary>
    [SkippableFact]
    [Trait("row", "G4")]
    public Task G4_all_nodes_are_killed_while_the_database_is_away() => RunAsync("G4", cluster => FaultAsync(cluster, async () =>
    {
        cluster.Postgres.Crash();
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        for (int node = 0; node < FaultCluster.Nodes; node++)
        {
            await cluster.KillAsync(node);
        }

        cluster.Postgres.Start();
        await cluster.StartNodesAsync(0, 1, 2);
    }));

    /// <summary>One node is killed while the database is away; the others go on with what it had acknowledged.</summary>
    [SkippableFact]
    [Trait("row", "G6")]
    public Task G6_one_node_is_killed_while_the_database_is_away() => RunAsync("G6", async cluster =>
    {
        int victim = Chance.Next(FaultCluster.Nodes);
        cluster.Load.Use(cluster.UrlsBut(victim));
        return await FaultAsync(cluster, async () =>
        {
            cluster.Postgres.Crash();
            await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
            await cluster.KillAsync(victim);
            cluster.Postgres.Start();
        });
    });

    /// <summary>The database comes back without what it had committed last.</summary>
    [SkippableFact]
    [Trait("row", "G3")]
    public Task G3_the_database_loses_what_it_had_acknowledged() => RunAsync("G3", async cluster =>
    {
        // Until it is given its records again it counts less than was acknowledged: docs/decisions/0021.
        cluster.Load.StrongReadsCount = false;
        cluster.Postgres.Crash();
        cluster.Postgres.Remember();
        cluster.Postgres.Start();
        await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
        long lost = Stopwatch.GetTimestamp();
        await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(lost) > TimeSpan.FromSeconds(2)), FaultCluster.Patience, static () => "");
        return await FaultAsync(cluster, () =>
        {
            cluster.Postgres.Crash();
            cluster.Postgres.GoBack();
            cluster.Postgres.Start();
            return Task.CompletedTask;
        });
    });

    /// <summary>Connections to the database are cut when it has committed and the node has not heard of it.</summary>
    [SkippableFact]
    [Trait("row", "G5")]
    public Task G5_a_connection_is_cut_right_after_a_commit() => RunAsync("G5", cluster => FaultAsync(
        cluster,
        async () =>
        {
            int before = cluster.Proxy.Cuts;
            for (int cut = 1; cut <= 5; cut++)
            {
                cluster.Proxy.CutNextCommit();
                await Pause.UntilAsync(() => Task.FromResult(cluster.Proxy.Cuts == before + cut), FaultCluster.Patience, static () => "nothing was committed");
                await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
            }
        },
        check: () =>
        {
            // In the database: no number twice, and none left out since the oldest that is there.
            string wrong = cluster.Postgres.Ask("""
                SELECT shard_id, count(*), count(DISTINCT seq), min(seq), max(seq) FROM journal GROUP BY shard_id
                HAVING count(*) <> count(DISTINCT seq) OR count(*) <> max(seq) - min(seq) + 1
                """);
            return Task.FromResult<IReadOnlyList<string>>(wrong.Length == 0 ? [] : [$"shards whose journal has a number twice or not at all: {wrong}"]);
        }), new FaultSetup { HasProxy = true });

    private static string[] FilesOf(FaultCluster cluster, int node)
    {
        string place = Path.Combine(cluster.DataOf(node), "shards");
        return Directory.Exists(place)
            ? [.. Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith(".tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
    }

    private static void Flip(string path)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        long at = Chance.NextInt64(file.Length);
        file.Position = at;
        int before = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(before ^ (1 << Chance.Next(8))));
    }
}
