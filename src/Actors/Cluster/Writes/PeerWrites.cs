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
    private readonly Held _written = new(settings.BytesMax);
    private readonly Held _relayed = new(settings.RelayBytesMax);

    /// <summary>Handles the messages of writes from now on.</summary>
    public void AddTo(NodeMessages messages)
    {
        messages.Add(WriteMessage.Number, HandleWriteAsync);
        messages.Add(WriteMessage.RelayNumber, HandleRelayAsync);
    }

    private ValueTask<NodeMessage> HandleWriteAsync(IncomingMessage message)
    {
        if (!_written.TryTake(message.Message.Payload.Length))
        {
            ActorsMetrics.ForwardsRefused.Add(1);
            return new ValueTask<NodeMessage>(new WriteAnswer(
                false, IngestOutcome.Nothing with { Failure = $"more than {settings.BytesMax} bytes of samples of other nodes are being written; try again later" }).ToMessage());
        }

        return HandleAsync(message, _written, WriteAsync);
    }

    private ValueTask<NodeMessage> HandleRelayAsync(IncomingMessage message)
    {
        // Whoever asks goes on to the next node.
        if (!_relayed.TryTake(message.Message.Payload.Length))
        {
            ActorsMetrics.RelaysFailed.Add(1);
            return new ValueTask<NodeMessage>(WriteAnswer.Moved.ToMessage());
        }

        return HandleAsync(message, _relayed, RelayAsync);
    }

    private static ValueTask<NodeMessage> HandleAsync(IncomingMessage message, Held held, Func<byte[], Task<NodeMessage>> handle)
    {
        // The bytes are not ours any longer than this call.
        byte[] copy = message.Message.Payload.ToArray();
        return new ValueTask<NodeMessage>(Task.Run(async () =>
        {
            try
            {
                return await handle(copy);
            }
            catch (WireFormatException e)
            {
                return new WriteAnswer(false, IngestOutcome.Nothing with { Failure = $"samples that cannot be read: {e.Message}" }).ToMessage();
            }
            finally
            {
                held.GiveBack(copy.Length);
            }
        }));
    }

    private async Task<NodeMessage> WriteAsync(byte[] message)
    {
        // Whoever sent it waits; when it does not any more, what is durable stays durable.
        WriteHere answer = await here(WriteMessage.Read(message, map), CancellationToken.None);
        answer.Moved?.Dispose();
        return (answer.Moved is null ? new WriteAnswer(false, answer.Outcome) : WriteAnswer.Moved).ToMessage();
    }

    // Once, and only to whom this node takes for the leader: who asked looks further. Nor is one waited for who is found not to lead any more.
    private async Task<NodeMessage> RelayAsync(byte[] message)
    {
        ShardPlaces seen = places.Now;
        if (seen.Shards[WriteMessage.ShardOf(message, map).Value].Leader is not { } leader)
        {
            return await WriteAsync(message);
        }

        using var over = new CancellationTokenSource();
        Task newer = places.NewerThanAsync(seen, over.Token);
        Task<NodeReply> asking = leader.Link.AskAsync(Lane.Replication, new NodeMessage(WriteMessage.Number, message), settings.Deadline / 2).AsTask();
        await Task.WhenAny(asking, newer);
        await over.CancelAsync();
        if (asking.IsCompletedSuccessfully && (await asking) is { Result: ReplyResult.Answered } reply)
        {
            return reply.Message;
        }

        ActorsMetrics.RelaysFailed.Add(1);
        return WriteAnswer.Moved.ToMessage();
    }

    // Bytes that are held at once.
    private sealed class Held(long bytesMax)
    {
        private long _bytes;

        public bool TryTake(int bytes)
        {
            if (Interlocked.Add(ref _bytes, bytes) <= bytesMax)
            {
                return true;
            }

            GiveBack(bytes);
            return false;
        }

        public void GiveBack(int bytes) => Interlocked.Add(ref _bytes, -bytes);
    }
}
