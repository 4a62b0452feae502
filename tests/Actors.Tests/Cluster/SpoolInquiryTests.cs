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
        var inquiry = new SpoolInquiry(spool, () => writesAgain, nodes[0].Places);
        var messages = new NodeMessages();
        new SpoolInquiry(other, () => otherWritesAgain, nodes[1].Places).AddTo(messages);
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

        // One that does not know the question.
        nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1]), nodes[0].PeerOf(nodes[2])]);
        Assert.True(await MayBeAsync());

        Task<bool> MayBeAsync() => inquiry.MayBeAsync(CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
    }

    private static SpooledRecord Record(long seq) => new(0, 1, seq, 0, 1, new byte[] { 1 });
}
