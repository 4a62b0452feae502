using System.Globalization;
using System.Text;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>Three nodes on a PostgreSQL of their own, which scrape pages of this process.</summary>
internal sealed class ClusterOfThree : IAsyncDisposable
{
    public const int Targets = 24;
    public const int Shards = 32;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Scratch _scratch = new();
    private readonly PostgresServer _postgres;
    private readonly PageServer _pages;
    private readonly string _config;
    private readonly int[] _ports = [.. Enumerable.Range(0, 3).Select(static _ => RunningProgram.FreePort())];
    private readonly PleiadServer?[] _nodes = new PleiadServer?[3];
    private readonly int[] _scrapes = new int[Targets];
    private readonly bool _hasCertificates;

    private ClusterOfThree(PostgresServer postgres, PageServer pages, bool hasCertificates)
    {
        _hasCertificates = hasCertificates;
        _postgres = postgres;
        _pages = pages;
        var config = new StringBuilder("global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: pages\n    static_configs:\n");
        for (int target = 0; target < Targets; target++)
        {
            int number = target;
            config.Append(CultureInfo.InvariantCulture, $"      - targets: ['{pages.Address}']\n        labels: {{instance: 't{number}', __metrics_path__: '/t{number}'}}\n");

            // No two scrapes of a target see the same value.
            pages.Serve($"/t{number}", () => string.Create(CultureInfo.InvariantCulture, $"ledger {Interlocked.Increment(ref _scrapes[number])}\n"));
        }

        _config = _scratch.File("prometheus.yml", config.ToString());
    }

    /// <summary>The nodes that run.</summary>
    public IEnumerable<PleiadServer> Running => _nodes.OfType<PleiadServer>();

    /// <summary>Starts all of it and waits until all three lead.</summary>
    /// <param name="hasCertificates">Whether the nodes talk to each other with certificates of an authority of their own.</param>
    public static async Task<ClusterOfThree> StartAsync(bool hasCertificates = false)
    {
        PostgresServer? postgres = PostgresServer.TryStart();
        Skip.If(postgres is null, "PostgreSQL is not installed (./test installs it)");
        var cluster = new ClusterOfThree(postgres, await PageServer.StartAsync(), hasCertificates);
        try
        {
            if (hasCertificates)
            {
                await cluster.IssueAsync("ca", 0, 1, 2);
            }

            await cluster.StartNodesAsync(0, 1, 2);
            await cluster.UntilShardsAsync(static shards => shards.Select(static shard => shard.Leader).Distinct().Count() == 3 && shards.All(static shard => !shard.Moves));
            return cluster;
        }
        catch
        {
            // Whatever went wrong: nobody else could end the processes.
            await cluster.DisposeAsync();
            throw;
        }
    }

    public PleiadServer Node(int number) => _nodes[number] ?? throw new InvalidOperationException($"node {number} does not run");

    /// <summary>The addresses of all nodes but some.</summary>
    public IEnumerable<Uri> UrlsBut(params int[] numbers) => _ports.Index().Where(port => !numbers.Contains(port.Index)).Select(static port => new Uri($"http://127.0.0.1:{port.Item}"));

    /// <summary>The database crashes and comes back.</summary>
    public void RestartDatabase()
    {
        _postgres.Crash();
        _postgres.Start();
    }

    public static string NameOf(int number) => $"n{number}";

    /// <summary>Starts nodes at the same time and waits until all of them are ready.</summary>
    public async Task StartNodesAsync(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            _nodes[number] = StartNode(number, _ports[number], _hasCertificates ? "ca" : null);
        }

        foreach (int number in numbers)
        {
            await Node(number).ReadyAsync(Patience);
        }
    }

    /// <summary>A fourth node, with certificates of another authority.</summary>
    public async Task<PleiadServer> StartForeignAsync()
    {
        await IssueAsync("another-ca", 3);
        return StartNode(3, RunningProgram.FreePort(), "another-ca");
    }

    /// <summary>Replaces the file that all nodes were started with; they are not told.</summary>
    public void Configure(Func<string, string> change) => File.WriteAllText(_config, change(File.ReadAllText(_config)));

    /// <summary>The data directory of a node.</summary>
    public string DataOf(int number) => _scratch.Folder(NameOf(number));

    /// <summary>kill -9.</summary>
    public async Task KillAsync(int number)
    {
        PleiadServer node = Node(number);
        _nodes[number] = null;
        await node.DisposeAsync();
    }

    /// <summary>SIGTERM; waits for the end.</summary>
    /// <returns>The exit code, and what it printed.</returns>
    public async Task<(int Code, string Output)> StopAsync(int number)
    {
        PleiadServer node = Node(number);
        _nodes[number] = null;
        await node.SignalAsync("TERM");
        int code = await node.WaitForExitAsync(Patience);
        string output = node.Output;
        await node.DisposeAsync();
        return (code, output);
    }

    /// <summary>Waits until all nodes that run see the shards like that.</summary>
    public Task UntilShardsAsync(Func<IReadOnlyList<ShardSeen>, bool> expected)
    {
        IReadOnlyList<ShardSeen> last = [];
        return Pause.UntilAsync(
            async () =>
            {
                foreach (PleiadServer node in Running)
                {
                    last = await ShardsAsync(node);
                    if (last.Count != Shards || !expected(last))
                    {
                        return false;
                    }
                }

                return true;
            },
            Patience,
            () => string.Join('\n', last) + '\n' + string.Join('\n', Running.Select(static node => node.Output)));
    }

    /// <summary>Waits until a new sample of every target can be read.</summary>
    /// <param name="ledger">Reads them.</param>
    public Task UntilAllScrapedAsync(Ledger ledger)
    {
        int[] now = [.. _scrapes];
        return Pause.UntilAsync(
            async () =>
            {
                await ledger.ReadAsync(Running);
                return Enumerable.Range(0, Targets).All(target => ledger.HasNewer($"t{target}", now[target]));
            },
            Patience,
            () => "no new samples of " + string.Join(' ', Enumerable.Range(0, Targets).Where(target => !ledger.HasNewer($"t{target}", now[target]))) + '\n'
                + string.Join('\n', Running.Select(static node => node.Output)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (PleiadServer node in Running)
        {
            await node.DisposeAsync();
        }

        await _pages.DisposeAsync();
        _postgres.Dispose();
        _scratch.Dispose();
    }

    private PleiadServer StartNode(int number, int port, string? authority)
    {
        string name = NameOf(number);
        string[] certificates = [];
        if (authority is not null)
        {
            string ca = _scratch.Folder(authority);
            string conf = $"pleiad.cluster.tls {{ ca-file = \"{ca}/ca.crt\", cert-file = \"{ca}/{name}.crt\", key-file = \"{ca}/{name}.key\" }}\n";
            certificates = ["--conf=" + _scratch.File(name + ".conf", conf)];
        }

        var node = new PleiadServer(
            DataOf(number), _config, port,
            [
                "--cluster.postgres=" + _postgres.Connection, "--cluster.name=" + name, "--cluster.listen-address=127.0.0.1:0", $"--cluster.shards={Shards}",
                "--cluster.replicas=2", "--web.enable-remote-write-receiver", "--web.enable-lifecycle", "--web.enable-admin-api", .. certificates,
            ]);
        OrphanGuard.Add(node.Id);
        return node;
    }

    // As an operator does.
    private async Task IssueAsync(string authority, params int[] numbers)
    {
        string directory = Path.Combine(_scratch.Path, authority);
        foreach (string[] command in (string[][])[["init-ca"], .. numbers.Select(static number => new[] { "issue-cert", NameOf(number) })])
        {
            await using var program = new RunningProgram(PleiadServer.Binary, ["cluster", .. command, "--dir", directory]);
            Assert.True(await program.WaitForExitAsync(Patience) == 0, program.Output);
        }
    }

    private static async Task<IReadOnlyList<ShardSeen>> ShardsAsync(PleiadServer node)
    {
        JsonElement data = await node.Client.DataAsync("/api/v1/cluster");
        return data.TryGetProperty("shards", out JsonElement shards)
            ? [.. shards.EnumerateArray().Select(static shard => new ShardSeen(
                shard.GetProperty("shard").GetInt32(), shard.GetProperty("leader").GetString()!,
                [.. shard.GetProperty("followers").EnumerateArray().Select(static follower => follower.GetString()!)], shard.TryGetProperty("movingTo", out _)))]
            : [];
    }
}

/// <summary>A shard as a node sees it.</summary>
internal sealed record ShardSeen(int Shard, string Leader, IReadOnlyList<string> Followers, bool Moves)
{
    public override string ToString() => $"{Shard}: {Leader} then {string.Join(' ', Followers)}{(Moves ? ", moves" : "")}";
}
