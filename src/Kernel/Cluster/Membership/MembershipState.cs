using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>
/// Who is alive, as one node sees it: a pure state machine. Nodes probe each other; who misses several probes is probed by way of others;
/// who is lost to those too is accused in the view; two accusers make a verdict. Who reads his own verdict stops.
/// </summary>
/// <remarks>
/// The view is the only truth, and the store its only keeper: while the store is away nobody joins and nobody dies.
/// As in Orleans (accusers in a table, versioned views) and Lifeguard (Dadgar, Phillips and Currey, 2017: a node that is slow itself gives others
/// more time). No safety rests on it: a wrong verdict costs a takeover, and the journal fences whoever has not heard of it.
/// </remarks>
public sealed record MembershipState
{
    private readonly MembershipSettings _settings;
    private readonly Member _self;

    private MembershipState(Member self, MembershipSettings settings)
    {
        _self = self;
        _settings = settings;
    }

    /// <summary>The last view that was read or written.</summary>
    public MembershipView View { get; private init; } = MembershipView.Empty;

    /// <summary>How unwell this node feels: 0 is well. It grows when its own timers come late.</summary>
    public int SelfHealth { get; private init; }

    /// <summary>Whether it has ended.</summary>
    public bool HasStopped { get; private init; }

    private ImmutableDictionary<NodeIncarnation, PeerHealth> Peers { get; init; } = ImmutableDictionary<NodeIncarnation, PeerHealth>.Empty;

    private ImmutableDictionary<NodeIncarnation, TimeSpan> DeadSince { get; init; } = ImmutableDictionary<NodeIncarnation, TimeSpan>.Empty;

    private TimeSpan? LastTick { get; init; }

    private long LastProbe { get; init; }

    private bool HasRead { get; init; }

    private bool HasJoined { get; init; }

    private bool IsReading { get; init; }

    // Whether a tick has come since the last look that was answered: verdicts that take a number of looks take as many ticks.
    private bool IsLookOfTick { get; init; }

    private bool IsWriting { get; init; }

    private bool Leaves { get; init; }

    private bool IsEmptied { get; init; }

    /// <summary>Before the first tick.</summary>
    /// <param name="self">How this node announces itself; its status is not looked at.</param>
    /// <param name="settings">How soon a node is taken for dead.</param>
    public static MembershipState Begin(Member self, MembershipSettings settings) => new(self with { Accusers = [] }, settings);

    /// <summary>What follows from something that was learned.</summary>
    /// <param name="happened">What was learned.</param>
    /// <param name="at">On a clock that only goes forwards.</param>
    public (MembershipState Next, ImmutableArray<MembershipEffect> Effects) On(MembershipEvent happened, TimeSpan at)
    {
        if (HasStopped)
        {
            return (this, []);
        }

        var effects = ImmutableArray.CreateBuilder<MembershipEffect>();
        MembershipState next = happened switch
        {
            MembershipEvent.Ticked => OnTick(at, effects),
            MembershipEvent.Hurried => OnHurry(effects),
            MembershipEvent.ConnectionBroke broke => OnBroke(broke.Peer, effects),
            MembershipEvent.ProbeEnded ended => OnProbeEnded(ended),
            MembershipEvent.IndirectProbeEnded ended => OnIndirectProbeEnded(ended),
            MembershipEvent.ViewRead read => (this with { IsReading = false, IsLookOfTick = false }).Looked(read.View, IsLookOfTick).Accept(read.View, at, effects),
            MembershipEvent.ViewWritten { View: { } view } => (this with { IsWriting = false }).Accept(view, at, effects),
            MembershipEvent.ViewWritten => (this with { IsWriting = false }).Read(effects),
            MembershipEvent.StoreAway { WasWrite: true } => this with { IsWriting = false },
            MembershipEvent.StoreAway => (this with { IsReading = false, IsLookOfTick = false }).Looked(null, isOfTick: true),
            MembershipEvent.LeaveAsked => this with { Leaves = true },
            MembershipEvent.Emptied => this with { IsEmptied = true },
            _ => this,
        };
        return (happened is MembershipEvent.StoreAway ? next : next.Write(at, effects), effects.ToImmutable());
    }

    /// <summary>Whether the last probe of a peer was answered: what is said to it when it asks whether we reach it.</summary>
    public bool Reaches(NodeIncarnation peer) => Peers.GetValueOrDefault(peer) is { IsReached: true };

    /// <summary>Whether somebody may be dead and is not known to be: by a probe that was refused, by our own doubts or by those of others.</summary>
    public bool SuspectsAny => HasJoined && !HasStopped
        && View.Members.Any(member => member.Status != MemberStatus.Dead && member.Incarnation != _self.Incarnation
            && (IsAccused(member.Incarnation) || Peers.GetValueOrDefault(member.Incarnation) is { IsLost: true } or { WasRefused: true }));

    private TimeSpan Timeout => _settings.ProbeTimeout * (1 + SelfHealth);

    private MembershipState OnTick(TimeSpan at, ImmutableArray<MembershipEffect>.Builder effects)
    {
        TimeSpan late = LastTick is { } last ? at - last - _settings.ProbeInterval : TimeSpan.Zero;
        MembershipState next = this with { LastTick = at, IsLookOfTick = true };
        if (late > _settings.ProbeInterval / 2)
        {
            next = next with { SelfHealth = Math.Min(_settings.SelfHealthMax, SelfHealth + 1 + (int)(late / _settings.ProbeInterval)) };
        }
        else if (SelfHealth > 0)
        {
            next = next with { SelfHealth = SelfHealth - 1 };
        }

        if (late > 2 * _settings.ProbeInterval)
        {
            // We were away, not they: what was not answered meanwhile says nothing.
            next = next with { Peers = next.Peers.ToImmutableDictionary(static peer => peer.Key, static peer => peer.Value.Reached()) };
        }

        if (next.Peers.Any(static peer => peer.Value.WasAskedForBreak))
        {
            next = next with { Peers = next.Peers.ToImmutableDictionary(static peer => peer.Key, static peer => peer.Value with { WasAskedForBreak = false }) };
        }

        next = next.Read(effects);
        return next.Probe([.. next.Probed()], effects);
    }

    // A refusal takes no time to come, so that a second one need not wait for the next tick. Who does not answer has its time all the same.
    private MembershipState OnHurry(ImmutableArray<MembershipEffect>.Builder effects) =>
        Read(effects).Probe([.. Probed().Where(peer => Peers.GetValueOrDefault(peer.Incarnation) is { WasRefused: true, IsLost: false })], effects);

    // Who ends closes his connections, and the next tick is up to a second away. Once between two ticks: something on the way may close all of them as soon as they are made.
    private MembershipState OnBroke(NodeIncarnation peer, ImmutableArray<MembershipEffect>.Builder effects) =>
        Peers.GetValueOrDefault(peer) is { IsReached: true, Probe: null, WasAskedForBreak: false } health
            ? WithPeer(peer, health with { WasAskedForBreak = true }).Probe([.. Probed().Where(member => member.Incarnation == peer)], effects)
            : this;

    private MembershipState Probe(IReadOnlyList<Member> peers, ImmutableArray<MembershipEffect>.Builder effects)
    {
        MembershipState next = this;
        foreach (Member peer in peers)
        {
            PeerHealth health = next.Peers.GetValueOrDefault(peer.Incarnation, PeerHealth.Unknown);
            if (health.Probe is null)
            {
                next = next with { LastProbe = next.LastProbe + 1 };
                effects.Add(new MembershipEffect.Probe(peer, next.LastProbe, next.Timeout));
                health = health with { Probe = next.LastProbe };
                next = next.WithPeer(peer.Incarnation, next.IsLastTry(health) ? next.AskOthers(peer, health, effects) : health);
            }
        }

        return next;
    }

    // Whether it will have been missed often enough when this probe is not answered either.
    private bool IsLastTry(PeerHealth health) => health.Misses + 1 >= _settings.MissesMax && health.Trying.Length == 0 && !health.IsLost;

    // Beside the last probe of our own and not behind it: what others find out has come when that one has taken its time.
    private PeerHealth AskOthers(Member peer, PeerHealth health, ImmutableArray<MembershipEffect>.Builder effects)
    {
        Member[] vias =
        [
            .. View.Alive.Where(via => via.Incarnation != peer.Incarnation && Reaches(via.Incarnation)).OrderBy(via => Rendezvous.Score(via.Name, 1, (int)LastProbe))
                .Take(_settings.IndirectProbersMax),
        ];
        foreach (Member via in vias)
        {
            effects.Add(new MembershipEffect.ProbeVia(via, peer, Timeout));
        }

        return health with { Trying = [.. vias.Select(static via => via.Incarnation)], HeardOfTrying = false, IsUnreachedByOthers = vias.Length == 0 };
    }

    private MembershipState OnProbeEnded(MembershipEvent.ProbeEnded ended)
    {
        if (!Peers.TryGetValue(ended.Peer, out PeerHealth? health) || health.Probe != ended.Probe)
        {
            return this;
        }

        if (ended.Result == ProbeResult.Reached)
        {
            return WithPeer(ended.Peer, health.Reached() with { Probe = null, IsReached = true, ReachesBack = ended.ReachesBack });
        }

        bool wasRefused = ended.Result == ProbeResult.Refused;
        return WithPeer(ended.Peer, Concluded(health with
        {
            Probe = null,
            WasRefused = wasRefused,
            IsReached = false,
            ReachesBack = false,
            Misses = health.Misses + (wasRefused ? 2 : 1),
        }));
    }

    private MembershipState OnIndirectProbeEnded(MembershipEvent.IndirectProbeEnded ended)
    {
        if (!Peers.TryGetValue(ended.Peer, out PeerHealth? health) || !health.Trying.Contains(ended.Via))
        {
            return this;
        }

        if (ended.Reached == true)
        {
            // The way from us to it is broken, it is not.
            return WithPeer(ended.Peer, health.Reached());
        }

        health = health with { Trying = health.Trying.Remove(ended.Via), HeardOfTrying = health.HeardOfTrying || ended.Reached is not null };
        if (health.Trying.Length > 0)
        {
            return WithPeer(ended.Peer, health);
        }

        // When nobody who was asked is heard of either, it may be us. The next probe asks anew, of those who are still reached.
        return health.HeardOfTrying
            ? WithPeer(ended.Peer, Concluded(health with { IsUnreachedByOthers = true }))
            : WithPeer(ended.Peer, health) with { SelfHealth = Math.Min(_settings.SelfHealthMax, SelfHealth + 1) };
    }

    private PeerHealth Concluded(PeerHealth health) =>
        health with { IsLost = health.IsLost || (health.Misses >= _settings.MissesMax && health.IsUnreachedByOthers) };

    // A look that failed begins the count anew: while the store is away for us it may be for those who would accuse us.
    private MembershipState Looked(MembershipView? view, bool isOfTick) => !isOfTick ? this : this with
    {
        Peers = Peers.ToImmutableDictionary(
            static peer => peer.Key,
            peer => view?.Find(peer.Key)?.Accusers.Contains(_self.Incarnation) == true
                ? peer.Value with { LooksAccused = peer.Value.LooksAccused + 1 }
                : peer.Value.LooksAccused == 0 ? peer.Value : peer.Value with { LooksAccused = 0 }),
    };

    private MembershipState Accept(MembershipView view, TimeSpan at, ImmutableArray<MembershipEffect>.Builder effects)
    {
        if (HasRead && view.Version <= View.Version)
        {
            return this;
        }

        Member? self = view.Find(_self.Incarnation);
        bool joined = HasJoined || self is not null;
        MembershipState next = this with
        {
            View = view,
            HasRead = true,
            HasJoined = joined,
            Peers = Peers.RemoveRange(Peers.Keys.Where(peer => view.Find(peer) is not { Status: not MemberStatus.Dead })),
            DeadSince = view.Members.Where(static member => member.Status == MemberStatus.Dead)
                .ToImmutableDictionary(static member => member.Incarnation, member => DeadSince.GetValueOrDefault(member.Incarnation, at)),
        };
        effects.Add(new MembershipEffect.Publish(view));
        if (joined && self is not { Status: not MemberStatus.Dead })
        {
            effects.Add(new MembershipEffect.Stop(IsEmptied ? "this node has left the cluster" : "the other nodes have taken this one for dead"));
            return next with { HasStopped = true };
        }

        return next;
    }

    private MembershipState Read(ImmutableArray<MembershipEffect>.Builder effects)
    {
        if (IsReading)
        {
            return this;
        }

        effects.Add(new MembershipEffect.ReadView());
        return this with { IsReading = true };
    }

    // At most one change is under way; what it did not contain comes with the next.
    private MembershipState Write(TimeSpan at, ImmutableArray<MembershipEffect>.Builder effects)
    {
        if (!HasRead || IsWriting || HasStopped)
        {
            return this;
        }

        ImmutableArray<Member> changed = [.. View.Find(_self.Incarnation) is { } self ? ChangesAsMember(self, at) : ChangesToJoin()];
        if (changed.Length == 0)
        {
            return this;
        }

        effects.Add(new MembershipEffect.WriteView(View.Version, changed));
        return this with { IsWriting = true };
    }

    private IEnumerable<Member> ChangesToJoin()
    {
        // Who bears our name has been replaced by us.
        Member[] former = [.. View.Members.Where(member => member.Name == _self.Name && member.Status != MemberStatus.Dead)];
        bool alone = !View.Alive.Except(former).Any();
        return former.Select(static member => member with { Status = MemberStatus.Dead })
            .Append(_self with { Status = alone ? MemberStatus.Up : MemberStatus.Joining });
    }

    private IEnumerable<Member> ChangesAsMember(Member self, TimeSpan at)
    {
        if (self.Status == MemberStatus.Joining)
        {
            bool reachesAll = View.Alive.All(peer => Peers.GetValueOrDefault(peer.Incarnation) is { IsReached: true, ReachesBack: true });
            if (reachesAll)
            {
                yield return self with { Status = MemberStatus.Up };
            }
        }
        else if (IsEmptied)
        {
            yield return self with { Status = MemberStatus.Removed };
        }
        else if (Leaves && self.Status == MemberStatus.Up)
        {
            yield return self with { Status = MemberStatus.Leaving };
        }

        bool forgets = View.Alive.FirstOrDefault()?.Incarnation == self.Incarnation;
        foreach (Member peer in View.Members.Where(member => member.Incarnation != self.Incarnation))
        {
            if (peer.Status == MemberStatus.Dead)
            {
                if (forgets && at - DeadSince[peer.Incarnation] >= _settings.ForgetAfter)
                {
                    yield return peer with { Status = MemberStatus.Removed };
                }

                continue;
            }

            Member judged = Judged(peer);
            if (!judged.Equals(peer))
            {
                yield return judged;
            }
        }
    }

    private Member Judged(Member peer)
    {
        PeerHealth health = Peers.GetValueOrDefault(peer.Incarnation, PeerHealth.Unknown);
        bool accuses = peer.Accusers.Contains(_self.Incarnation);
        if (!accuses && health.IsLost)
        {
            peer = peer with { Accusers = peer.Accusers.Add(_self.Incarnation) };
        }
        else if (accuses && !health.IsLost && health.IsReached)
        {
            peer = peer with { Accusers = peer.Accusers.Remove(_self.Incarnation) };
        }

        // Accusers who have died meanwhile have no say, and who is only joining has none in a common verdict.
        Member[] others = [.. View.Alive.Where(member => member.Incarnation != peer.Incarnation)];
        int accusers = others.Count(other => peer.Accusers.Contains(other.Incarnation));
        bool isEnough = accusers > 0 && accusers >= Math.Min(_settings.AccusersNeeded, others.Length);

        // Several nodes that die together cannot accuse each other, and who joins after all have died finds nobody who could. A node that is
        // cut off from all others would say the same of them, but they accuse it too, and then it has no lone verdict.
        bool isLone = health.IsLost && health.LooksAccused >= _settings.LoneVerdictLooks && !IsAccused(_self.Incarnation)
            && others.All(other => other.Incarnation == _self.Incarnation || IsAccused(other.Incarnation));
        return isEnough || isLone ? peer with { Status = MemberStatus.Dead } : peer;
    }

    private bool IsAccused(NodeIncarnation member) =>
        View.Find(member) is { } accused && accused.Accusers.Any(accuser => View.Find(accuser) is { Status: not MemberStatus.Dead });

    // Everybody probes the next few on a ring, so that each is probed by several and nobody by all.
    private IEnumerable<Member> Probed()
    {
        Member[] ring = [.. View.Members.Where(member => member.IsAlive || member.Status == MemberStatus.Joining)];
        int self = Array.FindIndex(ring, member => member.Incarnation == _self.Incarnation);

        // Who joins must have reached everybody.
        int count = self >= 0 && ring[self].Status == MemberStatus.Joining ? ring.Length : _settings.ProbedMax;
        IEnumerable<Member> next = self < 0 ? [] : Enumerable.Range(1, ring.Length - 1).Select(i => ring[(self + i) % ring.Length]);
        return next.Where((member, i) => i < count || member.Status == MemberStatus.Joining);
    }

    private MembershipState WithPeer(NodeIncarnation peer, PeerHealth health) => this with { Peers = Peers.SetItem(peer, health) };
}
