using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Asks all nodes that live for their figures, all at once and once; whoever does not answer in time is left out.</summary>
/// <param name="here">Those of this node.</param>
/// <param name="places">Who else lives.</param>
/// <param name="answerTimeout">How long one answer may take.</param>
internal sealed class FiguresInquiry(Func<Task<NodeFigures>> here, IShardPlaces places, TimeSpan answerTimeout)
{
    /// <summary>Answers other nodes from now on.</summary>
    public void AddTo(NodeMessages messages) =>
        messages.Add(NodeFiguresMessage.Ask, async _ => NodeFiguresMessage.Write(await here()));

    /// <summary>The figures of this node, which is called so, and of all others that say: by name.</summary>
    public async Task<IReadOnlyDictionary<string, NodeFigures>> AskAsync(string self, bool asksOthers, CancellationToken cancel)
    {
        Task<(string Name, NodeFigures? Figures)>[] others = asksOthers ? [.. places.Peers.Select(peer => AskAsync(peer, cancel))] : [];
        var figures = new Dictionary<string, NodeFigures>(StringComparer.Ordinal) { [self] = await here().WaitAsync(cancel) };
        foreach ((string name, NodeFigures? told) in await Task.WhenAll(others))
        {
            if (told is not null)
            {
                figures[name] = told;
            }
        }

        return figures;
    }

    private async Task<(string Name, NodeFigures? Figures)> AskAsync(ShardPeer peer, CancellationToken cancel)
    {
        NodeReply reply = await peer.Link.AskAsync(Lane.Query, NodeFiguresMessage.Question, answerTimeout).AsTask().WaitAsync(cancel);
        try
        {
            return (peer.Name, reply.Result == ReplyResult.Answered ? NodeFiguresMessage.Read(reply.Message) : null);
        }
        catch (WireFormatException)
        {
            return (peer.Name, null);
        }
    }
}
