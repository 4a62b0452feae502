using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Persistence;
using Pleiad.Storage;

namespace Pleiad.Simulation.Tests;

/// <summary>One node: performs the effects of the real state machines against the played world, and writes through the real group commit.</summary>
internal sealed partial class SimulatedNode
{
    private static readonly CancellationToken Never = CancellationToken.None;
    private static readonly MembershipSettings Settings = new();

    private const int HurriesMax = 50;

    private static readonly TimeSpan HurryInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan HandOffTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(10);
    private readonly SimulatedWorld _world;
    private readonly SimulatedStore _store;
    private readonly GroupCommitLog _log;
    private readonly Member _self;
    private readonly Dictionary<int, List<long>> _applied = [];
    private readonly Dictionary<int, (long Epoch, long NextSeq)> _leads = [];
    private readonly Dictionary<long, TaskCompletionSource<bool>> _handOffs = [];
    private readonly Pulse _pulse;
    private readonly HashSet<int> _catchingUp = [];
    private readonly HashSet<(int Shard, long Payload)> _underWay = [];
    private readonly Dictionary<int, (long NextSeq, int Looks)> _stranded = [];
    private readonly Dictionary<int, long> _fences = [];
    private MembershipState _members;
    private RegionState _region;
    private bool _isHurrying;
    private int _hurries;
    private TaskCompletionSource _resumed = new();
    private long _requests;

    public SimulatedNode(SimulatedWorld world, int index, string name, NodeIncarnation incarnation)
    {
        _world = world;
        Index = index;
        Name = name;
        Incarnation = incarnation;
        _self = new Member { Incarnation = incarnation, Name = name, Address = $"{name}:1", Status = MemberStatus.Joining, Roles = ["store"] };
        _members = MembershipState.Begin(_self, Settings);
        _pulse = new Pulse(world.Time, Settings.StallMax);
        _region = RegionState.Begin(incarnation, name, new RegionSettings());
        _store = new SimulatedStore(world, this);
        _log = new GroupCommitLog(_store, new GroupCommitSettings(), world.Time);
        _log.UseSpool(new SimulatedSpool(world, this), (shard, epoch) => Learn(new RegionEvent.Fenced(shard, epoch)));
        _resumed.SetResult();
    }

    public SimulatedDisk Disk => _world.DiskOf(Name);

    public IEnumerable<string> Copies(int shard) => _region.Plan is { } plan ? plan.Shards[shard].All : [];

    public int Index { get; }

    public string Name { get; }

    public NodeIncarnation Incarnation { get; }

    public bool IsCutFromStore { get; set; }

    public bool IsGone { get; private set; }

    public bool HasStopped { get; private set; }

    public bool HasEnded => IsGone || HasStopped;

    public bool IsPaused => !_resumed.Task.IsCompleted;

    /// <summary>How long everything waits for its turn: the node has more to do than it can.</summary>
    public TimeSpan Lag { get; set; }

    /// <summary>How often somebody wanted a shard of which the spool here has records.</summary>
    public int AskedWhileItKeeps { get; private set; }

    public MembershipState Members => _members;

    public RegionState Region => _region;

    public void Start()
    {
        _world.Spawn(async () =>
        {
            while (!HasEnded)
            {
                await GateAsync();
                Learn(new MembershipEvent.Ticked());
                Learn(new RegionEvent.Ticked());
                await _world.PauseAsync(Settings.ProbeInterval * (0.98 + (0.04 * _world.Chance.NextDouble())));
            }
        });
        _world.Spawn(async () =>
        {
            while (!HasEnded)
            {
                await GateAsync();
                await _log.CommitOnceAsync(Never);
                await _world.PauseAsync(TimeSpan.FromMilliseconds(50));
            }
        });
        StartSpooling();
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        IsGone = true;
        foreach (SimulatedNode other in _world.Nodes.Where(other => other != this))
        {
            // The system closes its connections.
            _world.Spawn(async () =>
            {
                await _world.LatencyAsync();
                await other.GateAsync();
                other.Learn(new MembershipEvent.ConnectionBroke(Incarnation));
            });
        }
    }

    public void Pause(TimeSpan pause)
    {
        if (IsPaused)
        {
            return;
        }

        var resumed = new TaskCompletionSource();
        _resumed = resumed;
        _world.Spawn(async () =>
        {
            await _world.PauseAsync(pause);
            resumed.SetResult();
        });
    }

    /// <summary>Waits for a turn: while the process is stopped, and as long as it is behind; for ever when it is gone.</summary>
    public Task GateAsync() => IsGone ? new TaskCompletionSource().Task : Lag > TimeSpan.Zero ? LateAsync() : _resumed.Task;

    private async Task LateAsync()
    {
        await _world.PauseAsync(Lag);
        await (IsGone ? new TaskCompletionSource().Task : _resumed.Task);
    }

    public bool LeadsNow(int shard) => _leads.ContainsKey(shard);

    public IEnumerable<long> Applied(int shard) => _applied.GetValueOrDefault(shard) ?? [];

    /// <summary>Writes a value; its number once it is durable, null when it is not or nobody knows.</summary>
    public async Task<long?> WriteAsync(int shard, long payload, bool isAgain = false)
    {
        await _world.LatencyAsync();
        await GateAsync();
        if (!_leads.TryGetValue(shard, out (long Epoch, long NextSeq) lead))
        {
            return null;
        }

        if (isAgain && AppliedTo(shard).IndexOf(payload) is >= 0 and int there)
        {
            // Samples are a set.
            return there + 1;
        }

        if (!_underWay.Add((shard, payload)))
        {
            return null;
        }

        byte[] buffer = BitConverter.GetBytes(payload);
        ValueTask<LogOutcome> append = _log.AppendAsync(new ShardId(shard), lead.Epoch, lead.NextSeq, buffer);
        if (append.IsCompleted)
        {
            _underWay.Remove((shard, payload));
            Assert.False((await append).IsDurable);
            return null;
        }

        _leads[shard] = (lead.Epoch, lead.NextSeq + 1);
        LogOutcome outcome = await append;

        // With the answer the buffer is its owner's again, who fills it with the next record.
        Array.Fill(buffer, (byte)0xEE);
        _underWay.Remove((shard, payload));
        if (!outcome.IsDurable)
        {
            Learn(new RegionEvent.Fenced(shard, lead.Epoch));
            return null;
        }

        List<long> applied = AppliedTo(shard);
        Assert.True(applied.Count >= lead.NextSeq - 1, $"seed {_world.Seed}: shard {shard} applied {applied.Count} records before number {lead.NextSeq}");
        if (applied.Count == lead.NextSeq - 1)
        {
            // Else it was read back from the journal, after a takeover and while this answer was still on its way.
            applied.Add(payload);
        }

        await GateAsync();
        await _world.LatencyAsync();
        return lead.NextSeq;
    }

    private List<long> AppliedTo(int shard) => _applied.TryGetValue(shard, out List<long>? applied) ? applied : _applied[shard] = [];

    // As a cluster actor does.
    private void HurryWhereNeeded()
    {
        if (HasEnded || (!_members.SuspectsAny && !_region.AwaitsPlan))
        {
            _hurries = 0;
        }
        else if (_hurries < HurriesMax && !_isHurrying)
        {
            _isHurrying = true;
            _world.Spawn(async () =>
            {
                await _world.PauseAsync(HurryInterval);
                await GateAsync();
                _isHurrying = false;
                _hurries++;
                Learn(new MembershipEvent.Hurried());
                Learn(new RegionEvent.Hurried());
            });
        }
    }

    private void Learn(MembershipEvent happened)
    {
        if (HasEnded)
        {
            return;
        }

        (_members, System.Collections.Immutable.ImmutableArray<MembershipEffect> effects) = _members.On(happened, _world.Now);
        _pulse.Note(_members);
        foreach (MembershipEffect effect in effects)
        {
            switch (effect)
            {
                case MembershipEffect.Probe probe:
                    _world.Spawn(async () =>
                    {
                        (ProbeResult result, bool back) = await ProbeAsync(_world.Find(probe.Peer.Incarnation), probe.Timeout);
                        Learn(new MembershipEvent.ProbeEnded(probe.Peer.Incarnation, probe.Number, result, back));
                    });
                    break;
                case MembershipEffect.ProbeVia ask:
                    _world.Spawn(async () => Learn(new MembershipEvent.IndirectProbeEnded(
                        ask.Peer.Incarnation, ask.Via.Incarnation, await ProbeViaAsync(_world.Find(ask.Via.Incarnation), _world.Find(ask.Peer.Incarnation), ask.Timeout))));
                    break;
                case MembershipEffect.ReadView:
                    _world.Spawn(async () => Learn(await AskOrAsync<MembershipEvent>(
                        async store => new MembershipEvent.ViewRead(await store.Membership.ReadAsync(Never)), new MembershipEvent.StoreAway(false))));
                    break;
                case MembershipEffect.WriteView write:
                    _world.Spawn(async () => Learn(await AskOrAsync<MembershipEvent>(
                        async store => new MembershipEvent.ViewWritten(await store.Membership.TryChangeAsync(write.SeenVersion, write.Changed, Never)), new MembershipEvent.StoreAway(true))));
                    break;
                case MembershipEffect.Publish publish:
                    Learn(new RegionEvent.ViewChanged(publish.View));
                    break;
                case MembershipEffect.Stop:
                    HasStopped = true;
                    _leads.Clear();
                    break;
            }
        }

        HurryWhereNeeded();
    }

    private void Learn(RegionEvent happened)
    {
        if (HasEnded)
        {
            return;
        }

        (_region, System.Collections.Immutable.ImmutableArray<RegionEffect> effects) = _region.On(happened);
        foreach (RegionEffect effect in effects)
        {
            Perform(effect);
        }

        HurryWhereNeeded();
    }

    private void Perform(RegionEffect effect)
    {
        switch (effect)
        {
            case RegionEffect.ReadPlan read:
                _world.Spawn(async () => Learn(await AskOrAsync<RegionEvent>(
                    async store => await store.Documents.GetUnlessAsync("cluster", "placement", read.SeenVersion, Never) is { } document
                        ? new RegionEvent.PlanRead(PlacementPlanText.Read(document.Body), document.Version)
                        : read.SeenVersion > 0 ? new RegionEvent.PlanUnchanged() : new RegionEvent.PlanRead(null, 0),
                    new RegionEvent.ReadFailed(WasPlan: true))));
                break;
            case RegionEffect.WritePlan write:
                _world.Spawn(async () => Learn(await AskOrAsync<RegionEvent>(
                    async store =>
                    {
                        await store.Documents.PutAsync("cluster", "placement", write.SeenVersion, PlacementPlanText.Write(write.Plan), Never);
                        return new RegionEvent.PlanWriteEnded();
                    },
                    new RegionEvent.PlanWriteEnded())));
                break;
            case RegionEffect.ReadRows:
                _world.Spawn(async () => Learn(await AskOrAsync<RegionEvent>(
                    async store => new RegionEvent.RowsRead([.. await store.Ownership.ReadAllAsync(Never)]), new RegionEvent.ReadFailed(WasPlan: false))));
                break;
            case RegionEffect.Take take:
                _world.Spawn(async () => Learn(await AskOrAsync<RegionEvent>(
                    async store => new RegionEvent.TakeEnded(take.Shard, await store.Ownership.TakeAsync(take.Shard, take.SeenEpoch, Incarnation, Never)),
                    new RegionEvent.TakeEnded(take.Shard, null))));
                break;
            case RegionEffect.AskHandOff ask:
                _world.Spawn(async () => Learn(new RegionEvent.HandOffAnswered(ask.Shard, await AskHandOffAsync(ask))));
                break;
            case RegionEffect.AnswerHandOff answer:
                if (_handOffs.Remove(answer.Request, out TaskCompletionSource<bool>? asked))
                {
                    asked.SetResult(answer.MayTake);
                }

                break;
            case RegionEffect.CatchUp catchUp:
                _world.Spawn(() => CatchUpAsync(catchUp.Row));
                break;
            case RegionEffect.BeginLead lead:
                Assert.True(AppliedTo(lead.Row.Shard).Count == lead.Row.NextSeq - 1, $"seed {_world.Seed}: led before it had caught up");
                _log.BeginLead(lead.Row);
                _leads[lead.Row.Shard] = (lead.Row.Epoch, lead.Row.NextSeq);
                TellOthers(lead.Row);
                break;
            case RegionEffect.Drain drain:
                _leads.Remove(drain.Shard);
                _world.Spawn(async () =>
                {
                    await _log.EndLeadAsync(new ShardId(drain.Shard));
                    Learn(new RegionEvent.Drained(drain.Shard));
                });
                break;
            case RegionEffect.EndLead end:
                _leads.Remove(end.Shard);
                _ = _log.EndLeadAsync(new ShardId(end.Shard));
                break;
        }
    }

    // As a cluster actor does.
    private void TellOthers(ShardOwnership row)
    {
        foreach (Member member in _members.View.Members.Where(member => member.Status != MemberStatus.Dead && member.Incarnation != Incarnation))
        {
            SimulatedNode other = _world.Find(member.Incarnation);
            if (!_world.IsCut(this, other) && _world.TellChance.NextDouble() >= _world.Loss)
            {
                _world.Spawn(async () =>
                {
                    await _world.PauseAsync(TimeSpan.FromMilliseconds(0.2 + (4 * _world.TellChance.NextDouble())));
                    await other.GateAsync();
                    other.Learn(new RegionEvent.LeaderTold(Incarnation, row.Shard, row.Epoch));
                });
            }
        }
    }

    private async Task CatchUpAsync(ShardOwnership row)
    {
        int shard = row.Shard;
        _catchingUp.Add(shard);
        Fence(shard, row.Epoch);
        try
        {
            var journal = new List<long>();
            await _log.ReplayAsync(new ShardId(shard), 0, (_, _, _, payload) => journal.Add(BitConverter.ToInt64(payload)), Never);
            if (journal.Count != row.NextSeq - 1)
            {
                Learn(new RegionEvent.CatchUpEnded(shard, null));
                return;
            }

            while (Disk.Chain(shard) is { Count: > 0 } chain && chain[0].Seq <= journal.Count && journal[(int)chain[0].Seq - 1] == chain[0].Payload)
            {
                Disk.Release(shard, chain[0].Seq);
            }

            SpooledValue[] left = [.. Disk.Chain(shard)];
            bool follows = left.Length > 0 && left[0].Seq == row.NextSeq && left[0].HashBefore == row.Hash;
            if (!follows)
            {
                Disk.GiveUp(shard);
            }

            List<long> applied = AppliedTo(shard);
            applied.Clear();
            applied.AddRange(journal);
            Learn(new RegionEvent.CatchUpEnded(shard, follows ? await RestoreAsync(row, left) : row));
        }
        catch (ClusterStoreException)
        {
            Learn(new RegionEvent.CatchUpEnded(shard, null));
        }
        finally
        {
            _catchingUp.Remove(shard);
        }
    }

    private async Task<T> AskOrAsync<T>(Func<IClusterStore, ValueTask<T>> ask, T otherwise)
    {
        try
        {
            return await _store.AskAsync(ask);
        }
        catch (ClusterStoreException)
        {
            return otherwise;
        }
    }

    private async Task<(ProbeResult Result, bool ReachesBack)> ProbeAsync(SimulatedNode to, TimeSpan timeout)
    {
        if (to.HasEnded && !_world.IsCut(this, to))
        {
            await _world.LatencyAsync();
            await GateAsync();
            return (ProbeResult.Refused, false);
        }

        bool? reaches = _world.Arrives(this, to) && _world.Arrives(to, this) && !to.IsPaused && !to.HasEnded ? to._pulse.Reaches(Incarnation) : null;
        await (reaches is null ? _world.PauseAsync(timeout) : _world.LatencyAsync());
        await GateAsync();
        return reaches is { } back ? (ProbeResult.Reached, back) : (ProbeResult.TimedOut, false);
    }

    private async Task<bool?> ProbeViaAsync(SimulatedNode via, SimulatedNode to, TimeSpan timeout)
    {
        if (!_world.Arrives(this, via) || via.HasEnded || via.IsPaused)
        {
            await _world.PauseAsync(timeout * 2);
            await GateAsync();
            return null;
        }

        (ProbeResult result, _) = await via.ProbeAsync(to, timeout);
        bool arrives = _world.Arrives(via, this);
        await GateAsync();
        return arrives ? result == ProbeResult.Reached : null;
    }

    private async Task<bool> AskHandOffAsync(RegionEffect.AskHandOff ask)
    {
        SimulatedNode owner = _world.Find(ask.Owner.Incarnation);
        var answer = new TaskCompletionSource<bool>();
        _world.Spawn(async () =>
        {
            await _world.PauseAsync(HandOffTimeout);
            answer.TrySetResult(false);
        });
        if (_world.Arrives(this, owner) && !owner.HasEnded)
        {
            _world.Spawn(async () =>
            {
                await _world.LatencyAsync();
                await owner.GateAsync();
                var drained = new TaskCompletionSource<bool>();
                long request = ++owner._requests;
                owner._handOffs[request] = drained;
                bool keepsRecords = owner.Disk.Chain(ask.Shard).Count > 0;
                owner.AskedWhileItKeeps += keepsRecords ? 1 : 0;
                owner.Learn(new RegionEvent.HandOffAsked(Incarnation, ask.Shard, ask.SeenEpoch, request) { KeepsRecords = keepsRecords });
                bool mayTake = await drained.Task;
                await _world.LatencyAsync();
                if (_world.Arrives(owner, this))
                {
                    answer.TrySetResult(mayTake);
                }
            });
        }

        bool answered = await answer.Task;
        await GateAsync();
        return answered;
    }
}
