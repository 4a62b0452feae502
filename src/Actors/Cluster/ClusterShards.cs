using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>Leads and copies the shards of this node, as its cluster actor says.</summary>
/// <param name="owners">The actor of shard i at index i.</param>
/// <param name="journal">Of all of them.</param>
/// <param name="led">Kept up to date.</param>
/// <param name="firstReads">Says whether targets that came with shards are kept waiting.</param>
internal sealed class ClusterShards(IReadOnlyList<ActorRef> owners, ClusterJournal journal, LedShards led, FirstReads firstReads) : IShardHost
{
    // Reading a whole journal of a shard that was never here takes its time.
    private static readonly TimeSpan CatchUpTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    // By shard: through which record it was applied here at the last look at the rows.
    private readonly long[] _appliedBefore = new long[owners.Count];

    // By shard that is not whole: whether anything may be spooled elsewhere.
    private readonly Inquiry?[] _asked = new Inquiry?[owners.Count];

    // By shard: which answer was there at the look before.
    private readonly Inquiry?[] _answeredBefore = new Inquiry?[owners.Count];
    private Inquiry? _asking;

    /// <summary>Asks whether another node that lives may have something in its spool: it says so, or does not say.</summary>
    public Func<Task<bool>> MayBeSpooledElsewhere { get; set; } = static () => Task.FromResult(false);

    /// <inheritdoc/>
    public async Task<ShardOwnership> CatchUpAsync(ShardOwnership row) =>
        (await owners[row.Shard].Ask<CaughtUp>(new CatchUp(row), CatchUpTimeout, CancellationToken.None)).Row;

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
        (long seq, long hash) = journal.Applied(row.Shard);
        bool wentBack = WentBack(row);
        if (row.NextSeq - 1 > seq || wentBack || (row.NextSeq - 1 == seq && row.Hash != hash) || journal.Spool?.Holds(row.Shard) == true
            || journal.WholeSeq(row.Shard) < 0)
        {
            owners[row.Shard].Tell(new Follow(row, wentBack, OpeningCounted(row.Shard)));
        }
    }

    // Records that were acknowledged before a shard was opened here may be in spools of others, who give them to the journal: what the rows say is not all then.
    // They were asked since the shard was opened, and had answered before the row was read by which it becomes whole: that was after the look before.
    private long? OpeningCounted(int shard)
    {
        // First: a shard that is closed meanwhile is another opening.
        long opening = journal.OpeningOf(shard);
        if (journal.IsWhole(shard) || journal.Spool is null)
        {
            _asked[shard] = _answeredBefore[shard] = null;
            return opening;
        }

        if (_asked[shard] is not { } asked || asked.Opening < opening || (asked.IsAnswered && !asked.IsNo))
        {
            asked = _asked[shard] = Ask(opening);
        }

        bool wasAnswered = _answeredBefore[shard] == asked;
        _answeredBefore[shard] = asked.IsNo ? asked : null;
        return wasAnswered ? opening : null;
    }

    // One question for all shards that were opened when it began.
    private Inquiry Ask(long opening)
    {
        if (_asking is not { IsAnswered: false } || _asking.Opening < opening)
        {
            long last = journal.LastOpening;
            _asking = new Inquiry(last, MayBeSpooledElsewhere());
        }

        return _asking;
    }

    /// <inheritdoc/>
    public void Watch(ShardOwnership row)
    {
        if (WentBack(row))
        {
            // Taken anew, its journal is given again what it lost.
            journal.TermLost(row.Shard, row.Epoch);
        }
        else
        {
            // What a term before this one left in the spool was dealt with when the shard was taken; what came late to it nobody was told of.
            journal.Spool?.Release(row.Shard, row.NextSeq - 1);
        }
    }

    // The row was read after the look before, and what was applied by then had been committed, or is in the spool: it cannot reach less far.
    private bool WentBack(ShardOwnership row)
    {
        long spooledFrom = journal.Spool?.EndsOf(row.Shard) is { } ends ? ends.First.Seq : long.MaxValue;
        bool wentBack = row.NextSeq - 1 < Math.Min(_appliedBefore[row.Shard], spooledFrom - 1);
        _appliedBefore[row.Shard] = Math.Min(journal.AppliedSeq(row.Shard), spooledFrom - 1);
        return wentBack;
    }

    /// <inheritdoc/>
    public bool TakeIsStarting() => firstReads.TakeIsDeferring();

    /// <inheritdoc/>
    public bool Keeps(int shard) => journal.Spool?.Holds(shard) == true;

    /// <inheritdoc/>
    /// <remarks>A copy that lacks samples is handed over to where its leader leaves and no copy is whole: waiting would make none whole.</remarks>
    public long HandOffSeq(int shard, bool ownerLeaves)
    {
        AppliedMark mark = journal.MarkOf(shard);
        return ownerLeaves && journal.IsNobodyWhole(shard) ? mark.Seq : mark.SoundSeq;
    }

    // Not before the shard has stopped: what is on its way to the journal still gets in.
    private async Task EndInJournalAsync(int shard, Task stopped)
    {
        await stopped;
        await journal.EndLeadAsync(shard);
    }

    // Others are asked, after the last opening of any shard before.
    private sealed class Inquiry(long opening, Task<bool> mayBe)
    {
        public long Opening => opening;

        public bool IsAnswered => mayBe.IsCompleted;

        public bool IsNo => mayBe is { IsCompletedSuccessfully: true, Result: false };
    }
}
