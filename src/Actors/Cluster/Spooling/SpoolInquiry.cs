using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Whether anything is acknowledged that the rows of the shards do not count yet, because it is in spools, or kept to be written again. Asked before the rows are
/// read: what has left the spools by then is counted.
/// </summary>
/// <param name="spool">Of this node.</param>
/// <param name="isWritingAgain">Whether this node has samples that are to be written again.</param>
/// <param name="places">Who else lives.</param>
internal sealed class SpoolInquiry(SpoolLog spool, Func<bool> isWritingAgain, IShardPlaces places)
{
    /// <summary>A question without content; the answer is one byte, 0 for no.</summary>
    public const ushort Number = NodeMessages.ReplicationFrom + 6;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Answers other nodes from now on.</summary>
    public void AddTo(NodeMessages messages) =>
        messages.Add(Number, _ => new ValueTask<NodeMessage>(new NodeMessage(Number, new byte[] { IsHere ? (byte)1 : (byte)0 })));

    /// <summary>Whether there may be any: on this node, on another that lives, or on one that lives and does not answer.</summary>
    public async Task<bool> MayBeAsync(CancellationToken cancel)
    {
        if (IsHere)
        {
            return true;
        }

        bool[] elsewhere = await Task.WhenAll(places.Peers.Select(IsAtAsync)).WaitAsync(cancel);
        return elsewhere.Contains(true);
    }

    private bool IsHere => spool.Use.Records > 0 || isWritingAgain();

    private static async Task<bool> IsAtAsync(ShardPeer peer)
    {
        NodeReply reply = await peer.Link.AskAsync(Lane.Replication, new NodeMessage(Number, ReadOnlyMemory<byte>.Empty), AnswerTimeout);
        return reply.Result != ReplyResult.Answered || reply.Message.Payload.Span is not [0];
    }
}
