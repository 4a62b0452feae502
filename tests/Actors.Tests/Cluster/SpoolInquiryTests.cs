using Pleiad.Kernel;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>Before a strong read: whether any node that lives has what the database has not.</summary>
public sealed class SpoolInquiryTests : IDisposable
{
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
        var inquiry = new SpoolInquiry(spool, () => writesAgain, nodes[0].Places, TimeProvider.System, TimeSpan.Zero);
        var messages = new NodeMessages();
        new SpoolInquiry(other, () => otherWritesAgain, nodes[1].Places, TimeProvider.System, TimeSpan.Zero).AddTo(messages);
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
        Assert.False(await inquiry.IsSaidToBeAsync());
        other.Append([Record(2)]);
        Assert.True(await inquiry.IsSaidToBeAsync());
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
        var patient = new SpoolInquiry(spool, () => false, nodes[0].Places, TimeProvider.System, TimeSpan.FromHours(1));
        Assert.False(await patient.MayBeAsync(CancellationToken.None).WaitAsync(TestActorSystem.HangGuard));
        Assert.Equal(3, times);
        Assert.False(await patient.IsSaidToBeAsync());
        nodes[2].Instead = null;

        // One that does not know the question.
        nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1]), nodes[0].PeerOf(nodes[2])]);
        Assert.True(await MayBeAsync());

        Task<bool> MayBeAsync() => inquiry.MayBeAsync(CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
    }

    private static SpooledRecord Record(long seq) => new(0, 1, seq, 0, 1, new byte[] { 1 });
}
