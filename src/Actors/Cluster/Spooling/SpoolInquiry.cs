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
/// <param name="time">Measures.</param>
/// <param name="patience">How long a node is asked again that lives and does not answer: as a rule it has died, and is known to have soon.</param>
/// <param name="answerTimeout">How long one answer may take.</param>
internal sealed class SpoolInquiry(
    SpoolLog spool, Func<bool> isWritingAgain, IShardPlaces places, TimeProvider time, TimeSpan patience, TimeSpan answerTimeout)
{
    /// <summary>A question without content; the answer is one byte, 0 for no.</summary>
    public const ushort Number = NodeMessages.ReplicationFrom + 6;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Answers other nodes from now on.</summary>
    public void AddTo(NodeMessages messages) =>
        messages.Add(Number, _ => new ValueTask<NodeMessage>(new NodeMessage(Number, new byte[] { IsHere ? (byte)1 : (byte)0 })));

    /// <summary>Whether there may be any: on this node, on another that lives, or on one that goes on living and does not answer.</summary>
    public async Task<bool> MayBeAsync(CancellationToken cancel) => IsHere || await MayBeElsewhereAsync(patience, cancel);

    /// <summary>Whether there may be any on another node that lives: it says so, or does not say at once.</summary>
    public Task<bool> MayBeElsewhereAsync() => MayBeElsewhereAsync(TimeSpan.Zero, CancellationToken.None);

    private bool IsHere => spool.Use.Records > 0 || isWritingAgain();

    private async Task<bool> MayBeElsewhereAsync(TimeSpan within, CancellationToken cancel)
    {
        if (places.Now.Version == 0)
        {
            // It is not known yet who lives.
            return true;
        }

        List<Task<bool>> asked = [.. places.Peers.Select(peer => MayBeAtAsync(peer, within, cancel))];
        while (asked.Count > 0)
        {
            Task<bool> first = await Task.WhenAny(asked).WaitAsync(cancel);
            if (await first)
            {
                return true;
            }

            asked.Remove(first);
        }

        return false;
    }

    private async Task<bool> MayBeAtAsync(ShardPeer peer, TimeSpan within, CancellationToken cancel)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            ShardPlaces seen = places.Now;
            if (await AskAsync(peer) is { } answer)
            {
                return answer;
            }

            if (!places.Peers.Contains(peer))
            {
                // Taken for dead meanwhile, like those that are not asked at all.
                return false;
            }

            if (time.GetElapsedTime(began) >= within)
            {
                return true;
            }

            await places.NewerWithinAsync(seen, Pause, time, cancel);
        }
    }

    // Null where it does not say.
    private async Task<bool?> AskAsync(ShardPeer peer)
    {
        NodeReply reply = await peer.Link.AskAsync(Lane.Replication, new NodeMessage(Number, ReadOnlyMemory<byte>.Empty), answerTimeout);
        return reply.Result != ReplyResult.Answered ? null : reply.Message.Payload.Span is not [0];
    }
}
