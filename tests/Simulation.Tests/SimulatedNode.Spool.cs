using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Simulation.Tests;

/// <content>Records that are acknowledged before the journal has them, by the rules of the real copies: what a value stands for is a record's samples.</content>
internal sealed partial class SimulatedNode
{
    private void StartSpooling()
    {
        _world.Spawn(async () =>
        {
            while (!HasEnded)
            {
                await GateAsync();
                await _log.SpoolOnceAsync();
                await _world.PauseAsync(TimeSpan.FromMilliseconds(500));
            }
        });
        _world.Spawn(async () =>
        {
            while (!HasEnded)
            {
                await _world.PauseAsync(TimeSpan.FromSeconds(1));
                await GateAsync();
                try
                {
                    await SettleSpoolAsync();
                    await ResubmitAsync();
                }
                catch (ClusterStoreException)
                {
                    // The next look.
                }
            }
        });
    }

    /// <summary>Whether a term of a shard is over as far as the spool of this node is concerned.</summary>
    public bool IsFenced(int shard, long epoch) => epoch < _fences.GetValueOrDefault(shard);

    /// <summary>Keeps records of another leader, with those before them that the journal may not have.</summary>
    public bool Keep(SpoolRun run, IReadOnlyList<SpooledValue> chain)
    {
        int shard = run.Run.Shard;
        if (LeadsNow(shard) || IsFenced(shard, run.Run.Epoch) || (shard < _region.Rows.Length && _region.Rows[shard].Epoch > run.Run.Epoch))
        {
            return false;
        }

        List<long> applied = AppliedTo(shard);
        if (chain.Any(value => value.Seq <= applied.Count && applied[(int)value.Seq - 1] != value.Payload))
        {
            return false;
        }

        if (Disk.Chain(shard) is { Count: > 0 } there && there[^1].Epoch == run.Run.Epoch)
        {
            Disk.Release(shard, run.CommittedThrough);
        }

        SpooledValue first = Disk.Chain(shard) is { Count: > 0 } mine ? chain.FirstOrDefault(value => value.Seq == mine[^1].Seq + 1, chain[^1]) : chain[0];
        if (!Disk.GoesOnWith(shard, first.Seq, first.HashBefore) || (Disk.Chain(shard).Count == 0 && first.Seq > run.CommittedThrough + 1))
        {
            return false;
        }

        Disk.Append(shard, chain.Where(value => value.Seq >= first.Seq));
        return Disk.Chain(shard)[^1].Hash == chain[^1].Hash;
    }

    // A copy that has a chain compares it with the journal, and has written again what that will never have.
    private async Task SettleSpoolAsync()
    {
        foreach (int shard in Disk.Shards)
        {
            ShardOwnership row = (await _store.AskAsync(async store => await store.Ownership.ReadAsync(shard, Never)))!.Value;
            if (_leads.TryGetValue(shard, out (long Epoch, long NextSeq) lead) && lead.Epoch == row.Epoch && !HasEnded)
            {
                // What a term before this one left was dealt with when the shard was taken.
                Disk.Release(shard, row.NextSeq - 1);
            }

            if (LeadsNow(shard) || _catchingUp.Contains(shard) || Disk.Chain(shard) is not { Count: > 0 } chain)
            {
                continue;
            }

            long first = chain[0].Seq;
            IReadOnlyList<JournalRecord> records = await _store.AskAsync(store => store.Journal.ReadAsync(shard, first - 1, 10_000, Never));
            if (HasEnded || LeadsNow(shard) || _catchingUp.Contains(shard))
            {
                continue;
            }

            foreach (JournalRecord record in records)
            {
                if (Disk.Chain(shard) is { Count: > 0 } left && left[0].Seq == record.Seq && left[0].Hash == record.Hash)
                {
                    Disk.Release(shard, record.Seq);
                }
            }

            if (Disk.Chain(shard) is not { Count: > 0 } rest)
            {
                continue;
            }

            bool differs = records.Any(record => record.Seq == rest[0].Seq && record.Hash != rest[0].Hash);
            _stranded[shard] = row.Epoch > rest[^1].Epoch && _stranded.GetValueOrDefault(shard) is var seen && seen.NextSeq == row.NextSeq ? (row.NextSeq, seen.Looks + 1) : (row.NextSeq, 0);
            if (differs || _stranded[shard].Looks > 15)
            {
                GiveUpChain(shard, rest[0].Seq - 1);
            }
        }
    }

    private void GiveUpChain(int shard, long common)
    {
        Fence(shard, Disk.Chain(shard)[^1].Epoch + 1);
        List<long> applied = AppliedTo(shard);
        if (applied.Count > common)
        {
            applied.RemoveRange((int)common, applied.Count - (int)common);
        }

        Disk.GiveUp(shard);
    }

    private void Fence(int shard, long epoch) => _fences[shard] = Math.Max(epoch, _fences.GetValueOrDefault(shard));

    private async Task ResubmitAsync()
    {
        foreach ((int shard, long payload) in Disk.ToResubmit.ToArray())
        {
            SimulatedNode? leader = _world.Nodes.LastOrDefault(node => !node.HasEnded && node.LeadsNow(shard));
            if (leader is null || (leader != this && !_world.Arrives(this, leader)))
            {
                continue;
            }

            // Whom it is sent to may be gone before it answers.
            Task<long?> writing = leader.WriteAsync(shard, payload, isAgain: true);
            bool isTaken = await Task.WhenAny(writing, _world.PauseAsync(WriteTimeout)) == writing && await writing is not null && (leader == this || _world.Arrives(leader, this));
            await GateAsync();
            if (isTaken && !HasEnded)
            {
                Disk.ToResubmit.Remove((shard, payload));
                _world.ResubmittedCount++;
            }
        }
    }

    // The journal is given what was acknowledged without it, before anything else is written.
    private async Task<ShardOwnership?> RestoreAsync(ShardOwnership row, SpooledValue[] chain)
    {
        _log.BeginRestore(row);
        foreach (SpooledValue value in chain)
        {
            byte[] buffer = BitConverter.GetBytes(value.Payload);
            LogOutcome outcome = await _log.AppendAsync(new ShardId(row.Shard), row.Epoch, value.Seq, buffer);
            Array.Fill(buffer, (byte)0xEE);
            if (!outcome.IsDurable)
            {
                return null;
            }

            AppliedTo(row.Shard).Add(value.Payload);
        }

        return row with { NextSeq = chain[^1].Seq + 1, Hash = chain[^1].Hash };
    }
}
