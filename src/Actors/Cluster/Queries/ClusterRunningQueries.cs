using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Asks all nodes which queries they answer: whoever shows how far a query is may have been connected to another node than who asked it.</summary>
/// <param name="here">Of this node.</param>
/// <param name="self">This node.</param>
/// <param name="places">The other nodes.</param>
internal sealed class ClusterRunningQueries(ILocalQueries here, QueryNode self, IShardPlaces places) : IRunningQueries
{
    // How far a query is is shown while it runs: what comes later than this is of no use.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <inheritdoc/>
    public async Task<RunningQueries> AllAsync(bool withEnded, CancellationToken cancel)
    {
        Listing[] others = await Task.WhenAll(places.Peers.Select(peer => ListAsync(peer, withEnded, cancel)));
        Listing[] all = [new Listing(QueryListMessage.Wanted(here.Queries(), withEnded, self), null), .. others];
        ILookup<bool, QueryRecord> records = all.SelectMany(static one => one.Queries).ToLookup(static record => record.State is QueryState.Waiting or QueryState.Running);
        return new RunningQueries(
            [.. records[true].OrderBy(static record => record.Began), .. records[false].OrderByDescending(static record => record.Began + record.Elapsed)],
            [.. all.Select(static one => one.Warning).OfType<string>()]);
    }

    /// <inheritdoc/>
    public async Task<bool> CancelAsync(string? node, long id, CancellationToken cancel)
    {
        if (node is null || node == self.Id)
        {
            return here.Cancel(id);
        }

        if (places.Peers.FirstOrDefault(peer => peer.Node.ToString() == node) is not { } there)
        {
            return false;
        }

        NodeReply reply = await AskAsync(there, new QueryCancelMessage(id).ToMessage(), cancel);
        try
        {
            return reply.Result == ReplyResult.Answered
                ? QueryCancelMessage.ReadAnswer(reply.Message)
                : throw new QueryException(QueryErrorKind.Unavailable, $"{there.Name} does not answer: {reply.Reason}");
        }
        catch (WireFormatException e)
        {
            throw new QueryException(QueryErrorKind.Unavailable, $"{there.Name}: {e.Message}", inner: e);
        }
    }

    private static Task<NodeReply> AskAsync(ShardPeer peer, NodeMessage message, CancellationToken cancel) =>
        peer.Link.AskAsync(Lane.Query, message, AnswerTimeout).AsTask().WaitAsync(cancel);

    private static async Task<Listing> ListAsync(ShardPeer peer, bool withEnded, CancellationToken cancel)
    {
        NodeReply reply = await AskAsync(peer, QueryListMessage.Ask(withEnded), cancel);
        if (reply.Result != ReplyResult.Answered)
        {
            return new Listing([], $"{peer.Name} does not say which queries it answers: {reply.Reason}");
        }

        try
        {
            (IReadOnlyList<QueryRecord> queries, int leftOut) = QueryListMessage.ReadAnswer(reply.Message, new QueryNode(peer.Node.ToString(), peer.Name));
            return new Listing(queries, leftOut > 0 ? $"{leftOut} queries of {peer.Name} are left out: their texts are too long for one message" : null);
        }
        catch (WireFormatException e)
        {
            return new Listing([], $"{peer.Name}: {e.Message}");
        }
    }

    private sealed record Listing(IReadOnlyList<QueryRecord> Queries, string? Warning);
}
