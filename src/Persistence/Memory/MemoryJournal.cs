using Pleiad.Kernel;

namespace Pleiad.Persistence;

internal sealed class MemoryJournal(MemoryShardRows rows) : IFencedJournal
{
    public ValueTask<JournalVerdict[]> AppendAsync(IReadOnlyList<JournalRun> runs)
    {
        var verdicts = new JournalVerdict[runs.Count];
        lock (rows.Gate)
        {
            for (int i = 0; i < runs.Count; i++)
            {
                verdicts[i] = Append(runs[i]) ? JournalVerdict.Committed : JournalVerdict.NotAppended;
            }
        }

        return new ValueTask<JournalVerdict[]>(verdicts);
    }

    public ValueTask<JournalSettlement> SettleAsync(JournalRun run, CancellationToken cancel)
    {
        lock (rows.Gate)
        {
            MemoryShardRow row = rows.Find(run.Shard) ?? throw new ClusterStoreException($"there is no shard {run.Shard}");
            long at = run.LastSeq - row.FirstSeq;
            JournalRecord? last = at >= 0 && at < row.Records.Count ? row.Records[(int)at] : null;
            return new ValueTask<JournalSettlement>(run.SettledBy(row.Row, last));
        }
    }

    public ValueTask<IReadOnlyList<JournalRecord>> ReadAsync(int shard, long afterSeq, int recordsMax, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        lock (rows.Gate)
        {
            MemoryShardRow row = rows.Find(shard) ?? throw new ClusterStoreException($"there is no shard {shard}");
            int skipped = (int)Math.Clamp(afterSeq + 1 - row.FirstSeq, 0, row.Records.Count);
            IReadOnlyList<JournalRecord> page = row.Records.GetRange(skipped, Math.Min(recordsMax, row.Records.Count - skipped));
            JournalGapException.ThrowIfNotContiguous(shard, afterSeq, row.Row.NextSeq, page);
            return new ValueTask<IReadOnlyList<JournalRecord>>(page);
        }
    }

    public ValueTask<bool> TrimAsync(CancellationToken cancel)
    {
        bool trimmed = false;
        lock (rows.Gate)
        {
            foreach (MemoryShardRow row in rows.Rows)
            {
                int covered = (int)Math.Clamp(row.Row.PreviousSnapshotSeq + 1 - row.FirstSeq, 0, row.Records.Count);
                row.Records.RemoveRange(0, covered);
                trimmed |= covered > 0;
            }
        }

        return new ValueTask<bool>(trimmed);
    }

    private bool Append(JournalRun run)
    {
        if (rows.Find(run.Shard) is not { } row || !row.Row.IsSameTerm(run.Epoch, run.Token) || row.Row.NextSeq != run.FirstSeq)
        {
            return false;
        }

        for (int i = 0; i < run.Payloads.Count; i++)
        {
            // The caller's buffer is its own again after the answer.
            row.Records.Add(new JournalRecord(run.FirstSeq + i, run.Epoch, run.Hashes[i], run.Payloads[i].ToArray()));
        }

        row.Row = row.Row with { NextSeq = run.LastSeq + 1, Hash = run.LastHash };
        return true;
    }
}
