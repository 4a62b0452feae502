using Pleiad.Kernel;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>Before a strong read: whether any node that lives has what the database has not.</summary>
public sealed class SpoolInquiryTests : IDisposable
{
    // Answers come when they come: what is said is the matter, and the guard ends a test that hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    private readonly TempDirectory _here = new();
    private readonly TempDirectory _there = new();

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public async Task There_may_be_any_while_a_node_has_some_or_does_not_say()
    {
        await using var nodes = new QueryNodes([ListedSeries.Spread([], 1, 1)[0]], [[0, 1]], nodes: 3);
        using DataDirectory here = DataDirectory.Open(new DiskFiles(), _here.Path, shardCount: 1);
        using DataDirectory there = DataDirectory.Open(new DiskFiles(), _there.Path, shardCount: 1);
        using SpoolLog spool = SpoolLog.Open(here, new SpoolSettings(), TimeProvider.System);
        using SpoolLog other = SpoolLog.Open(there, new SpoolSettings(), TimeProvider.System);
        bool writesAgain = false;
        bool otherWritesAgain = false;
        var inquiry = new SpoolInquiry(spool, () => writesAgain, nodes[0].Places, TimeProvider.System, TimeSpan.Zero, s_patience);
        var messages = new NodeMessages();
        new SpoolInquiry(other, () => otherWritesAgain, nodes[1].Places, TimeProvider.System, TimeSpan.Zero, s_patience).AddTo(messages);
        nodes[1].Instead = messages.HandleAsync;
        nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1])]);
        Assert.False(await MayBeAsync());

        spool.Append([Record(1)]);
        Assert.True(await MayBeAsync());
        spool.Release(0, 1);
        Assert.False(await MayBeAsync());

        writesAgain = true;
        Assert.True(await MayBeAsync());
        writesAgain = false;

        other.Append([Record(1)]);
        Assert.True(await MayBeAsync());
        other.Release(0, 1);
        Assert.False(await MayBeAsync());

        otherWritesAgain = true;
        Assert.True(await MayBeAsync());
        otherWritesAgain = false;
        Assert.False(await MayBeAsync());

        // What is here is no matter for whoever asks only others.
        spool.Append([Record(2)]);
        Assert.False(await MayBeElsewhereAsync());
        other.Append([Record(2)]);
        Assert.True(await MayBeElsewhereAsync());
        other.Release(0, 2);
        spool.Release(0, 2);

        // One that does not answer is asked again, and is not waited for once it is taken for dead.
        nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1]), nodes[0].PeerOf(nodes[2])]);
        int times = 0;
        nodes[2].Instead = _ =>
        {
            if (Interlocked.Increment(ref times) == 3)
            {
                nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1])]);
            }

            throw new IOException("it has other things to do");
        };
        var patient = new SpoolInquiry(spool, () => false, nodes[0].Places, TimeProvider.System, s_patience, s_patience);
        Assert.False(await patient.MayBeAsync(CancellationToken.None).WaitAsync(TestActorSystem.HangGuard));
        Assert.True(Volatile.Read(ref times) >= 3);
        Assert.False(await MayBeElsewhereAsync());

        // Whoever lives and does not say is no "no".
        nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1]), nodes[0].PeerOf(nodes[2])]);
        nodes[2].Instead = static _ => throw new IOException("it has other things to do");
        Assert.True(await MayBeElsewhereAsync());

        // One that does not know the question.
        nodes[2].Instead = null;
        Assert.True(await MayBeAsync());
        Assert.True(await MayBeElsewhereAsync());

        Task<bool> MayBeAsync() => inquiry.MayBeAsync(CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);

        Task<bool> MayBeElsewhereAsync() => inquiry.MayBeElsewhereAsync().WaitAsync(TestActorSystem.HangGuard);
    }

    [Fact]
    public async Task There_may_be_any_as_long_as_nobody_knows_who_lives()
    {
        using DataDirectory here = DataDirectory.Open(new DiskFiles(), _here.Path, shardCount: 1);
        using SpoolLog spool = SpoolLog.Open(here, new SpoolSettings(), TimeProvider.System);
        var places = new PublishedPlaces(new ShardPlaces(0, [new ShardPlace { Shard = 0 }]));
        var inquiry = new SpoolInquiry(spool, static () => false, places, TimeProvider.System, s_patience, s_patience);
        Assert.True(await inquiry.MayBeElsewhereAsync());
        Assert.True(await inquiry.MayBeAsync(CancellationToken.None));
        places.Publish([new ShardPlace { Shard = 0, Epoch = 1 }]);
        Assert.False(await inquiry.MayBeElsewhereAsync());
        Assert.False(await inquiry.MayBeAsync(CancellationToken.None));
    }

    private static SpooledRecord Record(long seq) => new(0, 1, seq, 0, 1, new byte[] { 1 });
}
