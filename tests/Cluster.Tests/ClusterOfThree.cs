using System.Globalization;
using System.Text;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>Three nodes with two copies of every shard.</summary>
internal sealed class ClusterOfThree : ClusterRig
{
    public const int Targets = 24;
    public const int Shards = 32;

    private const string Authority = "ca";
    private const string ForeignAuthority = "another-ca";
    private const int Foreign = Nodes;

    private readonly bool _hasCertificates;

    private ClusterOfThree(PostgresServer postgres, PageServer pages, bool hasCertificates)
        : base(postgres, pages, "ledger", Targets) => _hasCertificates = hasCertificates;

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
                await cluster.IssueAsync(Authority, 0, 1, 2);
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

    /// <summary>The database crashes and comes back.</summary>
    public void RestartDatabase()
    {
        Postgres.Crash();
        Postgres.Start();
    }

    /// <summary>A fourth node, with certificates of another authority.</summary>
    public async Task<ClusterNode> StartForeignAsync()
    {
        await IssueAsync(ForeignAuthority, Foreign);
        return Start(Foreign, RunningProgram.FreePort());
    }

    /// <summary>Replaces the file that all nodes were started with; they are not told.</summary>
    public void Configure(Func<string, string> change) => File.WriteAllText(ConfigPath, change(File.ReadAllText(ConfigPath)));

    /// <summary>Waits until all nodes that run see the shards like that.</summary>
    public Task UntilShardsAsync(Func<IReadOnlyList<ShardSeen>, bool> expected)
    {
        IReadOnlyList<ShardSeen> last = [];
        return Pause.UntilAsync(
            async () =>
            {
                foreach (ClusterNode node in Running)
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
        int[] now = Scrapes;
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

    protected override IEnumerable<string> FurtherArguments(int number)
    {
        string[] certificates = [];
        if (_hasCertificates)
        {
            string ca = Scratch.Folder(number == Foreign ? ForeignAuthority : Authority);
            string name = NameOf(number);
            string conf = $"pleiad.cluster.tls {{ ca-file = \"{ca}/ca.crt\", cert-file = \"{ca}/{name}.crt\", key-file = \"{ca}/{name}.key\" }}\n";
            certificates = ["--conf=" + Scratch.File(name + ".conf", conf)];
        }

        return
        [
            "--cluster.listen-address=127.0.0.1:0", $"--cluster.shards={Shards}", "--cluster.replicas=2", "--web.enable-lifecycle", "--web.enable-admin-api", .. certificates,
        ];
    }

    // As an operator does.
    private async Task IssueAsync(string authority, params int[] numbers)
    {
        string directory = Path.Combine(Scratch.Path, authority);
        foreach (string[] command in (string[][])[["init-ca"], .. numbers.Select(static number => new[] { "issue-cert", NameOf(number) })])
        {
            await using var program = new RunningProgram(PleiadServer.Binary, ["cluster", .. command, "--dir", directory]);
            Assert.True(await program.WaitForExitAsync(Patience) == 0, program.Output);
        }
    }

    private static async Task<IReadOnlyList<ShardSeen>> ShardsAsync(ClusterNode node)
    {
        JsonElement data = await node.Client.DataAsync("/api/v1/cluster?others=false");
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
