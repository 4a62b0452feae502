using Pleiad.TestKit;

namespace Pleiad.Kernel.Tests;

public sealed class PulseTests
{
    private static readonly TimeSpan StallMax = TimeSpan.FromSeconds(30);
    private static readonly NodeIncarnation Self = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly NodeIncarnation Peer = new(new Guid(2, 0, 0, new byte[8]));

    private readonly VirtualTime _time = new();

    private static MembershipState Members() => MembershipState.Begin(Of(Self), new MembershipSettings());

    private static Member Of(NodeIncarnation incarnation) => new() { Incarnation = incarnation, Name = $"{incarnation}", Address = "10.0.0.1:1", Roles = ["store"], Status = MemberStatus.Up };

    [Fact]
    public void A_probe_is_answered_without_a_turn_as_long_as_the_last_one_is_not_too_old()
    {
        var pulse = new Pulse(_time, StallMax);
        Assert.Null(pulse.Reaches(Peer));
        pulse.Note(Members());
        Assert.False(pulse.Reaches(Peer));
        _time.Advance(StallMax);
        Assert.False(pulse.Reaches(Peer));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Null(pulse.Reaches(Peer));
        pulse.Note(Members());
        Assert.False(pulse.Reaches(Peer));
    }

    [Fact]
    public void Who_reaches_the_other_says_so_and_who_has_ended_says_nothing()
    {
        var pulse = new Pulse(_time, StallMax);
        var view = new MembershipView(1, [Of(Self), Of(Peer)]);
        (MembershipState members, _) = Members().On(new MembershipEvent.ViewRead(view), TimeSpan.Zero);
        (members, var effects) = members.On(new MembershipEvent.Ticked(), TimeSpan.FromSeconds(1));
        MembershipEffect.Probe probe = Assert.Single(effects.OfType<MembershipEffect.Probe>());
        (members, _) = members.On(new MembershipEvent.ProbeEnded(Peer, probe.Number, ProbeResult.Reached), TimeSpan.FromSeconds(1));
        pulse.Note(members);
        Assert.True(pulse.Reaches(Peer));
        (members, _) = members.On(new MembershipEvent.ViewRead(view with { Version = 2, Members = [Of(Self) with { Status = MemberStatus.Dead }, Of(Peer)] }), TimeSpan.FromSeconds(2));
        pulse.Note(members);
        Assert.Null(pulse.Reaches(Peer));
    }

    [Fact]
    public async Task A_node_whose_actor_gets_no_turn_answers_probes_and_nothing_else()
    {
        var pulse = new Pulse(_time, StallMax);
        pulse.Note(Members());
        ActorSystem system = ActorSystem.Create("busy");
        ActorRef cluster = system.ActorOf(Props.Create(static () => new Deaf()));
        Task<NodeMessage> answer = ClusterActor.HandleAsync(cluster, pulse, Asked(ClusterMessages.ProbeAsk()), StallMax).AsTask();
        Assert.True(answer.IsCompletedSuccessfully);
        Assert.Equal(new byte[] { 1, 0 }, (await answer).Payload.ToArray());
        Assert.False(ClusterActor.HandleAsync(cluster, pulse, Asked(ClusterMessages.HandOffAsk(3, 1)), StallMax).AsTask().IsCompleted);
        _time.Advance(2 * StallMax);
        Assert.False(ClusterActor.HandleAsync(cluster, pulse, Asked(ClusterMessages.ProbeAsk()), StallMax).AsTask().IsCompleted);
        await system.TerminateAsync();
    }

    private static IncomingMessage Asked(NodeMessage message) => new(Peer, Lane.Control, true, message);

    private sealed class Deaf : Actor
    {
        protected override void Receive(object message) => Unhandled(message);
    }
}
