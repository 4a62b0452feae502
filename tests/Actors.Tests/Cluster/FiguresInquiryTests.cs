using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;
using Pleiad.TestKit;

namespace Pleiad.Actors.Tests;

/// <summary>What only the nodes themselves know: asked for, and told.</summary>
public sealed class FiguresInquiryTests
{
    // Answers come when they come; the guard ends a test that hangs.
    private static readonly TimeSpan s_patience = TimeSpan.FromHours(1);

    [Fact]
    public async Task Each_node_that_answers_tells_its_own_and_the_others_are_left_out()
    {
        await using var nodes = new QueryNodes([ListedSeries.Spread([], 1, 1)[0]], [[0, 1]], nodes: 4);
        FiguresInquiry inquiry = InquiryOf(nodes[0], new NodeFigures(3, [7, AppliedMarks.Unknown]));
        var messages = new NodeMessages();
        InquiryOf(nodes[1], new NodeFigures(null, [0, 5])).AddTo(messages);
        nodes[1].Instead = messages.HandleAsync;
        nodes[2].Instead = static _ => throw new IOException("it has other things to do");
        nodes[3].Instead = static _ => new ValueTask<NodeMessage>(new NodeMessage(NodeFiguresMessage.Ask, ReadOnlyMemory<byte>.Empty));
        nodes[0].Places.Publish([nodes[0].PeerOf(nodes[1]), nodes[0].PeerOf(nodes[2]), nodes[0].PeerOf(nodes[3])]);

        IReadOnlyDictionary<string, NodeFigures> told = await inquiry.AskAsync("node 0", asksOthers: true, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal(["node 0", "node 1"], told.Keys.Order());
        Assert.Equal((3, 7L, null), (told["node 0"].Targets, told["node 0"].AppliedSeqOf(0), told["node 0"].AppliedSeqOf(1)));
        Assert.Equal((null, 0L, 5L), (told["node 1"].Targets, told["node 1"].AppliedSeqOf(0), told["node 1"].AppliedSeqOf(1)));
        Assert.Null(told["node 1"].AppliedSeqOf(2));

        told = await inquiry.AskAsync("node 0", asksOthers: false, CancellationToken.None).WaitAsync(TestActorSystem.HangGuard);
        Assert.Equal(["node 0"], told.Keys);
    }

    [Fact]
    public void What_is_told_is_read_and_nothing_else_is()
    {
        NodeFigures read = NodeFiguresMessage.Read(NodeFiguresMessage.Write(new NodeFigures(0, [AppliedMarks.Unknown, 0, long.MaxValue - 2])));
        Assert.Equal(0, read.Targets);
        Assert.Equal([AppliedMarks.Unknown, 0, long.MaxValue - 2], read.AppliedSeqs);
        Assert.Null(NodeFiguresMessage.Read(NodeFiguresMessage.Write(new NodeFigures(null, []))).Targets);
        Assert.Null(read.Spool);
        foreach (SpoolUse use in new[] { default, new SpoolUse(3, 1L << 40, TimeSpan.FromMilliseconds(90_001), 0.375), new SpoolUse(1, 1, TimeSpan.FromDays(3), 1.25) })
        {
            Assert.Equal(use, NodeFiguresMessage.Read(NodeFiguresMessage.Write(new NodeFigures(7, [1], use))).Spool);
        }

        Assert.Equal(NodeFiguresMessage.ShardsMax, NodeFiguresMessage.Read(NodeFiguresMessage.Write(new NodeFigures(1, new long[NodeFiguresMessage.ShardsMax + 1]))).AppliedSeqs.Count);
        var message = new MessageWriter();
        for (int shard = 0; shard <= NodeFiguresMessage.ShardsMax; shard++)
        {
            message.Number(2, 1);
        }

        Assert.Throws<WireFormatException>(() => NodeFiguresMessage.Read(new NodeMessage(NodeFiguresMessage.Told, message.Memory)));
        message.Clear();
        message.Number(2, ulong.MaxValue);
        Assert.Throws<WireFormatException>(() => NodeFiguresMessage.Read(new NodeMessage(NodeFiguresMessage.Told, message.Memory)));
        message.Clear();
        message.Bytes(3, [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
        Assert.Throws<WireFormatException>(() => NodeFiguresMessage.Read(new NodeMessage(NodeFiguresMessage.Told, message.Memory)));
        message.Clear();
        message.Number(1, 1UL << 31);
        Assert.Throws<WireFormatException>(() => NodeFiguresMessage.Read(new NodeMessage(NodeFiguresMessage.Told, message.Memory)));
    }

    private static FiguresInquiry InquiryOf(QueryNodes.Node node, NodeFigures figures) => new(() => Task.FromResult(figures), node.Places, s_patience);
}
