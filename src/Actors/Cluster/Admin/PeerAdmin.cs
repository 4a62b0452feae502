using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Does with this node's storage what other nodes ask for.</summary>
/// <param name="here">Of this node.</param>
/// <param name="shards">How many there are.</param>
internal sealed class PeerAdmin(INodeStorage here, int shards)
{
    /// <summary>Handles the messages from now on.</summary>
    public void AddTo(NodeMessages messages)
    {
        messages.Add(DeletionMessage.Number, message => Answer(message, DeleteAsync));
        messages.Add(StorageMessage.Number, message => Answer(message, DoAsync));
    }

    // The bytes are not ours any longer than this call.
    private static ValueTask<NodeMessage> Answer(IncomingMessage message, Func<byte[], Task<AdminAnswer>> handle)
    {
        byte[] copy = message.Message.Payload.ToArray();
        return new ValueTask<NodeMessage>(Task.Run(async () =>
        {
            AdminAnswer answer;
            try
            {
                answer = await handle(copy);
            }
            catch (Exception e) when (e is WireFormatException or AskTimeoutException or AskRefusedException)
            {
                answer = new AdminAnswer(false, e.Message);
            }

            return answer.ToMessage();
        }));
    }

    private async Task<AdminAnswer> DeleteAsync(byte[] message)
    {
        DeletionMessage asked = DeletionMessage.Read(message, shards);
        SamplesDeleted done = await here.DeleteAsync(asked.Shard, asked.What, StorageAdmin.DeleteTimeout, CancellationToken.None);
        return new AdminAnswer(done.IsMoved, done.Failure);
    }

    private async Task<AdminAnswer> DoAsync(byte[] message)
    {
        StorageMessage asked = StorageMessage.Read(message);
        return new AdminAnswer(false, asked.Task switch
        {
            StorageTask.Seal => await here.SealAsync(CancellationToken.None),
            StorageTask.Clean => await here.CleanAsync(CancellationToken.None),
            _ => (await here.CopyAsync(asked.SkipsHead, asked.Name, CancellationToken.None)).Failure,
        });
    }
}
