using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>
/// Records that were acknowledged before the journal has them. A copy applies them where the journal ends, before anything else that follows
/// there; from then on it is a copy that has more than its journal, and the journal either gets them or turns out to have others.
/// </content>
internal sealed partial class SeriesShardActor
{
    // A journal that does not move while a new leader has it: about as many seconds. A leader who gives it what it lacks does so for many shards in turn, and the
    // row of one stands still while others move.
    private const int StrandedLooks = 15;

    private (long NextSeq, int Looks) _stranded;
    private long _appliedEpoch;
    private long _closedBefore;

    private SpoolLog? Spool => _home.Cluster?.Spool;

    private long SpoolEnd => Spool?.EndsOf(_id.Value) is { } ends ? ends.Last.Seq : 0;

    private void CheckSpool()
    {
        if (KnowsHash && Spool?.Find(_id.Value, Shard.AppliedSeq) is { } at && at.Hash != Shard.JournalHash)
        {
            // The copy has gone another way, and kept what it had beyond before it did.
            Spool.Release(_id.Value, long.MaxValue);
        }
    }

    // The rolling hash at a record that is applied here.
    private long? HashAt(long seq) => seq == Shard.AppliedSeq && KnowsHash ? Shard.JournalHash
        : _recent!.HashAt(seq) ?? Spool?.Find(_id.Value, seq)?.Hash ?? Spool?.Find(_id.Value, seq + 1)?.HashBefore;

    // Records that are applied here and in the spool or in memory, with what is before them. Payloads are there where they are in memory.
    private (long BaseSeq, long BaseHash, IReadOnlyList<JournalRecord> Records) KnownTail()
    {
        SpoolEntry[] spooled = [.. (Spool?.EntriesOf(_id.Value) ?? []).Where(entry => entry.Seq <= Shard.AppliedSeq)];
        return spooled.Length > 0 && spooled[0].Seq <= _recent!.BaseSeq && spooled[^1].Seq >= _recent.BaseSeq
            ? (spooled[0].Seq - 1, spooled[0].HashBefore,
                [.. spooled.Where(entry => entry.Seq <= _recent.BaseSeq).Select(static entry => new JournalRecord(entry.Seq, entry.Epoch, entry.Hash, default)), .. _recent.All])
            : (_recent!.BaseSeq, _recent.BaseHash, _recent.All);
    }

    private void ReleaseSpooled(ShardOwnership row)
    {
        long last = row.NextSeq - 1;
        if (Spool is not { } spool || !spool.Holds(_id.Value) || last > Shard.AppliedSeq || HashAt(last) != row.Hash)
        {
            return;
        }

        if (spool.Find(_id.Value, last) is { } kept && kept.Hash != row.Hash)
        {
            // Nothing here could apply it any more. It is no reason to let go of it as of what the journal has.
            GiveUpSpool($"record {last} of it is another than the journal and the copy here have", kept.Seq);
            return;
        }

        spool.Release(_id.Value, last);
    }

    // A record of an older term that is behind the end of the journal will never get there under its term: unless whoever leads has it and gives it
    // to the journal again, in which case the journal moves, nobody but this copy has it.
    private bool IsStranded(ShardOwnership row)
    {
        if (row.NextSeq - 1 >= Shard.AppliedSeq || EpochOfNewest is not { } epoch || row.Epoch <= epoch)
        {
            _stranded = default;
            return false;
        }

        return StaysBehind(row);
    }

    // A chain that does not follow on what is here, behind the end of a journal that somebody else leads: what is between is nowhere any more. While it waited for
    // that nothing would be taken into the spool after a while, and strong reads would be refused.
    private bool IsBeyondReach(ShardOwnership row)
    {
        if (row.NextSeq - 1 > Shard.AppliedSeq || Spool?.EndsOf(_id.Value) is not { } ends || row.Epoch <= ends.Last.Epoch
            || (Spool.Find(_id.Value, Shard.AppliedSeq + 1) is { } next && (!KnowsHash || next.HashBefore == Shard.JournalHash)))
        {
            _stranded = default;
            return false;
        }

        return StaysBehind(row);
    }

    private bool StaysBehind(ShardOwnership row)
    {
        _stranded = _stranded.NextSeq == row.NextSeq ? (row.NextSeq, _stranded.Looks + 1) : (row.NextSeq, 1);
        return _stranded.Looks > StrandedLooks;
    }

    private long? EpochOfNewest => _appliedEpoch > 0 ? _appliedEpoch : Spool?.EndsOf(_id.Value)?.Last.Epoch;

    // A term that has ended keeps nothing more here: not when a later one is in the row, nor when a record of a later one is applied, in the place of which
    // it may have another.
    private void CloseSpoolBefore(long epoch)
    {
        if (epoch > _closedBefore)
        {
            _closedBefore = epoch;
            Spool?.Fence(_id.Value, epoch);
        }
    }

    // Of a copy that differs: whether there is more in its chain that follows. Applied it can be samples again, like what is before it. The term it is of
    // is over, so nothing comes to it any more.
    private bool AppliesChainFirst()
    {
        return KnowsHash && Spool?.Find(_id.Value, Shard.AppliedSeq + 1)?.HashBefore == Shard.JournalHash;
    }

    // The copy here will be made from files of another.
    private void LetGoOfChain(string reason)
    {
        if (Spool!.EndsOf(_id.Value)!.Value.First.Seq <= Shard.AppliedSeq)
        {
            BeginAnew();
        }
        else
        {
            GiveUpSpool(reason);
            GoOnApplying();
        }
    }

    // What this copy keeps for the same number is another record: it is applied first, so that the copy is one that differs.
    private bool IsAgainstSpool(JournalRecord record) =>
        Spool?.Find(_id.Value, record.Seq) is { } kept && kept.Hash != record.Hash && (!KnowsHash || kept.HashBefore == Shard.JournalHash || IsGivenUp(kept));

    // What is kept does not follow on what is here, so its series are not known: it cannot be samples again.
    private bool IsGivenUp(SpoolEntry kept)
    {
        GiveUpSpool($"record {kept.Seq} of it does not follow on what the copy here has");
        return false;
    }

    private void GiveUpSpool(string reason) => GiveUpSpool(reason, 0);

    // From a record on: what is before it stays.
    private void GiveUpSpool(string reason, long fromSeq)
    {
        PutAsideSpooled(Spool!.EntriesFrom(_id.Value, fromSeq), reason);
        Spool.Cut(_id.Value, fromSeq);
    }

    // What is left of the chain of a copy that begins anew and was not applied does not follow on it. Returns the last record that was looked at.
    private long GiveUpBeyondApplied()
    {
        long applied = Shard.AppliedSeq;
        IReadOnlyList<SpoolEntry> left = Spool?.EntriesFrom(_id.Value, applied + 1) ?? [];
        if (left.Count == 0)
        {
            return applied;
        }

        PutAsideSpooled(left, $"it goes on where the copy here, which ends at record {applied}, does not");
        return left.Max(static entry => entry.Seq);
    }

    private void PutAsideSpooled(IReadOnlyList<SpoolEntry> entries, string reason)
    {
        SpoolLog spool = Spool!;
        foreach (SpoolEntry entry in entries)
        {
            try
            {
                _home.PutAsideRecord(_id, entry.Seq, spool.Read(_id.Value, entry.Seq));
            }
            catch (IOException)
            {
                // What cannot be read or written now is lost here; whoever led has it too.
            }
        }

        ActorsMetrics.SpoolGivenUp.Add(entries.Count);
        _log.SpoolGivenUp(_id.Value, entries.Count, reason, _home.QuarantinePath);
    }
}
