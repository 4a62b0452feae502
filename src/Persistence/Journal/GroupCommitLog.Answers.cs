using Pleiad.Kernel;
using Pleiad.Storage;

namespace Pleiad.Persistence;

/// <content>What becomes of a run that was settled, and of those who wait for its records.</content>
public sealed partial class GroupCommitLog
{
    private void Answer(Group group, JournalSettlement settled)
    {
        Lead lead = group.Lead;
        if (settled == JournalSettlement.Committed)
        {
            PersistenceMetrics.JournalRecords.Add(group.Count);
            PersistenceMetrics.JournalBytes.Add(group.Bytes);
            PersistenceMetrics.SpoolDrained.Add(End(group, [], LogOutcome.Durable));
            ReleaseCommitted(lead, group.LastSeq);
            return;
        }

        if (settled == JournalSettlement.Regressed)
        {
            PersistenceMetrics.JournalRegressed.Add(1);
            Refuse(group, $"the journal of shard {lead.Shard} has lost records that it had acknowledged");
        }
        else
        {
            PersistenceMetrics.JournalFenced.Add(Refuse(group, $"shard {lead.Shard} has another owner"));
        }
    }

    // How many were refused: whatever of this acquisition waits behind would leave a gap.
    private int Refuse(Group group, string reason)
    {
        Lead lead = group.Lead;
        List<Waiting> behind;
        lock (_gate)
        {
            behind = [.. _queue.Where(waiting => waiting.Lead == lead)];
            behind.ForEach(TakeOut);
            if (_leads.GetValueOrDefault(lead.Shard) == lead)
            {
                _leads.Remove(lead.Shard);
            }
        }

        int refused = group.Count + behind.Count;
        int spooled = End(group, behind, new LogOutcome(LogResult.Fenced, reason)) + EndSpooled(lead);
        if (spooled > 0)
        {
            // Nobody waits for their answer any more: who leads has to learn it otherwise.
            PersistenceMetrics.SpoolFenced.Add(spooled);
            _termLost(lead.Shard, lead.Epoch);
        }

        return refused;
    }

    // How many of them had been acknowledged from the spool before.
    private int End(Group group, List<Waiting> behind, LogOutcome outcome)
    {
        List<Waiting> waiters = [.. group.Waiting, .. behind];
        int spooled = group.SpooledCount;
        TaskCompletionSource? drained;
        lock (_gate)
        {
            Lead lead = group.Lead;
            lead.UnderWay -= waiters.Count + spooled;
            foreach (Waiting waiting in waiters)
            {
                waiting.HasEnded = true;
                if (waiting.IsSpooled)
                {
                    spooled++;
                }
                else
                {
                    _queueBytes -= waiting.Bytes;
                }
            }

            _spooled -= spooled;
            _underWay.Remove(group);
            drained = lead.UnderWay == 0 ? lead.Drained : null;
        }

        foreach (Waiting waiting in waiters)
        {
            waiting.TrySetResult(outcome);
        }

        drained?.TrySetResult();
        return spooled;
    }
}
