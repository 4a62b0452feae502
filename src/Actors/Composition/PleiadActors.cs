using Microsoft.Extensions.Logging;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Scraping;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>All actors of a node, and the ports to them. Made once everything in the data directory is recovered.</summary>
public sealed class PleiadActors : IDisposable
{
    // One scrape is one message; a shard that is this far behind refuses more, and the scraper counts it.
    private static readonly MailboxSettings ShardMailbox = new() { Capacity = 16 * 1024, StashCapacity = 16 * 1024 };

    // A node without its shards is no node: they are started again for as long as it takes.
    private static readonly SupervisorStrategy Patient = new OneForOneStrategy(
        new RestartBackoff { RestartsMax = RestartBackoff.RestartsLimit, Longest = TimeSpan.FromSeconds(30) });

    private static readonly TimeSpan ForwardingTimeout = TimeSpan.FromSeconds(30);

    private readonly Engine _engine;
    private readonly QueryFrontend _queries;
    private readonly TargetCatalog _targets;
    private readonly ShardDirectory _shards;
    private readonly ShardHome _home;
    private readonly StorageAdmin _admin;
    private readonly ActorRef _forwarding;
    private readonly ILogger _log;
    private readonly TimeSpan _outOfOrderWindow;
    private readonly ClusterSeat? _seat;
    private readonly ClusterReach? _reach;

    /// <summary>Starts the actors.</summary>
    /// <param name="system">Where they live; its guardian should be patient (<see cref="GuardianStrategy"/>).</param>
    /// <param name="directory">Stays the caller's.</param>
    /// <param name="recovered">Of the directory.</param>
    /// <param name="engine">Evaluates queries.</param>
    /// <param name="settings">Of everything here.</param>
    /// <param name="logging">For people.</param>
    /// <param name="memory">Looks at the memory; null: nobody does, and nothing is refused for want of it.</param>
    /// <param name="heap">The heap; null: nobody compacts it.</param>
    public PleiadActors(
        ActorSystem system,
        DataDirectory directory,
        RecoveredData recovered,
        Engine engine,
        ActorsSettings settings,
        ILoggerFactory logging,
        IMemoryGauge? memory = null,
        IHeap? heap = null)
        : this(system, directory, new ShardHome(directory, recovered, settings.Storage), null, engine, settings, logging, memory, heap)
    {
    }

    private PleiadActors(
        ActorSystem system, DataDirectory directory, ShardHome home, ClusterAccess? cluster, Engine engine, ActorsSettings settings, ILoggerFactory logging,
        IMemoryGauge? memory, IHeap? heap)
    {
        _home = home;
        _log = logging.CreateLogger("Pleiad.RemoteWrite");
        system.ActorOf(Props.Create(() => new FailureLogActor(logging.CreateLogger("Pleiad.Kernel"))), "failures");
        var tap = new SampleTap();
        ILogger seriesLog = logging.CreateLogger("Pleiad.Series");
        ActorRef[] owners = [.. Enumerable.Range(0, directory.ShardCount).Select(static shard => new ShardId(shard)).Select(id => system.ActorOf(
            Props.Create(() => new SeriesShardActor(id, home, tap, seriesLog)).WithMailbox(ShardMailbox), $"shard-{id}"))];
        var map = new ShardMap(directory.ShardCount);
        LedShards? led = cluster is null ? null : new LedShards(map, system.EventStream);
        _shards = new ShardDirectory(map, owners, home.TryView);
        _engine = engine;
        _outOfOrderWindow = settings.Storage.OutOfOrderWindow;
        _admin = new StorageAdmin(_shards, directory, TimeProvider.System);
        var firstReads = new FirstReads(settings.FirstReadsMax, system.Time);
        var parts = new ScrapePoolParts(
            _shards,
            settings.ScrapeLimits,
            settings.HostName,
            settings.UserAgent,
            settings.StartTimestamps,
            settings.TypeAndUnitLabels,
            firstReads,
            led,
            cluster?.Store.Documents)
        {
            SharedDiscovery = settings.SharedDiscovery,
            Pages = new PagePool(settings.PooledPagesMax),
            NewestSample = cluster is null ? null : _shards.NewestSampleAsync,
        };
        ActorRef catalog = system.ActorOf(
            Props.Create(() => new ScrapeCatalogActor(parts, logging.CreateLogger("Pleiad.Scraping"))), "scrape");
        _targets = new TargetCatalog(catalog);
        if (cluster is not null)
        {
            _seat = new ClusterSeat(system, cluster, home, owners, led!, firstReads, _targets);
            _reach = new ClusterReach(_shards, _admin, _targets, _seat.Places, cluster.Store.Ownership, cluster.Messages, engine, settings, system.Time, _seat.MayBeSpooled);
            home.Cluster!.Forward = batch => _reach.Writes.WriteAsync(batch, CancellationToken.None);
        }

        if (memory is not null)
        {
            system.ActorOf(Props.Create(() => new MemoryWatchActor(memory, settings.Memory, home.Memory, engine, directory.Pieces, logging.CreateLogger("Pleiad.Memory"))), "memory");
        }

        if (heap is not null && settings.Compaction.HeapBytesMax > 0)
        {
            system.ActorOf(Props.Create(() => new HeapCompactionActor(heap, settings.Compaction, logging.CreateLogger("Pleiad.Memory"))), "heap");
        }

        _queries = new QueryFrontend(engine, _shards, settings.Query, system.Time, home.Memory, _reach?.Reads);
        Running = _queries;
        if (cluster is not null)
        {
            new PeerRunningQueries(_queries).AddTo(cluster.Messages);
            Running = new ClusterRunningQueries(_queries, new QueryNode($"{cluster.Self.Incarnation}", cluster.Self.Name), _seat!.Places);
        }

        Ingest = new Ingest(_shards, _reach?.Writes);
        ActorRef forwarding = _forwarding = system.ActorOf(
            Props.Create(() => new RemoteWriteActor(
                tap, _shards, led, catalog, new SendPositions(directory), settings.UserAgent, logging.CreateLogger("Pleiad.RemoteWrite"))),
            "remote-write");
        system.ActorOf(Props.Create(() => new ClockWatchActor(logging.CreateLogger("Pleiad.Clock"))), "clock");
        system.CoordinatedShutdown.AddTask(ShutdownPhase.ActorSystemTerminate, "finish snapshots", async _ =>
        {
            await system.WhenTerminated;
            await home.WhenSavedAsync();
        });
        system.CoordinatedShutdown.AddTask(
            ShutdownPhase.ServiceStop, "stop scraping", cancel => catalog.GracefulStop(TimeSpan.FromSeconds(4), cancel));
        system.CoordinatedShutdown.AddTask(
            ShutdownPhase.BeforeActorSystemTerminate,
            "send what waits",
            cancel => forwarding.Ask<AllFlushed>(new FlushAll(), TimeSpan.FromSeconds(4), cancel));
    }

    /// <summary>Starts the actors of a node that is part of a cluster: it joins, and is given shards.</summary>
    /// <param name="system">As for a node by itself.</param>
    /// <param name="directory">Made for as many shards as the cluster has; stays the caller's.</param>
    /// <param name="cluster">What the node shares with others; stays the caller's.</param>
    /// <param name="engine">Evaluates queries.</param>
    /// <param name="settings">Of everything here.</param>
    /// <param name="logging">For people.</param>
    /// <param name="memory">As for a node by itself.</param>
    /// <param name="heap">As for a node by itself.</param>
    public static PleiadActors OfCluster(
        ActorSystem system, DataDirectory directory, ClusterAccess cluster, Engine engine, ActorsSettings settings, ILoggerFactory logging,
        IMemoryGauge? memory = null, IHeap? heap = null) => new(
        system, directory, new ShardHome(directory, JournalOf(cluster, directory, system.Time), settings.Storage), cluster, engine, settings, logging, memory, heap);

    private static ClusterJournal JournalOf(ClusterAccess cluster, DataDirectory directory, TimeProvider time) => new(
        cluster.Log, cluster.Terms, cluster.Store.Journal, cluster.Store.Ownership, cluster.RecentBytesMax,
        new Resubmissions(new KeptMessages(directory), new ShardMap(directory.ShardCount), time))
    {
        Spool = cluster.Spool,
    };

    /// <summary>For the settings of the system the actors live in.</summary>
    public static SupervisorStrategy GuardianStrategy => Patient;

    /// <summary>Answers queries.</summary>
    public IQueryFrontend Query => _queries;

    /// <summary>Which queries run, on whichever node.</summary>
    public IRunningQueries Running { get; }

    /// <summary>Takes samples.</summary>
    public IIngest Ingest { get; }

    /// <summary>How the node stands with its memory.</summary>
    public MemoryState Memory => _home.Memory;

    /// <summary>This node's place in its cluster; null on a node by itself.</summary>
    public IClusterSeat? Cluster => _seat;

    /// <summary>Seals and copies.</summary>
    public IStorageAdmin Admin => _reach?.Admin ?? _admin;

    /// <summary>What is scraped.</summary>
    public ITargetCatalog Targets => _reach?.Targets ?? _targets;

    /// <summary>Puts a configuration in force; targets that did not change keep running. Subqueries without a step take its evaluation interval.</summary>
    public async Task ApplyAsync(PrometheusConfig config, CancellationToken cancel)
    {
        _queries.Use(_engine.WithSubqueryStep(config.Global.EvaluationInterval));
        var window = new UseOutOfOrderWindow(config.Storage.OutOfOrderWindow ?? _outOfOrderWindow);
        foreach (ActorRef owner in _shards.Owners)
        {
            owner.Tell(window);
        }

        var apply = new ApplyConfiguration(config);

        // Destinations first, so that they get what the first scrapes bring; whatever becomes of them, scraping goes on.
        try
        {
            await _forwarding.Ask<ConfigurationApplied>(apply, ForwardingTimeout, cancel);
        }
        catch (AskTimeoutException)
        {
            _log.DestinationsNotApplied(ForwardingTimeout);
        }

        await _targets.ApplyAsync(apply, cancel);
    }

    /// <summary>The figures of all shards and what costs most.</summary>
    /// <exception cref="QueryException">There are too many queries, or it took too long.</exception>
    public Task<StorageStatus> StorageAsync(int topCount, CancellationToken cancel) => _queries.StorageAsync(topCount, cancel);

    /// <summary>The blocks on the disk of this node.</summary>
    public IReadOnlyList<StoredBlock> Blocks() => _home.Blocks();

    /// <summary>What labels, metrics and targets cost.</summary>
    /// <exception cref="QueryException">There are too many queries, memory is short, or it took too long.</exception>
    public Task<CardinalityReport> CardinalityAsync(CardinalityRequest request, CancellationToken cancel) => _queries.CardinalityAsync(request, cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _queries.Dispose();
        _reach?.Dispose();
        _seat?.Dispose();
        _home.Dispose();
        _admin.Dispose();
    }
}
