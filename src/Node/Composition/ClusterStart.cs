using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Pleiad.Actors;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Persistence;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>What a node of a cluster opens before it has actors: the store, the journal's commits, the connections.</summary>
internal sealed class ClusterStart : IAsyncDisposable
{
    private readonly PostgresClusterStore _store;
    private readonly NodeTransport _transport;
    private readonly GroupCommitLog _log;
    private readonly CancellationTokenSource _ends = new();
    private readonly NodeMessages _messages = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ClusterSection _settings;
    private readonly NodeIncarnation _self = new(Guid.NewGuid());
    private readonly TaskCompletionSource<string> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeCertificates? _certificates;
    private Task _committing = Task.CompletedTask;
    private SpoolLog? _spool;

    private ClusterStart(ClusterSection settings, PostgresClusterStore store, int shards)
    {
        _settings = settings;
        _store = store;
        Shards = shards;
        _log = new GroupCommitLog(
            store.Journal,
            new GroupCommitSettings { Interval = settings.CommitInterval, QueueBytesMax = settings.CommitQueueBytesMax, SpoolAfter = settings.SpoolAfter },
            TimeProvider.System);
        _certificates = ReadCertificates(settings);
        _transport = Listen();
    }

    /// <summary>What this node is called, in all its lives.</summary>
    public string Name => _settings.Name.Length > 0 ? _settings.Name : Advertised;

    /// <summary>How many shards the cluster has, fixed when it was created.</summary>
    public int Shards { get; }

    /// <summary>What all nodes share that is no sample: dashboards, for one.</summary>
    public IDocumentStore Documents => _store.Documents;

    /// <summary>Opens all of it; the tables are made where they are missing.</summary>
    /// <exception cref="UsageException">The database cannot be used, or the address cannot be listened on.</exception>
    public static async Task<ClusterStart> OpenAsync(ClusterSection settings, ILogger log)
    {
        PostgresClusterStore store;
        try
        {
            store = await PostgresClusterStore.OpenAsync(
                new PostgresSettings { Connection = settings.Postgres, JournalWatchdog = settings.CommitWatchdog }, TimeProvider.System, CancellationToken.None);
        }
        catch (Exception e) when (e is ClusterStoreException or ArgumentException)
        {
            throw new UsageException($"cannot use the cluster's PostgreSQL (pleiad.cluster.postgres): {e.Message}", e);
        }

        try
        {
            foreach (string risk in await store.DurabilityRisksAsync(CancellationToken.None))
            {
                log.DurabilityRisk(risk);
            }

            int shards = await store.Ownership.CreateAsync(settings.Shards, CancellationToken.None);
            _ = new ShardMap(shards);
            if (shards != settings.Shards)
            {
                log.ShardsFixed(shards, settings.Shards);
            }

            return new ClusterStart(settings, store, shards);
        }
        catch (Exception e)
        {
            // Whatever it was: nobody else could close it.
            await store.DisposeAsync();
            throw e is ClusterStoreException or SocketException ? new UsageException($"cannot join the cluster: {e.Message}", e) : e;
        }
    }

    /// <summary>Has a node's configuration be what the cluster's is from now on.</summary>
    /// <exception cref="UsageException">The database did not answer, or what is in force cannot be used here.</exception>
    public async Task<ClusterConfiguration> TakeConfigurationAsync(NodeConfiguration configuration, ILogger log)
    {
        var shared = new ClusterConfiguration(new SharedConfiguration(_store.Documents, Name, TimeProvider.System), configuration, log);
        try
        {
            await shared.BeginAsync(CancellationToken.None);
            return shared;
        }
        catch (Exception e) when (e is ClusterStoreException or ArgumentException)
        {
            throw new UsageException($"cannot take the cluster's configuration: {e.Message}", e);
        }
        catch (UnusableConfigurationException e)
        {
            throw new UsageException(
                $"the configuration that is in force in the cluster cannot be used on this node: {e.Message}. The node would scrape by another one than the others do, "
                + "so it does not start: give it the program and the environment of the others, or reload on one of them a file that all can use "
                + "(where none runs any more: docs/decisions/0016)", e);
        }
    }

    /// <summary>What the actors need.</summary>
    /// <param name="httpAddress">Where the HTTP API of this node is.</param>
    /// <param name="directory">Has the spool.</param>
    /// <exception cref="UsageException">The spool cannot be read.</exception>
    public ClusterAccess Parts(string httpAddress, DataDirectory directory)
    {
        _spool = OpenSpool(directory);
        string advertised = Advertised;
        var self = new Member
        {
            Incarnation = _self,
            Name = Name,
            Address = advertised,
            HttpAddress = httpAddress.StartsWith(':') ? advertised[..advertised.LastIndexOf(':')] + httpAddress : httpAddress,
            Roles = [.. _settings.Roles],
            Zone = _settings.Zone,
            Status = MemberStatus.Joining,
        };
        return new ClusterAccess(
            self, _store, _log, _log, _transport, _messages, new MembershipSettings(), new RegionSettings { Replicas = _settings.Replicas }, _settings.TrimInterval,
            _settings.RecentBytesMax)
        {
            Spool = _spool,
        };
    }

    private SpoolLog OpenSpool(DataDirectory directory)
    {
        try
        {
            // Where nothing is to be added as well: others may have one. What was acknowledged before it was switched off goes to the journal, what they keep is known
            // not to be here, and each is told that nothing more is.
            return SpoolLog.Open(
                directory, new SpoolSettings { BytesMax = _settings.SpoolBytesMax, AgeMax = _settings.SpoolAgeMax }, TimeProvider.System);
        }
        catch (IOException e)
        {
            throw new UsageException($"cannot read what was acknowledged while the database was away: {e.Message}", e);
        }
    }

    private string Advertised => _settings.AdvertiseAddress.Length > 0 ? _settings.AdvertiseAddress : _transport.Address.ToString()!;

    /// <summary>Completes with the reason if nothing can be committed any more: a node that led on without committing would hold its shards up.</summary>
    public Task<string> Failed => _failed.Task;

    /// <summary>Begins to answer other nodes and to commit: everybody who handles messages has said so.</summary>
    public void Begin()
    {
        _committing = _log.RunAsync(_ends.Token);
        _ = _committing.ContinueWith(
            committing => _failed.TrySetResult($"batches are not committed any more: {committing.Exception!.GetBaseException().Message}"),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _opened.SetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await _ends.CancelAsync();
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _store.DisposeAsync();
        _certificates?.Dispose();
        _spool?.Dispose();
        _ends.Dispose();
    }

    private static NodeCertificates? ReadCertificates(ClusterSection settings)
    {
        string[] files = [settings.TlsAuthorityFile, settings.TlsCertificateFile, settings.TlsKeyFile];
        if (files.All(static file => file.Length == 0))
        {
            return null;
        }

        if (files.Any(static file => file.Length == 0))
        {
            throw new UsageException("pleiad.cluster.tls: ca-file, cert-file and key-file belong together: all three, or none");
        }

        try
        {
            return NodeCertificates.Read(settings.TlsAuthorityFile, settings.TlsCertificateFile, settings.TlsKeyFile);
        }
        catch (IOException e)
        {
            throw new UsageException($"pleiad.cluster.tls: {e.Message}", e);
        }
    }

    private NodeTransport Listen()
    {
        IPEndPoint address = EndPointOf(_settings.ListenAddress);
        if (!IPAddress.IsLoopback(address.Address) && !_settings.InsecureListen && _certificates is null)
        {
            throw new UsageException(
                $"pleiad.cluster.listen-address {_settings.ListenAddress} can be reached by other machines, and nothing that nodes say to each other is encrypted or "
                + "authenticated: give the nodes certificates (pleiad cluster init-ca, pleiad.cluster.tls), or keep it in a network of its own and say "
                + "pleiad.cluster.insecure-listen = true");
        }

        // Questions that come before there are actors are refused: whoever asked asks again.
        return NodeTransport.Listen(
            _self, address, new TransportSettings { Certificates = _certificates }, TimeProvider.System,
            incoming => _opened.Task.IsCompleted ? _messages.HandleAsync(incoming) : throw new InvalidOperationException("the node is still starting"));
    }

    private static IPEndPoint EndPointOf(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
        {
            throw new UsageException($"pleiad.cluster.listen-address: \"{text}\" is not host:port");
        }

        string host = text[..colon].Trim('[', ']');
        if (host.Length == 0)
        {
            return new IPEndPoint(IPAddress.Any, port);
        }

        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return new IPEndPoint(address, port);
        }

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(host, AddressFamily.InterNetwork)[0], port);
        }
        catch (Exception e) when (e is SocketException or IndexOutOfRangeException)
        {
            throw new UsageException($"pleiad.cluster.listen-address: {host} has no address", e);
        }
    }
}
