namespace Pleiad.Kernel;

/// <summary>A record is not in the journal any more.</summary>
/// <param name="shard">Whose.</param>
/// <param name="wantedSeq">The number that was asked for.</param>
/// <param name="nextSeq">The next number that is there, or will be.</param>
public sealed class JournalGapException(int shard, long wantedSeq, long nextSeq)
    : Exception($"shard {shard}: record {wantedSeq} is not in the journal any more; it goes on at {nextSeq}")
{
    /// <summary>Whose.</summary>
    public int Shard { get; } = shard;

    /// <summary>The next number that is there, or will be.</summary>
    public long NextSeq { get; } = nextSeq;

    /// <summary>Throws unless a page goes on where the one before it ended.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="afterSeq">Where the page before ended.</param>
    /// <param name="nextSeq">Of the shard's row, read before the page was.</param>
    /// <param name="page">What was read, in order.</param>
    public static void ThrowIfNotContiguous(int shard, long afterSeq, long nextSeq, IReadOnlyList<JournalRecord> page)
    {
        long wanted = afterSeq + 1;
        foreach (JournalRecord record in page)
        {
            if (record.Seq != wanted)
            {
                throw new JournalGapException(shard, wanted, record.Seq);
            }

            wanted++;
        }

        if (page.Count == 0 && wanted < nextSeq)
        {
            throw new JournalGapException(shard, wanted, nextSeq);
        }
    }
}
