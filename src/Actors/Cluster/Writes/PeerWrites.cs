using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Writes what other nodes send to the shards that this node leads, and passes on what they cannot send to a leader themselves.</summary>
/// <param name="here">Writes on this node; a batch comes back where it does not lead the shard.</param>
/// <param name="map">Of the cluster.</param>
/// <param name="places">Where the leaders are.</param>
/// <param name="settings">Limits.</param>
internal sealed class PeerWrites(Func<SampleBatch, CancellationToken, Task<WriteHere>> here, ShardMap map, IShardPlaces places, ForwardSettings settings)
{
    private long _bytes;

    /// <summary>Handles the messages of writes from now on.</summary>
    public void AddTo(NodeMessages messages)
    {
        messages.Add(WriteMessage.Number, message => HandleAsync(message, WriteAsync));
        messages.Add(WriteMessage.RelayNumber, message => HandleAsync(message, RelayAsync));
    }

    private ValueTask<NodeMessage> HandleAsync(IncomingMessage message, Func<byte[], Task<NodeMessage>> handle)
    {
        int length = message.Message.Payload.Length;
        if (Interlocked.Add(ref _bytes, length) > settings.BytesMax)
        {
            Interlocked.Add(ref _bytes, -length);
            ActorsMetrics.ForwardsRefused.Add(1);
            return new ValueTask<NodeMessage>(new WriteAnswer(
                false, IngestOutcome.Nothing with { Failure = $"more than {settings.BytesMax} bytes of samples of other nodes are being written; try again later" }).ToMessage());
        }

        // The bytes are not ours any longer than this call.
        byte[] copy = message.Message.Payload.ToArray();
        return new ValueTask<NodeMessage>(Task.Run(() => HandleAsync(copy, handle)));
    }

    private async Task<NodeMessage> HandleAsync(byte[] message, Func<byte[], Task<NodeMessage>> handle)
    {
        try
        {
            return await handle(message);
        }
        catch (WireFormatException e)
        {
            return new WriteAnswer(false, IngestOutcome.Nothing with { Failure = $"samples that cannot be read: {e.Message}" }).ToMessage();
        }
        finally
        {
            Interlocked.Add(ref _bytes, -message.Length);
        }
    }

    private async Task<NodeMessage> WriteAsync(byte[] message)
    {
        // Whoever sent it waits; when it does not any more, what is durable stays durable.
        WriteHere answer = await here(WriteMessage.Read(message, map), CancellationToken.None);
        answer.Moved?.Dispose();
        return (answer.Moved is null ? new WriteAnswer(false, answer.Outcome) : WriteAnswer.Moved).ToMessage();
    }

    // Once, and only to whom this node takes for the leader: who asked looks further.
    private async Task<NodeMessage> RelayAsync(byte[] message)
    {
        ShardPlace place = places.Now.Shards[WriteMessage.ShardOf(message, map).Value];
        if (place.Leader is not { } leader)
        {
            return await WriteAsync(message);
        }

        NodeReply reply = await leader.Link.AskAsync(Lane.Replication, new NodeMessage(WriteMessage.Number, message), settings.Deadline);
        return reply.Result == ReplyResult.Answered ? reply.Message : WriteAnswer.Moved.ToMessage();
    }
}
