using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Hands committed records that leaders send to the copies of their shards on this node.</summary>
/// <param name="owners">The actor of shard i at index i.</param>
internal sealed class CommittedNewsReceiver(IReadOnlyList<ActorRef> owners)
{
    /// <summary>Handles them from now on.</summary>
    public void AddTo(NodeMessages messages) => messages.Add(RecordsWire.Number, Take);

    private ValueTask<NodeMessage> Take(IncomingMessage message)
    {
        foreach (IGrouping<int, JournalRecord> of in RecordsWire.Read(message.Message.Payload.Span, owners.Count).GroupBy(static one => one.Shard, static one => one.Record))
        {
            // A shard that is that far behind reads them from the journal.
            owners[of.Key].TryTell(new Pushed([.. of]));
        }

        return default;
    }
}
