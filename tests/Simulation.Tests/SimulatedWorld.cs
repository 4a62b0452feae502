using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.TestKit;

namespace Pleiad.Simulation.Tests;

/// <summary>A cluster in one thread: the real membership, regions, placement, group commit and store semantics; time, network, crashes and the store's failures are played from one seed.</summary>
internal sealed class SimulatedWorld
{
    private readonly SimulatedThread _thread = new();
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly List<Task> _running = [];
    private readonly Dictionary<(int Shard, long Epoch), (Guid Token, NodeIncarnation Owner)> _terms = [];
    private readonly Dictionary<int, (long Epoch, long NextSeq)> _seen = [];
    private int _incarnations;
    private long _written;

    public SimulatedWorld(int seed, int shards)
    {
        Seed = seed;
        Shards = shards;
        Chance = new Random(seed);
        Store = new MemoryClusterStore(new Random(seed + 1));
    }

    public int Seed { get; }

    public int Shards { get; }

    public Random Chance { get; }

    public VirtualTime Time { get; } = new();

    public MemoryClusterStore Store { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>What clients were told is durable: shard, number, payload.</summary>
    public List<(int Shard, long Seq, long Payload)> Acknowledged { get; } = [];

    public bool StoreIsAway { get; set; }

    /// <summary>The share of the store's answers that get lost, and of its commits that come late.</summary>
    public double StoreFaults { get; set; }

    /// <summary>The share of messages between nodes that get lost.</summary>
    public double Loss { get; set; }

    public TimeSpan Now => Time.Elapsed;

    /// <summary>Runs something with this world's thread as the current one.</summary>
    public void Play(Action play)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_thread);
        try
        {
            play();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    public SimulatedNode Start(string name)
    {
        int index = Nodes.Count;
        var node = new SimulatedNode(this, index, name, new NodeIncarnation(new Guid(Chance.Next(), (short)++_incarnations, 0, new byte[8])));
        Nodes.Add(node);
        node.Start();
        return node;
    }

    public SimulatedNode? Living(string name) => Nodes.LastOrDefault(node => node.Name == name && !node.HasEnded);

    public void Run(double seconds)
    {
        _thread.Pump();
        Time.Advance(TimeSpan.FromSeconds(seconds), () =>
        {
            _thread.Pump();
            CheckStep();
        });
        _thread.Pump();
        foreach (Task task in _running.Where(static task => task.IsFaulted))
        {
            Assert.Fail($"seed {Seed}: {task.Exception}");
        }

        _running.RemoveAll(static task => task.IsCompleted);
    }

    public void Spawn(Func<Task> work) => _running.Add(work());

    public async Task PauseAsync(TimeSpan pause)
    {
        var elapsed = new TaskCompletionSource();
        await using ITimer timer = Time.CreateTimer(_ => elapsed.TrySetResult(), null, pause, Timeout.InfiniteTimeSpan);
        await elapsed.Task;
    }

    public Task LatencyAsync() => PauseAsync(TimeSpan.FromMilliseconds(0.2 + (4 * Chance.NextDouble())));

    public void Cut(SimulatedNode a, SimulatedNode b) => _cut.Add((a.Index, b.Index));

    public void Heal()
    {
        _cut.Clear();
        Loss = 0;
        StoreIsAway = false;
        StoreFaults = 0;
        Nodes.ForEach(static node => (node.IsCutFromStore, node.Lag) = (false, TimeSpan.Zero));
    }

    public bool Arrives(SimulatedNode from, SimulatedNode to) => !from.IsGone && !_cut.Contains((from.Index, to.Index)) && Chance.NextDouble() >= Loss;

    public bool IsCut(SimulatedNode from, SimulatedNode to) => _cut.Contains((from.Index, to.Index));

    public SimulatedNode Find(NodeIncarnation incarnation) => Nodes.First(node => node.Incarnation == incarnation);

    /// <summary>A client writes one value, through whoever thinks that it leads the shard.</summary>
    public void WriteTo(int shard)
    {
        SimulatedNode[] leaders = [.. Nodes.Where(node => !node.HasEnded && node.LeadsNow(shard))];
        if (leaders.Length > 0)
        {
            SimulatedNode leader = leaders[Chance.Next(leaders.Length)];
            long payload = ++_written;
            Spawn(async () =>
            {
                if (await leader.WriteAsync(shard, payload) is { } seq)
                {
                    // What a strong read goes by: as soon as something is acknowledged, the row counts it, whoever leads by then.
                    long counted = Rows()[shard].NextSeq - 1;
                    Assert.True(counted >= seq, $"seed {Seed}: record {seq} of shard {shard} was acknowledged, and its row counts {counted}");
                    Acknowledged.Add((shard, seq, payload));
                }
            });
        }
    }

    /// <summary>At every step: epochs and numbers only go up, and an epoch has one owner and one token.</summary>
    public void CheckStep()
    {
        foreach (ShardOwnership row in Rows())
        {
            (long epoch, long nextSeq) = _seen.GetValueOrDefault(row.Shard, (0, 1));
            Assert.True(row.Epoch >= epoch && row.NextSeq >= nextSeq, $"seed {Seed}: shard {row.Shard} went back");
            _seen[row.Shard] = (row.Epoch, row.NextSeq);
            if (_terms.TryGetValue((row.Shard, row.Epoch), out (Guid, NodeIncarnation) term))
            {
                Assert.True(term == (row.Token, row.Owner), $"seed {Seed}: epoch {row.Epoch} of shard {row.Shard} has two owners");
            }

            _terms[(row.Shard, row.Epoch)] = (row.Token, row.Owner);
        }
    }

    /// <summary>Now and then: the journal has no gap, its epochs never go back, what was acknowledged is in it, and nothing is in it twice.</summary>
    public void CheckJournal()
    {
        for (int shard = 0; shard < Shards; shard++)
        {
            JournalRecord[] records = Journal(shard);
            Assert.True(records.Select((record, i) => record.Seq == i + 1).All(static isNext => isNext), $"seed {Seed}: shard {shard} has a gap");
            Assert.True(records.Zip(records.Skip(1)).All(static pair => pair.First.Epoch <= pair.Second.Epoch), $"seed {Seed}: an old epoch wrote to shard {shard}");
            long[] payloads = [.. records.Select(static record => BitConverter.ToInt64(record.Payload.Span))];
            Assert.True(payloads.Distinct().Count() == payloads.Length, $"seed {Seed}: shard {shard} has a value twice");
            foreach ((int _, long seq, long payload) in Acknowledged.Where(acknowledged => acknowledged.Shard == shard))
            {
                Assert.True(seq <= payloads.Length && payloads[seq - 1] == payload, $"seed {Seed}: value {payload} of shard {shard} was acknowledged and is not there");
            }

            foreach (SimulatedNode node in Nodes)
            {
                long[] applied = [.. node.Applied(shard)];
                Assert.True(payloads.AsSpan().StartsWith(applied), $"seed {Seed}: node {node.Index} has applied what shard {shard} does not have");
            }
        }
    }

    public ShardOwnership[] Rows() => [.. Store.Ownership.ReadAllAsync(CancellationToken.None).AsTask().Result];

    private JournalRecord[] Journal(int shard) => [.. Store.Journal.ReadAsync(shard, 0, int.MaxValue, CancellationToken.None).AsTask().Result];
}
