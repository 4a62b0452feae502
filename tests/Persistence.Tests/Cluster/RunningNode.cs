using System.Collections.Concurrent;
using System.Net;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Persistence.Tests;

/// <summary>A node of a cluster in this process: real actors, sockets and clock; its shards are lists of numbers.</summary>
internal sealed class RunningNode : IShardHost, IAsyncDisposable
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private readonly CancellationTokenSource _ends = new();
    private readonly LeadBoard _board;
    private readonly GroupCommitLog _log;
    private readonly NodeTransport _transport;
    private readonly ActorSystem _system;
    private readonly Task _committing;
    private readonly ConcurrentDictionary<int, (long Epoch, long NextSeq)> _leads = new();
    private ActorRef? _cluster;

    public RunningNode(string name, byte incarnation, IClusterStore store, LeadBoard board)
    {
        Name = name;
        _board = board;
        _log = new GroupCommitLog(store.Journal, new GroupCommitSettings { Interval = TimeSpan.FromMilliseconds(5) }, TimeProvider.System);
        var pulse = new Pulse(TimeProvider.System, new MembershipSettings().StallMax);
        var self = new NodeIncarnation(new Guid(incarnation, 0, 0, new byte[8]));
        _transport = NodeTransport.Listen(
            self, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System,
            incoming => ClusterActor.HandleAsync(_cluster ?? throw new InvalidOperationException("not started"), pulse, incoming, TimeSpan.FromSeconds(10)));
        _system = ActorSystem.Create(name);
        _cluster = _system.ActorOf(Props.Create(() => new ClusterActor(new ClusterSetup
        {
            Self = new Member { Incarnation = self, Name = name, Address = _transport.Address.ToString()!, Roles = ["store"], Status = MemberStatus.Joining },
            Store = store, Transport = _transport, Pulse = pulse, Shards = this,
        })));
        _committing = _log.RunAsync(_ends.Token);
    }

    public string Name { get; }

    public Task<ClusterStatus> StatusAsync() => _cluster!.Ask<ClusterStatus>(new ClusterActor.TakeStatus(), TimeSpan.FromSeconds(30), Never);

    public void Leave() => _cluster!.Tell(new ClusterActor.Leave());

    /// <summary>Writes a value to a shard that this node leads; false when it does not any more.</summary>
    public async Task<bool> WriteAsync(int shard, long value)
    {
        (long epoch, long seq) = _leads[shard];
        LogOutcome outcome = await _log.AppendAsync(new ShardId(shard), epoch, seq, BitConverter.GetBytes(value));
        if (outcome.IsDurable)
        {
            _leads.TryUpdate(shard, (epoch, seq + 1), (epoch, seq));
        }

        return outcome.IsDurable;
    }

    public async Task<ShardOwnership> CatchUpAsync(ShardOwnership row)
    {
        await _log.ReplayAsync(new ShardId(row.Shard), 0, static (_, _, _, _) => { }, Never);
        return row;
    }

    public void BeginLead(ShardOwnership row)
    {
        _log.BeginLead(row);
        _leads[row.Shard] = (row.Epoch, row.NextSeq);
        _board.Set(row.Shard, Name, Name);
    }

    public Task DrainAsync(int shard)
    {
        _board.Set(shard, null, Name);
        return _log.EndLeadAsync(new ShardId(shard));
    }

    public void EndLead(int shard) => _ = DrainAsync(shard);

    // Its shards are read from the journal when they are taken, and at no other time.
    public void Follow(ShardOwnership row)
    {
    }

    public void Watch(ShardOwnership row)
    {
    }

    public bool TakeIsStarting() => false;

    public bool Keeps(int shard) => false;

    public long HandOffSeq(int shard, bool ownerLeaves) => long.MaxValue / 2;

    /// <summary>Ends it without a word to anybody.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ends.IsCancellationRequested)
        {
            return;
        }

        await _ends.CancelAsync();
        await _transport.DisposeAsync();
        await _system.TerminateAsync();
        await _committing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ends.Dispose();
    }
}
