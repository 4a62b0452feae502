using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>Three nodes on a PostgreSQL of their own, which scrape pages of this process every second, and others less often.</summary>
internal abstract class ClusterRig : IAsyncDisposable
{
    public const int Nodes = 3;

    private const int EndedKeptMax = 6;

    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly int[] _ports = [.. Enumerable.Range(0, Nodes).Select(static _ => RunningProgram.FreePort())];
    private readonly ClusterNode?[] _nodes = new ClusterNode?[Nodes];
    private readonly ConcurrentQueue<string> _ended = new();
    private readonly PageServer _pages;
    private readonly int[] _scrapes;

    /// <param name="postgres">Becomes the rig's.</param>
    /// <param name="pages">Becomes the rig's.</param>
    /// <param name="metric">What each target has.</param>
    /// <param name="targets">How many; their instances are t0, t1 and so on.</param>
    /// <param name="slowSeconds">Between two scrapes of as many others, s0, s1 and so on; 0 for none of them.</param>
    protected ClusterRig(PostgresServer postgres, PageServer pages, string metric, int targets, int slowSeconds = 0)
    {
        Postgres = postgres;
        _pages = pages;
        _scrapes = new int[targets];
        ScrapedMetric = metric;
        var config = new StringBuilder("global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: pages\n    static_configs:\n");
        for (int target = 0; target < targets; target++)
        {
            int number = target;
            config.Append(CultureInfo.InvariantCulture, $"      - targets: ['{pages.Address}']\n        labels: {{instance: 't{number}', __metrics_path__: '/t{number}'}}\n");

            // No two scrapes of a target see the same value.
            pages.Serve($"/t{number}", () => string.Create(CultureInfo.InvariantCulture, $"{metric} {Interlocked.Increment(ref _scrapes[number])}\n"));
        }

        if (slowSeconds > 0)
        {
            config.Append(CultureInfo.InvariantCulture, $"  - job_name: slow\n    scrape_interval: {slowSeconds}s\n    static_configs:\n");
            for (int target = 0; target < targets; target++)
            {
                config.Append(CultureInfo.InvariantCulture, $"      - targets: ['{pages.Address}']\n        labels: {{instance: 's{target}', __metrics_path__: '/s{target}'}}\n");
                pages.Serve($"/s{target}", () => $"{SlowMetric} 1\n");
            }
        }

        ConfigPath = Scratch.File("prometheus.yml", config.ToString());
    }

    public PostgresServer Postgres { get; }

    /// <summary>What each target has.</summary>
    protected string ScrapedMetric { get; }

    /// <summary>What the slower targets have.</summary>
    protected string SlowMetric => ScrapedMetric + "_slowly";

    /// <summary>The nodes that run.</summary>
    public IEnumerable<ClusterNode> Running => _nodes.OfType<ClusterNode>();

    /// <summary>How often each target has been scraped.</summary>
    public int[] Scrapes => [.. _scrapes];

    /// <summary>prometheus.yml.</summary>
    protected string ConfigPath { get; }

    protected Scratch Scratch { get; } = new();

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number}");

    public ClusterNode Node(int number) => _nodes[number] ?? throw new InvalidOperationException($"node {number} does not run");

    public bool IsStarted(int number) => _nodes[number] is not null;

    public bool Runs(int number) => _nodes[number] is { HasExited: false };

    /// <summary>The data directory of a node.</summary>
    public string DataOf(int number) => Scratch.Folder(NameOf(number));

    /// <summary>The addresses of all nodes but some.</summary>
    public IEnumerable<Uri> UrlsBut(params int[] numbers) =>
        Enumerable.Range(0, Nodes).Except(numbers).Select(number => new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{HostOf(number)}:{_ports[number]}")));

    /// <summary>Starts nodes at the same time and waits until all of them are ready.</summary>
    public async Task StartNodesAsync(params int[] numbers)
    {
        foreach (int number in numbers)
        {
            _nodes[number] = Start(number, _ports[number]);
        }

        foreach (int number in numbers)
        {
            await Pause.UntilAsync(
                async () => !Node(number).HasExited ? await Node(number).Client.IsReadyAsync() : throw new InvalidOperationException($"{NameOf(number)} has ended: {Node(number).Output}"),
                Patience, () => $"{NameOf(number)} is not ready: {Node(number).Output}");
        }
    }

    /// <summary>Starts a node that cannot start now, and waits for its end.</summary>
    /// <returns>What it said.</returns>
    public async Task<string> StartInVainAsync(int number)
    {
        await using ClusterNode node = Start(number, _ports[number]);
        Assert.NotEqual(0, await node.WaitForExitAsync(Patience));
        return node.Output;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(int number)
    {
        ClusterNode node = Node(number);
        _nodes[number] = null;
        await node.KillAsync();
        _ended.Enqueue($"{NameOf(number)} ended at {DateTimeOffset.UtcNow:O}:\n{node.Output}");
        while (_ended.Count > EndedKeptMax)
        {
            _ended.TryDequeue(out _);
        }

        await node.DisposeAsync();
    }

    /// <summary>SIGTERM; waits for the end.</summary>
    /// <returns>The exit code, and what it printed.</returns>
    public async Task<(int Code, string Output)> StopAsync(int number)
    {
        ClusterNode node = Node(number);
        await node.SignalAsync("TERM");
        int code = await node.WaitForExitAsync(Patience);
        string output = node.Output;
        await KillAsync(number);
        return (code, output);
    }

    /// <summary>What nodes had printed that have ended, the last ones.</summary>
    public string OutputsBefore() => string.Join('\n', _ended);

    /// <summary>What the nodes that run have printed.</summary>
    public string Outputs() => string.Join('\n', Running.Select(static node => node.Output));

    public virtual async ValueTask DisposeAsync()
    {
        foreach (ClusterNode node in Running)
        {
            await node.DisposeAsync();
        }

        await _pages.DisposeAsync();
        Postgres.Dispose();
        Scratch.Dispose();
    }

    /// <summary>Starts a node.</summary>
    /// <param name="number">Whose name and directory; those beyond the three are their starter's to end.</param>
    /// <param name="port">Of its HTTP API.</param>
    protected ClusterNode Start(int number, int port) => ClusterNode.Start(
        PrefixOf(number), HostOf(number), port,
        [
            $"--config.file={ConfigPath}", $"--storage.path={DataOf(number)}", "--web.enable-remote-write-receiver",
            $"--cluster.postgres={DatabaseOf(number)};Username=pleiad;Database=postgres;Timeout=60", $"--cluster.name={NameOf(number)}", .. FurtherArguments(number),
        ]);

    protected virtual IReadOnlyList<string> PrefixOf(int number) => [];

    protected virtual string HostOf(int number) => "127.0.0.1";

    /// <summary>Where a node finds the database, in Npgsql's notation.</summary>
    protected virtual string DatabaseOf(int number) => $"Host={Postgres.SocketPath};Port=5432";

    protected abstract IEnumerable<string> FurtherArguments(int number);
}
