using Pleiad.Kernel;
using Pleiad.Model;
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
    private readonly Dictionary<string, SimulatedDisk> _disks = [];
    private int _incarnations;
    private long _written;

    public SimulatedWorld(int seed, int shards)
    {
        Seed = seed;
        Shards = shards;
        Chance = new Random(seed);
        Store = new MemoryClusterStore(new Random(seed + 1));
        TellChance = new Random(seed + 2);
    }

    public int Seed { get; }

    public int Shards { get; }

    public Random Chance { get; }

    public VirtualTime Time { get; } = new();

    public MemoryClusterStore Store { get; }

    /// <summary>Of messages that nobody waits for: games that were played before there were any go on as they did.</summary>
    public Random TellChance { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>What clients were told is durable: shard, number, payload.</summary>
    public List<(int Shard, long Seq, long Payload)> Acknowledged { get; } = [];

    public bool StoreIsAway { get; set; }

    /// <summary>The share of writes to a spool that fail.</summary>
    public double DiskFaults { get; set; }

    /// <summary>Runs of records that were put into spools.</summary>
    public int KeptCount { get; set; }

    /// <summary>Values that were written again because the journal had others in their place.</summary>
    public int ResubmittedCount { get; set; }

    public IEnumerable<SimulatedDisk> Disks => _disks.Values;

    /// <summary>How long the store takes at most for what is asked of it, beside the way there and back.</summary>
    public TimeSpan StoreDelay { get; set; }

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

    public SimulatedDisk DiskOf(string name) => _disks.TryGetValue(name, out SimulatedDisk? disk) ? disk : _disks[name] = new SimulatedDisk();

    /// <summary>A node is killed and its disk is gone.</summary>
    public void Wipe(SimulatedNode node)
    {
        foreach (SimulatedNode life in Nodes.Where(life => life.Name == node.Name))
        {
            life.Kill();
        }

        _disks.Remove(node.Name);
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
        DiskFaults = 0;
        StoreIsAway = false;
        StoreFaults = 0;
        StoreDelay = TimeSpan.Zero;
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
                    // What a strong read goes by: as soon as something is acknowledged, the journal has it, or a node that lives says that it does not, whoever leads
                    // by then. A leader that was taken for dead, and ends with the answer, is not asked before it starts again.
                    Assert.True(
                        leader.HasEnded || Nodes.Exists(node => !node.HasEnded && node.Disk.Has(shard, payload)) || Values(shard).Contains(payload),
                        $"seed {Seed}: record {seq} of shard {shard} was acknowledged, and is neither in the journal nor in the spool of a node that lives");
                    Acknowledged.Add((shard, seq, payload));
                }
            });
        }
    }

    /// <summary>At every step: epochs and numbers only go up, an epoch has one owner and one token, and nobody is told of another.</summary>
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

        foreach (ToldLeader told in Nodes.Where(static node => !node.HasEnded).SelectMany(static node => node.Region.Told))
        {
            Assert.True(
                _terms.TryGetValue((told.Shard, told.Epoch), out (Guid, NodeIncarnation Owner) term) && term.Owner == told.Node,
                $"seed {Seed}: somebody was told that {told.Node} leads shard {told.Shard} with epoch {told.Epoch}, which he never had");
        }
    }

    /// <summary>
    /// Now and then: the journal has no gap, what it has is what its hashes say, its epochs never go back, what was acknowledged is in it or on a disk on its way there, nothing is in it twice, and nodes
    /// have applied what is in it, or in their spools behind it.
    /// </summary>
    public void CheckJournal()
    {
        for (int shard = 0; shard < Shards; shard++)
        {
            JournalRecord[] records = Journal(shard);
            Assert.True(records.Select((record, i) => record.Seq == i + 1).All(static isNext => isNext), $"seed {Seed}: shard {shard} has a gap");
            Assert.True(records.Zip(records.Skip(1)).All(static pair => pair.First.Epoch <= pair.Second.Epoch), $"seed {Seed}: an old epoch wrote to shard {shard}");
            long hash = 0;
            Assert.True(Array.TrueForAll(records, record => record.Hash == (hash = (long)XxHash64.Of(record.Payload.Span, (ulong)hash))), $"seed {Seed}: the hashes of shard {shard} are not those of what it has");
            long[] payloads = [.. records.Select(static record => BitConverter.ToInt64(record.Payload.Span))];
            Assert.True(payloads.Distinct().Count() == payloads.Length, $"seed {Seed}: shard {shard} has a value twice");
            foreach ((int _, long seq, long payload) in Acknowledged.Where(acknowledged => acknowledged.Shard == shard))
            {
                Assert.True(
                    (seq <= payloads.Length && payloads[seq - 1] == payload) || payloads.Contains(payload) || _disks.Values.Any(disk => disk.Has(shard, payload)),
                    $"seed {Seed}: value {payload} of shard {shard} was acknowledged and is not there");
            }

            foreach (SimulatedNode node in Nodes)
            {
                // A node that has ended has nothing any more but its disk.
                IReadOnlyList<SpooledValue> chain = node.HasEnded ? [] : node.Disk.Chain(shard);
                int before = chain.Count == 0 || node.HasEnded ? int.MaxValue : (int)chain[0].Seq - 1;
                long[] applied = node.HasEnded ? [] : [.. node.Applied(shard)];
                Assert.True(
                    payloads.AsSpan().StartsWith(applied.AsSpan(0, Math.Min(applied.Length, before)))
                    && (applied.Length <= before || chain.Select(static kept => kept.Payload).Take(applied.Length - before).SequenceEqual(applied[before..].Take(chain.Count))), $"seed {Seed}: node {node.Index} has applied what shard {shard} does not have");
            }
        }
    }

    public ShardOwnership[] Rows() => [.. Store.Ownership.ReadAllAsync(CancellationToken.None).AsTask().Result];

    /// <summary>All values of the journal of a shard.</summary>
    public IEnumerable<long> Values(int shard) => Journal(shard).Select(static record => BitConverter.ToInt64(record.Payload.Span));

    private JournalRecord[] Journal(int shard) => [.. Store.Journal.ReadAsync(shard, 0, int.MaxValue, CancellationToken.None).AsTask().Result];
}
