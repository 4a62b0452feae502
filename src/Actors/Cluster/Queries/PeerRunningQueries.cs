using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Tells other nodes which queries this one answers, and ends one when they ask for it. It waits for nothing, so it answers however much runs.</summary>
/// <param name="here">Of this node.</param>
internal sealed class PeerRunningQueries(ILocalQueries here)
{
    /// <summary>Handles the messages from now on.</summary>
    public void AddTo(NodeMessages messages)
    {
        messages.Add(QueryMessage.List, List);
        messages.Add(QueryMessage.Cancel, Cancel);
    }

    private ValueTask<NodeMessage> List(IncomingMessage message)
    {
        bool withEnded = QueryListMessage.ReadAsk(message.Message.Payload.Span);

        // Thousands of ended ones are no work for the thread that reads the connection.
        return new ValueTask<NodeMessage>(Task.Run(() => QueryListMessage.Answer(QueryListMessage.Wanted(here.Queries(), withEnded, null), QueryMessage.PartBytesMax)));
    }

    private ValueTask<NodeMessage> Cancel(IncomingMessage message) =>
        new(QueryCancelMessage.Answer(here.Cancel(QueryCancelMessage.Read(message.Message.Payload.Span).Id)));
}
