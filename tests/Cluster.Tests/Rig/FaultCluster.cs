using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>Three nodes with three copies of every shard, and clients that write and query all the time.</summary>
internal sealed class FaultCluster : ClusterRig
{
    public const int Shards = 16;
    public const int Targets = 6;

    /// <summary>Seconds between two scrapes of the slower targets: those of the others are a second apart, so that each second of a pause is a slot.</summary>
    public const int SlowSeconds = 5;

    private readonly string _conf;
    private readonly DatabaseProxy? _proxy;
    private Load? _load;

    private FaultCluster(PostgresServer postgres, PageServer pages, Namespaces? spaces, FaultSetup setup)
        : base(postgres, pages, "scraped", Targets, SlowSeconds)
    {
        Spaces = spaces;
        _conf = Scratch.File(
            "pleiad.conf", "pleiad.storage.snapshot-interval = 1m\npleiad.cluster { trim-interval = 5s, insecure-listen = true }\n" + setup.Conf + "\n");
        _proxy = setup.HasProxy ? new DatabaseProxy(Path.Combine(postgres.SocketPath, ".s.PGSQL.5432")) : null;
    }

    /// <summary>The namespaces of the nodes; null where they are on the loopback interface.</summary>
    public Namespaces? Spaces { get; }

    /// <summary>Between the nodes and the database, where that was asked for.</summary>
    public DatabaseProxy Proxy => _proxy ?? throw new InvalidOperationException("the nodes talk to the database without a proxy");

    public Load Load => _load ?? throw new InvalidOperationException("the cluster has not started");

    /// <summary>Starts all of it and waits until every shard is led as planned.</summary>
    /// <param name="setup">What the row needs; skips where it cannot be had.</param>
    public static async Task<FaultCluster> StartAsync(FaultSetup setup)
    {
        Namespaces? spaces = setup.HasNamespaces ? Namespaces.TryMake(Nodes) : null;
        Skip.If(setup.HasNamespaces && spaces is null, "network namespaces are not allowed here: links between nodes cannot be cut");
        PostgresServer? postgres = PostgresServer.TryStart(spaces?.Database ?? "");
        if (postgres is null)
        {
            spaces?.Dispose();
            Skip.If(true, "PostgreSQL is not installed (./test installs it)");
        }

        var cluster = new FaultCluster(postgres!, await PageServer.StartAsync(spaces is null ? null : System.Net.IPAddress.Parse(spaces.Client)), spaces, setup);
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

    /// <summary>
    /// Starts the nodes that have ended, and waits until all shards are led as planned, every copy has what its leader has, and the database has of each shard what
    /// its best copy had at some look when that was so: the look at which it had least. What the copies lose meanwhile is not noticed here; the comparison with the
    /// ledger finds it.
    /// </summary>
    public async Task HealAsync()
    {
        Spaces?.Heal();
        Dictionary<int, long> wanted = [];

        // Who finds out that it was taken for dead ends, and is started again as its supervisor would.
        await Pause.UntilAsync(
            async () =>
            {
                int[] ended = [.. Enumerable.Range(0, Nodes).Where(number => !Runs(number))];
                foreach (int number in ended.Where(IsStarted))
                {
                    await KillAsync(number);
                }

                await StartNodesAsync(ended);
                return await AreSettledAsync() && await JournalHasAsync(wanted);
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
        foreach (ClusterNode node in Running)
        {
            wrong.AddRange(await WrittenSamples.WrongAsync(Load, node.Client, since));
        }

        return [.. wrong, .. Load.SilentHoles];
    }

    /// <summary>The most scrapes that any target lacks since a moment.</summary>
    public async Task<MissedScrapes> MissedScrapesAsync(DateTimeOffset since)
    {
        ClusterNode node = Running.First();
        int[] each = await MissedAsync(node, ScrapedMetric, 1, since);
        int[] inARow = await MissedAsync(node, ScrapedMetric, 1, since, static gaps => gaps.DefaultIfEmpty().Max());
        int[] slow = await MissedAsync(node, SlowMetric, SlowSeconds, since);
        return new MissedScrapes(each.DefaultIfEmpty().Max(), inARow.DefaultIfEmpty().Max(), slow.DefaultIfEmpty().Max());
    }

    // Holes that ended behind the moment, or have not ended: those of a fault before are not this one's. The newest slot may not be there yet.
    private static async Task<int[]> MissedAsync(ClusterNode node, string metric, int seconds, DateTimeOffset since, Func<IEnumerable<int>, int>? sum = null)
    {
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        long sinceMs = since.ToUnixTimeMilliseconds();
        Dictionary<string, List<(long TimeMs, string Value)>> targets = await node.Client.RawAsync($"{metric}[{SecondsSince(since)}s]", now);
        return
        [
            .. targets.Values.Select(points => (sum ?? Enumerable.Sum)(
                points.Select(static point => point.TimeMs).Zip(points.Skip(1).Select(static point => point.TimeMs).Append((long)((now - seconds) * 1000))).Where(pair => pair.Second > sinceMs).Select(pair => Missed(pair.First, pair.Second)))),
        ];

        int Missed(long fromMs, long toMs) => Math.Max(0, (int)Math.Round((toMs - fromMs) / (seconds * 1000.0)) - 1);
    }

    /// <summary>Who leads each shard, as a node sees it; empty where it does not say.</summary>
    public static async Task<IReadOnlyList<string>> LeadersAsync(ClusterNode node) =>
        await ShardsAsync(node) is { } data && data.TryGetProperty("shards", out JsonElement shards)
            ? [.. shards.EnumerateArray().Select(static shard => shard.GetProperty("leader").GetString()!)]
            : [];

    public override async ValueTask DisposeAsync()
    {
        if (_load is not null)
        {
            await _load.DisposeAsync();
        }

        await base.DisposeAsync();
        _proxy?.Dispose();
        Spaces?.Dispose();
    }

    protected override IReadOnlyList<string> PrefixOf(int number) => Spaces?.In(number) ?? [];

    protected override string HostOf(int number) => Spaces?.Of(number) ?? base.HostOf(number);

    protected override string DatabaseOf(int number) =>
        Spaces is not null ? $"Host={Spaces.Database};Port=5432"
        : _proxy is not null ? string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_proxy.Port}")
        : base.DatabaseOf(number);

    protected override IEnumerable<string> FurtherArguments(int number) =>
    [
        $"--conf={_conf}", "--web.insecure-listen", $"--cluster.listen-address={HostOf(number)}:{(Spaces is null ? 0 : 9096)}", $"--cluster.shards={Shards}",
        $"--cluster.replicas={Nodes}",
    ];

    private static int SecondsSince(DateTimeOffset since) => (int)(DateTimeOffset.UtcNow - since).TotalSeconds + 30;

    private async Task<bool> AreSettledAsync()
    {
        foreach (ClusterNode node in Running)
        {
            if (!await IsSettledAsync(node))
            {
                return false;
            }
        }

        return true;
    }

    // A database that came back without its end counts less than the copies have until the leaders have found out and given it the rest; until then that is in memory
    // alone. The least of all looks, because copies that begin anew have less for good: what they had beyond comes back as new records, with numbers of their own.
    private async Task<bool> JournalHasAsync(Dictionary<int, long> wanted)
    {
        Dictionary<int, long> applied = [];
        foreach (ClusterNode node in Running)
        {
            if (await ShardsAsync(node) is not { } data)
            {
                return false;
            }

            foreach (JsonElement shard in data.GetProperty("shards").EnumerateArray())
            {
                int id = shard.GetProperty("shard").GetInt32();
                if (shard.TryGetProperty("appliedSeq", out JsonElement seq))
                {
                    applied[id] = Math.Max(applied.GetValueOrDefault(id), seq.GetInt64());
                }
            }
        }

        foreach ((int shard, long seq) in applied)
        {
            wanted[shard] = wanted.TryGetValue(shard, out long before) ? Math.Min(before, seq) : seq;
        }

        Dictionary<int, long> rows = Postgres.Ask("SELECT shard_id, next_seq FROM shard").Split('\n')
            .Select(static line => line.Split('|')).ToDictionary(static row => int.Parse(row[0], CultureInfo.InvariantCulture), static row => long.Parse(row[1], CultureInfo.InvariantCulture));
        return wanted.All(goal => rows.GetValueOrDefault(goal.Key) > goal.Value);
    }

    private async Task<bool> IsSettledAsync(ClusterNode node) =>
        await ShardsAsync(node) is { } data
        && data.TryGetProperty("shards", out JsonElement shards) && shards.GetArrayLength() == Shards
        && data.GetProperty("nodes").EnumerateArray().Count(static member => member.GetProperty("status").GetString() == "up") == Running.Count()
        && shards.EnumerateArray().All(static shard =>
            shard.GetProperty("leader").GetString()!.Length > 0 && !shard.TryGetProperty("movingTo", out _)
            && shard.TryGetProperty("appliedSeq", out JsonElement applied) && applied.ValueKind == JsonValueKind.Number
            && applied.GetInt64() >= shard.GetProperty("journalSeq").GetInt64() - 8);

    private static async Task<JsonElement?> ShardsAsync(ClusterNode node)
    {
        try
        {
            using HttpResponseMessage answer = await node.Client.Http.GetAsync("/api/v1/cluster?others=false");
            if (!answer.IsSuccessStatusCode)
            {
                return null;
            }

            using JsonDocument json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return json.RootElement.GetProperty("data").Clone();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}

/// <summary>Scrapes that a target lacks, of that which lacks most.</summary>
/// <param name="EachSecond">Of those of a second each.</param>
/// <param name="InARow">Of those, one after the other: without what was missed as shards moved back.</param>
/// <param name="Slow">Of those of <see cref="FaultCluster.SlowSeconds"/> each.</param>
internal readonly record struct MissedScrapes(int EachSecond, int InARow, int Slow);

/// <summary>What a row needs of its cluster.</summary>
internal sealed record FaultSetup
{
    /// <summary>Whether links shall be cut.</summary>
    public bool HasNamespaces { get; init; }

    /// <summary>Whether connections to the database shall be cut.</summary>
    public bool HasProxy { get; init; }

    /// <summary>HOCON beyond what all rows have.</summary>
    public string Conf { get; init; } = "";
}
