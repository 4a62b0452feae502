using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>Three nodes with three copies of every shard, a PostgreSQL of their own and clients that write and query all the time.</summary>
internal sealed class FaultCluster : IAsyncDisposable
{
    public const int Nodes = 3;
    public const int Shards = 16;
    public const int Targets = 6;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Scratch _scratch = new();
    private readonly PageServer _pages;
    private readonly FaultNode?[] _nodes = new FaultNode?[Nodes];
    private readonly int[] _ports = [.. Enumerable.Range(0, Nodes).Select(static _ => RunningProgram.FreePort())];
    private readonly string _config;
    private readonly string _conf;
    private Load? _load;

    private FaultCluster(PostgresServer postgres, PageServer pages, Namespaces? spaces)
    {
        Postgres = postgres;
        Spaces = spaces;
        _pages = pages;
        var config = new StringBuilder("global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: pages\n    static_configs:\n");
        int[] scrapes = new int[Targets];
        for (int target = 0; target < Targets; target++)
        {
            int number = target;
            config.Append(CultureInfo.InvariantCulture, $"      - targets: ['{pages.Address}']\n        labels: {{instance: 't{number}', __metrics_path__: '/t{number}'}}\n");
            pages.Serve($"/t{number}", () => string.Create(CultureInfo.InvariantCulture, $"scraped {Interlocked.Increment(ref scrapes[number])}\n"));
        }

        _config = _scratch.File("prometheus.yml", config.ToString());
        _conf = _scratch.File("pleiad.conf", "pleiad.storage.snapshot-interval = 1m\npleiad.cluster { trim-interval = 5s, insecure-listen = true }\n");
    }

    public PostgresServer Postgres { get; }

    /// <summary>The namespaces of the nodes; null where they are on the loopback interface.</summary>
    public Namespaces? Spaces { get; }

    public Load Load => _load ?? throw new InvalidOperationException("the cluster has not started");

    /// <summary>Those that run.</summary>
    public IEnumerable<FaultNode> Running => _nodes.OfType<FaultNode>();

    /// <summary>Starts all of it and waits until every shard is led as planned.</summary>
    /// <param name="withNamespaces">Whether links shall be cut; skips where that is not allowed.</param>
    public static async Task<FaultCluster> StartAsync(bool withNamespaces = false)
    {
        Namespaces? spaces = withNamespaces ? Namespaces.TryMake(Nodes) : null;
        Skip.If(withNamespaces && spaces is null, "network namespaces are not allowed here: links between nodes cannot be cut");
        PostgresServer? postgres = PostgresServer.TryStart(spaces?.Database ?? "");
        if (postgres is null)
        {
            spaces?.Dispose();
            Skip.If(true, "PostgreSQL is not installed (./test installs it)");
        }

        var cluster = new FaultCluster(postgres!, await PageServer.StartAsync(spaces is null ? null : System.Net.IPAddress.Parse(spaces.Client)), spaces);
        try
        {
            await cluster.StartNodesAsync(0, 1, 2);
            await cluster.UntilSettledAsync();
            cluster._load = new Load(cluster.UrlsBut());
            await cluster.UntilWrittenAsync(Stopwatch.GetTimestamp());
            return cluster;
        }
        catch
        {
            // Whatever went wrong: nobody else could end the processes.
            await cluster.DisposeAsync();
            throw;
        }
    }

    public FaultNode Node(int number) => _nodes[number] ?? throw new InvalidOperationException($"node {number} does not run");

    public bool Runs(int number) => _nodes[number] is { HasExited: false };

    public string DataOf(int number) => Path.Combine(_scratch.Path, NameOf(number));

    /// <summary>The addresses of all nodes but some.</summary>
    public IEnumerable<Uri> UrlsBut(params int[] numbers) =>
        Enumerable.Range(0, Nodes).Except(numbers).Select(number => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{HostOf(number)}:{_ports[number]}")));

    /// <summary>Starts nodes at the same time and waits until all of them are ready.</summary>
    public async Task StartNodesAsync(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            string host = Spaces?.Database ?? Postgres.SocketPath;
            string[] arguments =
            [
                $"--config.file={_config}", $"--conf={_conf}", $"--storage.path={_scratch.Folder(NameOf(number))}", "--web.enable-remote-write-receiver", "--web.insecure-listen",
                $"--cluster.postgres=Host={host};Port=5432;Username=pleiad;Database=postgres;Timeout=60", $"--cluster.name={NameOf(number)}",
                $"--cluster.listen-address={HostOf(number)}:{(Spaces is null ? 0 : 9096)}", $"--cluster.shards={Shards}", $"--cluster.replicas={Nodes}",
            ];
            _nodes[number] = FaultNode.Start(Spaces?.In(number) ?? [], HostOf(number), _ports[number], arguments);
        }

        foreach (int number in numbers)
        {
            await Pause.UntilAsync(
                async () => !Node(number).HasExited ? await Node(number).Client.IsReadyAsync() : throw new InvalidOperationException($"{NameOf(number)} has ended: {Node(number).Output}"),
                Patience, () => $"{NameOf(number)} is not ready: {Node(number).Output}");
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(int number)
    {
        FaultNode node = Node(number);
        _nodes[number] = null;
        await node.DisposeAsync();
    }

    /// <summary>SIGTERM; waits for the end.</summary>
    public async Task StopAsync(int number)
    {
        FaultNode node = Node(number);
        await node.SignalAsync("TERM");
        int code = await node.WaitForExitAsync(Patience);
        Assert.True(code == 0, $"{NameOf(number)} ended with {code}: {node.Output}");
        await KillAsync(number);
    }

    /// <summary>Starts the nodes that have ended, and waits until all shards are led as planned and every copy has what its leader has.</summary>
    public async Task HealAsync()
    {
        Spaces?.Heal();

        // Who finds out that it was taken for dead ends, and is started again as its supervisor would.
        await Pause.UntilAsync(
            async () =>
            {
                int[] ended = [.. Enumerable.Range(0, Nodes).Where(number => !Runs(number))];
                foreach (int number in ended.Where(number => _nodes[number] is not null))
                {
                    await KillAsync(number);
                }

                await StartNodesAsync(ended);
                return await AreSettledAsync();
            },
            Patience,
            () => "the cluster does not settle\n" + Outputs());
        Load.Use(UrlsBut());
        Load.EndFault();
    }

    /// <summary>Waits until a sample of every series that was sent after a moment is acknowledged.</summary>
    public Task UntilWrittenAsync(long ticks) => Pause.UntilAsync(
        () => Task.FromResult(Load.Ledger.AllAckedSince(ticks, Load.Series)), Patience, () => "nothing is acknowledged any more\n" + Outputs());

    /// <summary>Waits until all nodes that run see every shard led, none moving, and have applied what its journal has.</summary>
    public Task UntilSettledAsync() => Pause.UntilAsync(AreSettledAsync, Patience, () => "the cluster does not settle\n" + Outputs());

    /// <summary>What is wrong with what any node has; empty for nothing.</summary>
    /// <param name="since">Older samples are not compared.</param>
    public async Task<IReadOnlyList<string>> WrongAsync(DateTimeOffset since)
    {
        var wrong = new List<string>();
        foreach (FaultNode node in Running)
        {
            wrong.AddRange(await WrittenSamples.WrongAsync(Load, node.Client, since));
        }

        return [.. wrong, .. Load.SilentHoles];
    }

    /// <summary>The most scrapes that any target lacks since a moment.</summary>
    public async Task<int> MissedScrapesAsync(DateTimeOffset since)
    {
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        int missed = 0;
        foreach (List<(long TimeMs, string Value)> points in (await Running.First().Client.RawAsync($"scraped[{SecondsSince(since)}s]", now)).Values)
        {
            missed = Math.Max(missed, points.Zip(points.Skip(1)).Sum(static pair => (int)((pair.Second.TimeMs - pair.First.TimeMs) / 1000) - 1));
        }

        return missed;
    }

    public string Outputs() => string.Join('\n', Running.Select(static node => node.Output));

    public async ValueTask DisposeAsync()
    {
        if (_load is not null)
        {
            await _load.DisposeAsync();
        }

        foreach (FaultNode node in Running)
        {
            await node.DisposeAsync();
        }

        await _pages.DisposeAsync();
        Postgres.Dispose();
        Spaces?.Dispose();
        _scratch.Dispose();
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number}");

    private string HostOf(int number) => Spaces?.Of(number) ?? "127.0.0.1";

    private static int SecondsSince(DateTimeOffset since) => (int)(DateTimeOffset.UtcNow - since).TotalSeconds + 30;

    private async Task<bool> AreSettledAsync()
    {
        foreach (FaultNode node in Running)
        {
            if (!await IsSettledAsync(node))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> IsSettledAsync(FaultNode node)
    {
        JsonElement data;
        try
        {
            using HttpResponseMessage answer = await node.Client.Http.GetAsync("/api/v1/cluster");
            if (!answer.IsSuccessStatusCode)
            {
                return false;
            }

            using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            data = json.RootElement.GetProperty("data").Clone();
        }
        catch (HttpRequestException)
        {
            return false;
        }

        return data.TryGetProperty("shards", out JsonElement shards) && shards.GetArrayLength() == Shards
            && data.GetProperty("nodes").EnumerateArray().Count(static member => member.GetProperty("status").GetString() == "up") == Running.Count()
            && shards.EnumerateArray().All(static shard =>
                shard.GetProperty("leader").GetString()!.Length > 0 && !shard.TryGetProperty("movingTo", out _)
                && shard.TryGetProperty("appliedSeq", out JsonElement applied) && applied.ValueKind == JsonValueKind.Number
                && applied.GetInt64() >= shard.GetProperty("journalSeq").GetInt64() - 8);
    }
}
