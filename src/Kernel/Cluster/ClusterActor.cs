using System.Collections.Immutable;

namespace Pleiad.Kernel;

/// <summary>This node's part in the cluster: drives <see cref="MembershipState"/> and <see cref="RegionState"/> and performs what they ask for.</summary>
/// <remarks>Publishes each new <see cref="MembershipView"/>, and <see cref="ClusterEnded"/>, on the event stream; answers <see cref="TakeStatus"/>.</remarks>
public sealed class ClusterActor : Actor
{
    private const string PlanKind = "cluster";
    private const string PlanId = "placement";

    private readonly ClusterSetup _setup;
    private readonly Dictionary<NodeIncarnation, PeerLink> _links = [];
    private readonly Dictionary<long, ActorRef> _askers = [];
    private readonly long _began;
    private MembershipState _members;
    private RegionState _region;
    private long _requests;
    private int _hurries;
    private ClusterStatus? _published;

    /// <param name="setup">What it lives from.</param>
    public ClusterActor(ClusterSetup setup)
    {
        _setup = setup;
        _began = Context.Time.GetTimestamp();
        _members = MembershipState.Begin(setup.Self, setup.Membership);
        _region = RegionState.Begin(setup.Self.Incarnation, setup.Self.Name, setup.Region);
    }

    /// <summary>Asks for a <see cref="ClusterStatus"/>.</summary>
    public sealed record TakeStatus;

    /// <summary>Asks this node to hand all its shards over and to leave.</summary>
    public sealed record Leave;

    /// <summary>The numbers of the messages that cluster actors send each other.</summary>
    public static IReadOnlyList<ushort> MessageNumbers { get; } = [ClusterMessages.Probe, ClusterMessages.ProbeVia, ClusterMessages.HandOff, ClusterMessages.Leads];

    /// <summary>Answers a message of another node's cluster actor.</summary>
    /// <param name="cluster">This node's.</param>
    /// <param name="pulse">Answers probes for it.</param>
    /// <param name="incoming">With a number of <see cref="MessageNumbers"/>.</param>
    /// <param name="patience">The longest the answer may take.</param>
    public static ValueTask<NodeMessage> HandleAsync(ActorRef cluster, Pulse pulse, IncomingMessage incoming, TimeSpan patience)
    {
        ClusterRequest request = ClusterMessages.Read(incoming);
        if (request is ClusterRequest.Leads)
        {
            // Where there is no room for it, the next look at the rows says it too.
            cluster.TryTell(request);
            return default;
        }

        return request is ClusterRequest.AreYouThere asked && pulse.Reaches(asked.From) is { } reaches
            ? new ValueTask<NodeMessage>(ClusterMessages.Answer(incoming.Message.Number, reaches))
            : AnswerAsync(incoming.Message.Number);

        async ValueTask<NodeMessage> AnswerAsync(ushort number) =>
            ClusterMessages.Answer(number, await cluster.Ask<bool>(request, patience, CancellationToken.None));
    }

    /// <inheritdoc/>
    protected override void PreStart() => Timers.StartPeriodic(Tick.Instance, Tick.Instance, _setup.Membership.ProbeInterval, TimeSpan.Zero);

    /// <inheritdoc/>
    protected override void PostStop()
    {
        foreach (PeerLink link in _links.Values)
        {
            link.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void Receive(object message)
    {
        switch (message)
        {
            case Tick:
                Learn(new MembershipEvent.Ticked());
                Learn(new RegionEvent.Ticked(_setup.Shards.TakeIsStarting()));
                break;
            case Hurry:
                _hurries++;
                Learn(new MembershipEvent.Hurried());
                Learn(new RegionEvent.Hurried());
                break;
            case MembershipEvent happened:
                Learn(happened);
                break;
            case RegionEvent happened:
                Learn(happened);
                break;
            case ClusterRequest.AreYouThere asked:
                Sender.Tell(_members.Reaches(asked.From), Self);
                break;
            case ClusterRequest.ProbeFor asked:
                ProbeFor(asked.Peer, Sender);
                break;
            case ClusterRequest.LetGo asked:
                _askers[++_requests] = Sender;
                Learn(new RegionEvent.HandOffAsked(asked.By, asked.Shard, asked.SeenEpoch, _requests) { KeepsRecords = _setup.Shards.Keeps(asked.Shard) });
                break;
            case ClusterRequest.Leads told:
                Learn(new RegionEvent.LeaderTold(told.By, told.Shard, told.Epoch));
                break;
            case TakeStatus:
                Sender.Tell(Status(), Self);
                break;
            case Leave:
                Learn(new MembershipEvent.LeaveAsked());
                break;
            default:
                Unhandled(message);
                break;
        }

        HurryWhereNeeded();
    }

    // The next tick is up to a second away, for each of the steps from a doubt to a new leader.
    private void HurryWhereNeeded()
    {
        if (!_members.SuspectsAny && !_region.AwaitsPlan)
        {
            _hurries = 0;
        }
        else if (_hurries < _setup.HurriesMax && !Timers.IsActive(Hurry.Instance))
        {
            Timers.StartSingle(Hurry.Instance, Hurry.Instance, _setup.HurryInterval);
        }
    }

    private void Learn(MembershipEvent happened)
    {
        (_members, var effects) = _members.On(happened, Context.Time.GetElapsedTime(_began));
        _setup.Pulse.Note(_members);
        foreach (MembershipEffect effect in effects)
        {
            Perform(effect);
        }
    }

    private void Learn(RegionEvent happened)
    {
        (_region, var effects) = _region.On(happened);
        foreach (RegionEffect effect in effects)
        {
            Perform(effect);
        }

        if (happened is RegionEvent.RowsRead)
        {
            FollowOthers();
        }

        Publish();

        if (_region.IsEmpty && _members.View.Find(_setup.Self.Incarnation) is { Status: MemberStatus.Leaving })
        {
            Learn(new MembershipEvent.Emptied());
        }
    }

    private void Perform(MembershipEffect effect)
    {
        switch (effect)
        {
            case MembershipEffect.Probe probe:
                Context.PipeToSelf(
                    ProbeAsync(probe.Peer, probe.Timeout),
                    reply => new MembershipEvent.ProbeEnded(probe.Peer.Incarnation, probe.Number, ResultOf(reply), ClusterMessages.YesOf(reply) == true),
                    _ => new MembershipEvent.ProbeEnded(probe.Peer.Incarnation, probe.Number, ProbeResult.TimedOut));
                break;
            case MembershipEffect.ProbeVia ask:
                // The other one needs its own time for the probe.
                Context.PipeToSelf(
                    LinkTo(ask.Via).AskAsync(Lane.Control, ClusterMessages.ProbeViaAsk(ask.Peer.Incarnation), ask.Timeout * 2).AsTask(),
                    reply => new MembershipEvent.IndirectProbeEnded(ask.Peer.Incarnation, ask.Via.Incarnation, ClusterMessages.YesOf(reply)),
                    _ => new MembershipEvent.IndirectProbeEnded(ask.Peer.Incarnation, ask.Via.Incarnation, null));
                break;
            case MembershipEffect.ReadView:
                Context.PipeToSelf(
                    _setup.Store.Membership.ReadAsync(CancellationToken.None).AsTask(),
                    static view => new MembershipEvent.ViewRead(view), static _ => new MembershipEvent.StoreAway(WasWrite: false));
                break;
            case MembershipEffect.WriteView write:
                Context.PipeToSelf(
                    _setup.Store.Membership.TryChangeAsync(write.SeenVersion, write.Changed, CancellationToken.None).AsTask(),
                    static view => new MembershipEvent.ViewWritten(view), static _ => new MembershipEvent.StoreAway(WasWrite: true));
                break;
            case MembershipEffect.Publish publish:
                ForgetLinks(publish.View);
                Context.System.EventStream.Publish(publish.View);
                Learn(new RegionEvent.ViewChanged(publish.View));
                break;
            case MembershipEffect.Stop stop:
                Context.System.EventStream.Publish(new ClusterEnded(stop.Reason));
                Context.Stop(Self);
                break;
        }
    }

    private void Perform(RegionEffect effect)
    {
        switch (effect)
        {
            case RegionEffect.ReadPlan read:
                Context.PipeToSelf(
                    _setup.Store.Documents.GetUnlessAsync(PlanKind, PlanId, read.SeenVersion, CancellationToken.None).AsTask(),
                    document => document is not null ? new RegionEvent.PlanRead(PlacementPlanText.Read(document.Body), document.Version)
                        : read.SeenVersion > 0 ? new RegionEvent.PlanUnchanged() : new RegionEvent.PlanRead(null, 0),
                    static _ => new RegionEvent.ReadFailed(WasPlan: true));
                break;
            case RegionEffect.WritePlan write:
                Context.PipeToSelf(
                    _setup.Store.Documents.PutAsync(PlanKind, PlanId, write.SeenVersion, PlacementPlanText.Write(write.Plan), CancellationToken.None).AsTask(),
                    static _ => new RegionEvent.PlanWriteEnded(), static _ => new RegionEvent.PlanWriteEnded());
                break;
            case RegionEffect.ReadRows:
                Context.PipeToSelf(
                    _setup.Store.Ownership.ReadAllAsync(CancellationToken.None).AsTask(),
                    static rows => new RegionEvent.RowsRead([.. rows]), static _ => new RegionEvent.ReadFailed(WasPlan: false));
                break;
            case RegionEffect.Take take:
                Context.PipeToSelf(
                    _setup.Store.Ownership.TakeAsync(take.Shard, take.SeenEpoch, _setup.Self.Incarnation, CancellationToken.None).AsTask(),
                    row => new RegionEvent.TakeEnded(take.Shard, row), _ => new RegionEvent.TakeEnded(take.Shard, null));
                break;
            case RegionEffect.AskHandOff ask
                when !IsNear(_region.Rows[ask.Shard], _setup.Shards.HandOffSeq(ask.Shard, ask.Owner.Status == MemberStatus.Leaving), _setup.HandOffLagMax):
                // Not yet: nobody would lead it while it is read here.
                Learn(new RegionEvent.HandOffAnswered(ask.Shard, MayTake: false));
                break;
            case RegionEffect.AskHandOff ask:
                Context.PipeToSelf(
                    LinkTo(ask.Owner).AskAsync(Lane.Control, ClusterMessages.HandOffAsk(ask.Shard, ask.SeenEpoch), _setup.HandOffTimeout).AsTask(),
                    reply => new RegionEvent.HandOffAnswered(ask.Shard, ClusterMessages.YesOf(reply) == true),
                    _ => new RegionEvent.HandOffAnswered(ask.Shard, false));
                break;
            case RegionEffect.AnswerHandOff answer:
                if (_askers.Remove(answer.Request, out ActorRef? asker))
                {
                    asker.Tell(answer.MayTake, Self);
                }

                break;
            case RegionEffect.CatchUp catchUp:
                Context.PipeToSelf(
                    _setup.Shards.CatchUpAsync(catchUp.Row),
                    row => new RegionEvent.CatchUpEnded(row.Shard, row), _ => new RegionEvent.CatchUpEnded(catchUp.Row.Shard, null));
                break;
            case RegionEffect.BeginLead lead:
                _setup.Shards.BeginLead(lead.Row);
                TellOthers(lead.Row);
                break;
            case RegionEffect.Drain drain:
                Context.PipeToSelf(
                    _setup.Shards.DrainAsync(drain.Shard), () => new RegionEvent.Drained(drain.Shard), _ => new RegionEvent.Drained(drain.Shard));
                break;
            case RegionEffect.EndLead end:
                _setup.Shards.EndLead(end.Shard);
                break;
        }
    }

    /// <summary>Whether a copy has so much of its journal that it may be handed over to.</summary>
    /// <param name="row">Of its shard.</param>
    /// <param name="appliedSeq">Through which record it is applied; below 0 where that does not count.</param>
    /// <param name="lagMax">Records it may lack.</param>
    internal static bool IsNear(ShardOwnership row, long appliedSeq, long lagMax) => appliedSeq >= 0 && row.NextSeq - 1 - appliedSeq <= lagMax;

    // Samples on their way need not wait for the next look at the rows, which finds the same. Copies first: they answer queries by it.
    private void TellOthers(ShardOwnership row)
    {
        NodeMessage message = ClusterMessages.LeadsTell(row.Shard, row.Epoch);
        ImmutableArray<string> copies = _region.Plan is { } plan && row.Shard < plan.Shards.Length ? [.. plan.Shards[row.Shard].All] : [];
        foreach (Member other in _members.View.Members
            .Where(member => member.Status != MemberStatus.Dead && member.Incarnation != _setup.Self.Incarnation)
            .OrderBy(member => copies.Contains(member.Name) ? 0 : 1).Take(_setup.LeaderToldMax))
        {
            _ = LinkTo(other).TellAsync(Lane.Control, message).AsTask();
        }
    }

    // Copies follow the journal whoever leads; whoever shall lead follows first, so that the hand-off takes no time.
    private void FollowOthers()
    {
        if (_region.Plan is not { } plan)
        {
            return;
        }

        HashSet<int> leading = [.. _region.Leading];
        foreach (ShardOwnership row in _region.Rows)
        {
            if (leading.Contains(row.Shard))
            {
                _setup.Shards.Watch(row);
            }
            else if (row.Epoch > 0 && !_region.Holds(row.Shard) && (IsCopy(plan, row.Shard) || _setup.Shards.Keeps(row.Shard)))
            {
                _setup.Shards.Follow(row);
            }
        }
    }

    private bool IsCopy(PlacementPlan plan, int shard) => shard < plan.Shards.Length && plan.Shards[shard].All.Contains(_setup.Self.Name, StringComparer.Ordinal);

    private void Publish()
    {
        ClusterStatus now = Status();
        if (!now.Equals(_published))
        {
            _published = now;
            Context.System.EventStream.Publish(now);
        }
    }

    private ClusterStatus Status() => new(_setup.Self.Incarnation, _members.View, _region.Plan, _region.Rows, [.. _region.Leading])
    {
        IsCurrent = _region.LooksUnanswered <= _setup.LooksUnansweredMax, Told = _region.Told,
    };

    private void ProbeFor(NodeIncarnation peer, ActorRef asker)
    {
        if (_members.View.Find(peer) is not { } member)
        {
            asker.Tell(false, Self);
            return;
        }

        ActorRef self = Self;
        Task<NodeReply> probing = ProbeAsync(member, _setup.Membership.ProbeTimeout);
        _ = probing.ContinueWith(
            ended => asker.Tell(ended.IsCompletedSuccessfully && ended.Result.Result == ReplyResult.Answered, self), CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private Task<NodeReply> ProbeAsync(Member peer, TimeSpan timeout) => LinkTo(peer).AskAsync(Lane.Control, ClusterMessages.ProbeAsk(), timeout).AsTask();

    private static ProbeResult ResultOf(NodeReply reply) => reply.Result switch
    {
        ReplyResult.Answered => ProbeResult.Reached,
        ReplyResult.NobodyThere => ProbeResult.Refused,
        _ => ProbeResult.TimedOut,
    };

    private PeerLink LinkTo(Member peer)
    {
        if (!_links.TryGetValue(peer.Incarnation, out PeerLink? link))
        {
            ActorRef self = Self;
            _links[peer.Incarnation] = link = _setup.Transport.LinkTo(
                peer.Incarnation, NodeAddress.Of(peer.Address), () => self.Tell(new MembershipEvent.ConnectionBroke(peer.Incarnation), self));
        }

        return link;
    }

    private void ForgetLinks(MembershipView view)
    {
        foreach ((NodeIncarnation peer, PeerLink link) in _links.Where(link => view.Find(link.Key) is not { Status: not MemberStatus.Dead }).ToArray())
        {
            link.Dispose();
            _links.Remove(peer);
        }
    }

    private sealed class Hurry
    {
        public static readonly Hurry Instance = new();
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}
