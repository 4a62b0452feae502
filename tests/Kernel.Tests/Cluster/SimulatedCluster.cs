namespace Pleiad.Kernel.Tests;

/// <summary>Some nodes' membership in one thread: time, network and store are played, everything follows from the seed.</summary>
internal sealed class SimulatedCluster(int seed, MembershipSettings? settings = null)
{
    private const int HurriesMax = 50;

    private static readonly TimeSpan HurryInterval = TimeSpan.FromMilliseconds(200);

    private readonly Random _chance = new(seed);
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _due = new();
    private readonly List<Node> _nodes = [];
    private readonly HashSet<(int From, int To)> _cut = [];
    private long _order;

    public MembershipSettings Settings { get; } = settings ?? new MembershipSettings();

    public TimeSpan Now { get; private set; }

    public MembershipView Stored { get; private set; } = MembershipView.Empty;

    public bool StoreIsAway { get; set; }

    /// <summary>The share of messages that get lost.</summary>
    public double Loss { get; set; }

    public IReadOnlyList<Node> Nodes => _nodes;

    public Node Start(string? name = null)
    {
        int index = _nodes.Count;
        var self = new Member
        {
            Incarnation = new NodeIncarnation(new Guid(_chance.Next(), (short)index, 0, new byte[8])),
            Name = name ?? $"node-{index}", Address = $"10.0.0.{index}:1", Status = MemberStatus.Joining, Roles = ["store"],
        };
        var node = new Node(index, self, MembershipState.Begin(self, Settings), new Pulse(new Clock(this), Settings.StallMax));
        _nodes.Add(node);
        Tick(node);
        return node;
    }

    /// <summary>Its process ends, and the system closes its connections.</summary>
    public void Kill(Node victim)
    {
        victim.IsGone = true;
        foreach (Node node in _nodes.Where(node => node != victim))
        {
            After(Latency(), () => Happen(node, new MembershipEvent.ConnectionBroke(victim.Self.Incarnation)));
        }
    }

    public void Cut(Node from, Node to) => _cut.Add((from.Index, to.Index));

    public void CutBothWays(Node a, Node b)
    {
        Cut(a, b);
        Cut(b, a);
    }

    public void Heal() => _cut.Clear();

    public void Run(double seconds)
    {
        TimeSpan until = Now + TimeSpan.FromSeconds(seconds);
        while (_due.TryPeek(out _, out (TimeSpan At, long) next) && next.At <= until)
        {
            Action act = _due.Dequeue();
            Now = next.At;
            act();
        }

        Now = until;
    }

    public MemberStatus? StatusOf(Node node) => Stored.Find(node.Self.Incarnation)?.Status;

    private void Tick(Node node)
    {
        if (node.PausedUntil > Now)
        {
            // A timer that came due in the meantime fires once.
            After(node.PausedUntil - Now, () => Tick(node));
            return;
        }

        Happen(node, new MembershipEvent.Ticked());
        if (!node.HasEnded)
        {
            After(Settings.ProbeInterval * (0.98 + (0.04 * _chance.NextDouble())), () => Tick(node));
        }
    }

    private void After(TimeSpan delay, Action act) => _due.Enqueue(act, (Now + delay, ++_order));

    private TimeSpan Latency() => TimeSpan.FromMilliseconds(0.2 + (5 * _chance.NextDouble()));

    private bool Arrives(Node from, Node to) => !to.IsGone && !from.IsGone && !_cut.Contains((from.Index, to.Index)) && _chance.NextDouble() >= Loss;

    private void Happen(Node node, MembershipEvent happened)
    {
        if (node.HasEnded)
        {
            return;
        }

        if (node.Lag > TimeSpan.Zero || node.BehindUntil > Now)
        {
            // In the order it came, some time later.
            TimeSpan turn = Now + (node.Lag * _chance.NextDouble());
            node.BehindUntil = turn > node.BehindUntil ? turn : node.BehindUntil;
            After(node.BehindUntil - Now, () => Turn(node, happened));
            return;
        }

        Turn(node, happened);
    }

    private void Turn(Node node, MembershipEvent happened)
    {
        if (node.HasEnded)
        {
            return;
        }

        if (node.PausedUntil > Now)
        {
            // Whatever happens to a process that is stopped happens when it goes on.
            After(node.PausedUntil - Now, () => Turn(node, happened));
            return;
        }

        (node.State, System.Collections.Immutable.ImmutableArray<MembershipEffect> effects) = node.State.On(happened, Now);
        node.Pulse.Note(node.State);
        foreach (MembershipEffect effect in effects)
        {
            Perform(node, effect);
        }

        HurryWhereNeeded(node);
    }

    // As a cluster actor does.
    private void HurryWhereNeeded(Node node)
    {
        if (!node.State.SuspectsAny)
        {
            node.Hurries = 0;
        }
        else if (node.Hurries < HurriesMax && !node.IsHurrying)
        {
            node.IsHurrying = true;
            After(HurryInterval, () =>
            {
                node.IsHurrying = false;
                node.Hurries++;
                Happen(node, new MembershipEvent.Hurried());
            });
        }
    }

    private void Perform(Node node, MembershipEffect effect)
    {
        switch (effect)
        {
            case MembershipEffect.Probe probe:
                Probe(node, Find(probe.Peer), probe.Timeout, (result, back) => Happen(node, new MembershipEvent.ProbeEnded(probe.Peer.Incarnation, probe.Number, result, back)));
                break;
            case MembershipEffect.ProbeVia ask:
                Node via = Find(ask.Via);
                bool answered = false;
                After(ask.Timeout * 2, () =>
                {
                    if (!answered)
                    {
                        answered = true;
                        Happen(node, new MembershipEvent.IndirectProbeEnded(ask.Peer.Incarnation, ask.Via.Incarnation, null));
                    }
                });
                if (Arrives(node, via) && via.PausedUntil <= Now)
                {
                    Probe(via, Find(ask.Peer), ask.Timeout, (result, _) =>
                    {
                        if (!answered && Arrives(via, node))
                        {
                            answered = true;
                            Happen(node, new MembershipEvent.IndirectProbeEnded(ask.Peer.Incarnation, ask.Via.Incarnation, result == ProbeResult.Reached));
                        }
                    });
                }

                break;
            case MembershipEffect.ReadView:
                After(Latency(), () => Happen(node, StoreIsAway || node.IsCutFromStore ? new MembershipEvent.StoreAway(false) : new MembershipEvent.ViewRead(Stored)));
                break;
            case MembershipEffect.WriteView write:
                After(Latency(), () => Write(node, write));
                break;
            case MembershipEffect.Stop:
                node.HasStopped = true;
                break;
        }
    }

    private void Write(Node node, MembershipEffect.WriteView write)
    {
        if (StoreIsAway || node.IsCutFromStore || node.IsGone)
        {
            After(Latency(), () => Happen(node, new MembershipEvent.StoreAway(true)));
            return;
        }

        MembershipView? next = null;
        if (Stored.Version == write.SeenVersion)
        {
            Stored = next = Stored.With(write.Changed);
        }

        // Now and then the change is made and the answer lost.
        After(Latency(), () => Happen(node, _chance.Next(20) == 0 ? new MembershipEvent.StoreAway(true) : new MembershipEvent.ViewWritten(next)));
    }

    private void Probe(Node from, Node to, TimeSpan timeout, Action<ProbeResult, bool> ended)
    {
        if (to.HasEnded && !_cut.Contains((from.Index, to.Index)))
        {
            After(Latency(), () => ended(ProbeResult.Refused, false));
        }
        else if (Arrives(from, to) && Arrives(to, from) && to.PausedUntil <= Now && to.Pulse.Reaches(from.Self.Incarnation) is { } reaches)
        {
            After(Latency(), () => ended(ProbeResult.Reached, reaches));
        }
        else
        {
            After(timeout, () => ended(ProbeResult.TimedOut, false));
        }
    }

    private Node Find(Member member) => _nodes.First(node => node.Self.Incarnation == member.Incarnation);

    private sealed class Clock(SimulatedCluster cluster) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => cluster.Now.Ticks;
    }

    internal sealed class Node(int index, Member self, MembershipState state, Pulse pulse)
    {
        /// <summary>What answers probes for it.</summary>
        public Pulse Pulse { get; } = pulse;

        /// <summary>How long it may take, at most, until it has its turn with something that happened: it has more to do than it can.</summary>
        public TimeSpan Lag { get; set; }

        /// <summary>When it will have had its turn with everything that has happened.</summary>
        public TimeSpan BehindUntil { get; set; }

        public int Index { get; } = index;

        public Member Self { get; } = self;

        public MembershipState State { get; set; } = state;

        public TimeSpan PausedUntil { get; set; }

        public bool IsHurrying { get; set; }

        public int Hurries { get; set; }

        public bool IsCutFromStore { get; set; }

        /// <summary>kill -9.</summary>
        public bool IsGone { get; set; }

        /// <summary>Stopped because the state machine said so.</summary>
        public bool HasStopped { get; set; }

        public bool HasEnded => IsGone || HasStopped;
    }
}
