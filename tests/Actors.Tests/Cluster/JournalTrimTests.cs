using System.Net;
using Pleiad.Kernel;

namespace Pleiad.Actors.Tests;

public sealed class JournalTrimTests : IAsyncLifetime
{
    private static readonly NodeIncarnation Self = new(new Guid(1, 0, 0, new byte[8]));
    private static readonly NodeIncarnation Other = new(new Guid(2, 0, 0, new byte[8]));

    private readonly NodeTransport _transport = NodeTransport.Listen(
        Self, new IPEndPoint(IPAddress.Loopback, 0), new TransportSettings(), TimeProvider.System, static _ => throw new NotSupportedException());

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _transport.DisposeAsync();

    [Fact]
    public void Only_what_is_led_here_and_whose_copies_can_all_be_asked_is_let_go_of()
    {
        var peer = new ShardPeer(Other, "b", _transport.LinkTo(Other, _transport.Address));
        var status = new ClusterStatus(
            Self,
            new MembershipView(1, [new Member { Incarnation = Self, Name = "a", Address = "x:1", Status = MemberStatus.Up }]),
            new PlacementPlan([new("a", ["b"]), new("a", ["c"]), new("b", ["a"]), new("a", [])]),
            [.. Enumerable.Range(0, 4).Select(ShardOwnership.Untaken)],
            [0, 1, 3]);
        var places = new ShardPlaces(1,
        [
            new ShardPlace { Shard = 0, Followers = [peer] }, new ShardPlace { Shard = 1 }, new ShardPlace { Shard = 2, Leader = peer }, new ShardPlace { Shard = 3 },
        ]);
        Assert.Equal([0, 3], JournalTrimActor.CandidatesOf(status, places, replicas: 1).Select(static one => one.Row.Shard));
        Assert.Empty(JournalTrimActor.CandidatesOf(status with { Plan = null }, places, replicas: 1));

        // Of shard 3 there is one copy: what happens to that disk must be made good from the journal.
        Assert.Equal([0], JournalTrimActor.CandidatesOf(status, places, replicas: 2).Select(static one => one.Row.Shard));
        Assert.Empty(JournalTrimActor.CandidatesOf(status, places, replicas: 3));
    }
}
