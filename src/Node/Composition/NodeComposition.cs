using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Pleiad.Actors;
using Pleiad.Dashboards;
using Pleiad.Gateway;
using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>The whole wiring of a node. Reads top to bottom in the order of the start; it ends in the reverse order.</summary>
internal sealed class NodeComposition(NodeSettings settings, IReadOnlyDictionary<string, string> flags, ILoggerFactory logging)
{
    // 72 bits and as long as Grafana's.
    private const int UidChars = 14;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(2);

    private readonly ILogger _log = logging.CreateLogger("Pleiad.Node");
    private long _lastProgress;

    /// <summary>Runs the node until it is told to stop.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="UsageException">Something the node needs is not as it should be; the message says what to do.</exception>
    public async Task<int> RunAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        _log.Starting(PleiadCommand.Version, Path.GetFullPath(settings.Storage.Path));
        if (CollectorLimit.Raise(ProcessMemory.LimitOfSurroundings()) is { } heap)
        {
            _log.HeapLimitRaised(heap >> 20);
        }

        KeepThreadsForScrapes();
        GatewaySettings gatewaySettings = SettingsMap.Gateway(settings) with { Interface = EmbeddedInterface.Files() };
        NodeConfiguration configuration = NodeConfiguration.Load(settings.ConfigFile, () => EmbeddedConfiguration.Text(settings), _log);
        var ports = new NodePorts();
        var status = new NodeStatus(settings, configuration, ports, flags);
        using var control = new NodeControl(configuration, config => ports.IsOpen ? ports.Actors.ApplyAsync(config, CancellationToken.None) : Task.CompletedTask);
        using var signals = new NodeSignals(control);

        await using ClusterStart? cluster = settings.Cluster.Postgres.Length > 0 ? await ClusterStart.OpenAsync(settings.Cluster, _log) : null;
        if (cluster is not null)
        {
            control.Cluster = await cluster.TakeConfigurationAsync(configuration, _log);
        }

        using DataDirectory directory = OpenDirectory(cluster?.Shards ?? settings.Storage.Shards);
        using var page = new OwnPage();
        await using DocumentsStart documents = await DocumentsStart.OpenAsync(directory.Root, cluster?.Documents, _log);
        using var dashboards = new DashboardCatalog(documents.Documents, SettingsMap.Dashboards(settings), TimeProvider.System, NewUid);
        await using var provisioner = new DashboardProvisioner(dashboards, FilesOfDashboards(), TimeProvider.System, _log);
        await using GatewayHost gateway = Compose(gatewaySettings, new GatewayPorts(ports, ports, ports, status, control, ports, ports, page)
        {
            Dashboards = dashboards, NodeName = cluster?.Name, Cluster = () => ports.IsOpen ? ports.Actors.Cluster : null,
        });
        await StartAsync(gateway);
        if (cluster is not null)
        {
            return await RunInClusterAsync(cluster, directory, configuration, new Surface(gateway, ports, status, control), began);
        }

        RecoveredData recovered;
        using (var stopping = new CancellationTokenSource())
        {
            control.OnQuit(stopping);
            try
            {
                recovered = Recover(directory, SettingsMap.RetentionBytes(settings, configuration.Current), status, stopping.Token);
            }
            catch (OperationCanceledException)
            {
                _log.ShuttingDown(await control.QuitRequested);
                return PleiadCommand.Success;
            }
        }

        return await RunAloneAsync(directory, recovered, configuration, new Surface(gateway, ports, status, control), began);
    }

    // Threads of the pool help with queries, and evaluate those whose connection has no thread of its own. The pool has a thread a processor at first
    // and adds one or two a second: a dozen long queries would hold them all, and scrapes would miss their slots. With threads to spare the system
    // shares the processors.
    private void KeepThreadsForScrapes()
    {
        const int spare = 32;
        const int most = 512;
        ThreadPool.GetMinThreads(out int workers, out int ports);
        long wanted = ((long)settings.Query.ConcurrencyMax * SettingsMap.ThreadsOfQuery(settings)) + settings.Query.PeerConcurrencyMax + spare;
        ThreadPool.SetMinThreads((int)Math.Max(workers, Math.Min(wanted, most)), ports);
    }

    private async Task<int> RunAloneAsync(DataDirectory directory, RecoveredData recovered, NodeConfiguration configuration, Surface surface, long began)
    {
        using SegmentLog journal = recovered.Log;
        using var flusher = new SegmentLogFlusher(journal, TimeProvider.System);
        ActorSystem system = ActorSystem.Create("pleiad", new KernelSettings { GuardianStrategy = PleiadActors.GuardianStrategy });
        using var actors = new PleiadActors(
            system, directory, recovered, new Engine(SettingsMap.Engine(settings, configuration.Current), TimeProvider.System), SettingsMap.Actors(settings, configuration.Current), logging, new ProcessMemory(settings.Memory.LimitBytes), new RuntimeHeap());
        surface.Ports.Open(actors);
        await actors.ApplyAsync(configuration.Current, CancellationToken.None);
        surface.Status.SetReady();
        _log.Ready(TimeProvider.System.GetElapsedTime(began), recovered.Shards.Sum(shard => (long)shard.SeriesCount));

        system.CoordinatedShutdown.AddTask(ShutdownPhase.ServiceUnbind, "stop listening", surface.Gateway.StopAsync);
        await using var rehearsal = new QueryRehearsal(settings, configuration.Current, surface.Gateway, isAlone: true, _log);
        rehearsal.Begin();
        Task<string> ended = await Task.WhenAny(surface.Control.QuitRequested, journal.Failed);
        bool failed = ended == journal.Failed;
        string reason = await ended;
        if (failed)
        {
            _log.JournalFailed(reason);
        }

        return await StopAsync(system, surface.Status, reason, failed);
    }

    private async Task<int> RunInClusterAsync(ClusterStart cluster, DataDirectory directory, NodeConfiguration configuration, Surface surface, long began)
    {
        ActorSystem system = ActorSystem.Create("pleiad", new KernelSettings { GuardianStrategy = PleiadActors.GuardianStrategy });
        ClusterAccess parts = cluster.Parts(settings.Web.ListenAddresses[0], directory);
        using var actors = PleiadActors.OfCluster(
            system, directory, parts, new Engine(SettingsMap.Engine(settings, configuration.Current), TimeProvider.System), SettingsMap.Actors(settings, configuration.Current), logging, new ProcessMemory(settings.Memory.LimitBytes), new RuntimeHeap());
        IClusterSeat seat = actors.Cluster!;
        surface.Ports.Open(actors);
        cluster.Begin();
        await actors.ApplyAsync(configuration.Current, CancellationToken.None);
        await using var follower = new ConfigurationFollower(surface.Control.FollowAsync, TimeProvider.System, _log);
        system.CoordinatedShutdown.AddTask(ShutdownPhase.ServiceUnbind, "stop listening", surface.Gateway.StopAsync);
        Task<string> ended = Task.WhenAny(surface.Control.QuitRequested, seat.Ended, cluster.Failed).Unwrap();
        await using var rehearsal = new QueryRehearsal(settings, configuration.Current, surface.Gateway, isAlone: false, _log);
        if (await Task.WhenAny(ended, seat.Joined) == seat.Joined)
        {
            surface.Status.SetReady();
            _log.Joined(parts.Self.Name, parts.Self.Address, TimeProvider.System.GetElapsedTime(began));
            rehearsal.Begin();
        }

        string reason = await ended;
        bool failed = seat.Ended.IsCompleted || cluster.Failed.IsCompleted;
        if (failed)
        {
            _log.OutOfCluster(reason);
        }
        else
        {
            await seat.LeaveAsync(settings.Cluster.LeaveTimeout, TimeProvider.System);
        }

        return await StopAsync(system, surface.Status, reason, failed);
    }

    private async Task<int> StopAsync(ActorSystem system, NodeStatus status, string reason, bool failed)
    {
        _log.ShuttingDown(reason);
        status.SetStopping();
        ShutdownReport report = await system.CoordinatedShutdown.RunAsync(reason);
        foreach (ShutdownTaskOutcome task in report.Tasks.Where(task => !task.Succeeded))
        {
            _log.ShutdownStepFailed(task.Task, task.Phase, task.TimedOut ? "ran out of time" : "failed: " + task.Failure!.Message);
        }

        _log.Stopped(report.Took);
        return failed ? PleiadCommand.Failure : PleiadCommand.Success;
    }

    private DataDirectory OpenDirectory(int shards)
    {
        try
        {
            DataDirectory directory = DataDirectory.Open(new DiskFiles(), settings.Storage.Path, shards);
            try
            {
                directory.NoteCluster(settings.Cluster.Postgres.Length > 0);
                return directory;
            }
            catch
            {
                directory.Dispose();
                throw;
            }
        }
        catch (IOException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private ProvisioningFolder FilesOfDashboards() => new(
        settings.Dashboards.Provisioning,
        settings.Dashboards.Shipped ? ShippedDashboards.All : new Dictionary<string, byte[]>(),
        SettingsMap.Dashboards(settings).Limits,
        Environment.GetEnvironmentVariable,
        TimeProvider.System);

    private static string NewUid() => RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyz0123456789", UidChars);

    private GatewayHost Compose(GatewaySettings gatewaySettings, GatewayPorts ports)
    {
        try
        {
            return new GatewayHost(gatewaySettings, ports, logging, TimeProvider.System);
        }
        catch (GatewayStartException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private static async Task StartAsync(GatewayHost gateway)
    {
        try
        {
            await gateway.StartAsync(CancellationToken.None);
        }
        catch (GatewayStartException e)
        {
            throw new UsageException(e.Message, e);
        }
    }

    private RecoveredData Recover(DataDirectory directory, long retentionBytes, NodeStatus status, CancellationToken cancel)
    {
        RecoveredData recovered;
        var room = new RoomForReplay(new ProcessMemory(settings.Memory.LimitBytes), static () => GC.GetTotalAllocatedBytes());
        try
        {
            recovered = HeadRecovery.Run(
                directory,
                SettingsMap.Shard(settings),
                SettingsMap.Journal(settings, retentionBytes),
                progress => Note(status, progress),
                cancel,
                TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
                room.Make);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Damage that cannot be worked around, a full disk, a directory that is not ours.
            throw new UsageException($"cannot recover the data directory {settings.Storage.Path}: {e.Message}", e);
        }

        RecoveryReport report = recovered.Report;
        if (report.HasLosses)
        {
            _log.Damaged(report.Log.RecordsLost, report.ChunkRecordsLost, report.BatchesLost, report.SamplesUnplaced, report.BlocksDamaged, directory.QuarantinePath);
        }

        if (report.ShardsWithTombstonesLost > 0)
        {
            _log.DeletionsLost(report.ShardsWithTombstonesLost, directory.QuarantinePath);
        }

        return recovered;
    }

    private void Note(NodeStatus status, RecoveryProgress progress)
    {
        status.Note(progress);
        long last = Volatile.Read(ref _lastProgress);
        if (TimeProvider.System.GetElapsedTime(last) >= ProgressInterval
            && Interlocked.CompareExchange(ref _lastProgress, TimeProvider.System.GetTimestamp(), last) == last)
        {
            _log.Replaying(progress.ShardsLoaded, progress.ShardsTotal, progress.SegmentsRead, progress.SegmentsTotal);
        }
    }

    /// <summary>What stands there before there are actors.</summary>
    private sealed record Surface(GatewayHost Gateway, NodePorts Ports, NodeStatus Status, NodeControl Control);
}
