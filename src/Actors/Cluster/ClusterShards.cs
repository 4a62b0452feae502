using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Leads and copies the shards of this node, as its cluster actor says.</summary>
internal sealed class ClusterShards(IReadOnlyList<ActorRef> owners, ClusterJournal journal, LedShards led) : IShardHost
{
    // Reading a whole journal of a shard that was never here takes its time.
    private static readonly TimeSpan CatchUpTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public Task CatchUpAsync(ShardOwnership row) => owners[row.Shard].Ask<CaughtUp>(new CatchUp(row.NextSeq - 1), CatchUpTimeout, CancellationToken.None);

    /// <inheritdoc/>
    public void BeginLead(ShardOwnership row)
    {
        journal.BeginLead(row);
        owners[row.Shard].Tell(new BeginLead(row));
        led.Add(row.Shard);
    }

    /// <inheritdoc/>
    public Task DrainAsync(int shard)
    {
        led.Remove(shard);
        Task<LeadEnded> ended = owners[shard].Ask<LeadEnded>(new EndLead(), DrainTimeout, CancellationToken.None);
        return Task.WhenAll(ended, EndInJournalAsync(shard, ended));
    }

    /// <inheritdoc/>
    public void EndLead(int shard)
    {
        led.Remove(shard);
        owners[shard].Tell(new EndLead());
        _ = journal.EndLeadAsync(shard);
    }

    /// <inheritdoc/>
    public void Follow(ShardOwnership row)
    {
        if (row.NextSeq - 1 > journal.AppliedSeq(row.Shard))
        {
            owners[row.Shard].Tell(new Follow(row.NextSeq - 1));
        }
    }

    /// <inheritdoc/>
    public long AppliedSeq(int shard) => journal.AppliedSeq(shard);

    // Not before the shard has stopped: what is on its way to the journal still gets in.
    private async Task EndInJournalAsync(int shard, Task stopped)
    {
        await stopped;
        await journal.EndLeadAsync(shard);
    }
}
