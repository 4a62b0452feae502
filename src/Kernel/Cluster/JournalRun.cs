namespace Pleiad.Kernel;

/// <summary>Consecutive records of one shard, to be appended as a whole.</summary>
/// <param name="Shard">Whose.</param>
/// <param name="Epoch">Of the writer's acquisition.</param>
/// <param name="Token">Of the writer's acquisition.</param>
/// <param name="FirstSeq">The number of the first record; the others follow.</param>
/// <param name="Hashes">The rolling hash at each record.</param>
/// <param name="Payloads">What each record holds; as many as there are hashes, at least one.</param>
public sealed record JournalRun(int Shard, long Epoch, Guid Token, long FirstSeq, IReadOnlyList<long> Hashes, IReadOnlyList<ReadOnlyMemory<byte>> Payloads)
{
    /// <summary>The number of the last record.</summary>
    public long LastSeq => FirstSeq + Payloads.Count - 1;

    /// <summary>The rolling hash at the last record.</summary>
    public long LastHash => Hashes[^1];

    /// <summary>What became of the run, from the shard's row and from the record with its last number.</summary>
    /// <param name="row">As it stands now.</param>
    /// <param name="last">The record with number <see cref="LastSeq"/>; null when there is none.</param>
    public JournalSettlement SettledBy(ShardOwnership row, JournalRecord? last)
    {
        // The hash is over everything up to the record, so it is this run's and nobody else's.
        if (last is { } record && record.Epoch == Epoch && record.Hash == LastHash)
        {
            return JournalSettlement.Committed;
        }

        if (!row.IsSameTerm(Epoch, Token) || row.NextSeq > FirstSeq)
        {
            return JournalSettlement.Fenced;
        }

        return row.NextSeq == FirstSeq ? JournalSettlement.NotCommitted : JournalSettlement.Regressed;
    }
}
