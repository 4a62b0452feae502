using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <content>The term of a leader: its beginning, its end, and where batches go that come behind it.</content>
internal sealed partial class SeriesShardActor
{
    private readonly List<ActorRef> _drainAskers = [];
    private bool _leads;
    private long _epoch = StorageSettings.Epoch;

    private void OnBeginLead(ShardOwnership row)
    {
        if (Shard.NextSeq != row.NextSeq || _toApply.Count > 0 || _readsJournal || Differs(row, wentBack: false))
        {
            Journal.TermLost(_id.Value, row.Epoch);
            return;
        }

        Shard.AdoptHash(row.Hash);
        Shard.BeginLead();
        _epoch = row.Epoch;
        _leads = true;
    }

    // A scrape has nobody who would send its samples again: they are taken to the leader on behalf of the target, however long that lives.
    private void Move(SampleBatch batch, bool comesBack, ActorRef sender)
    {
        if (comesBack)
        {
            sender.Tell(new BatchMoved(batch), Self);
            return;
        }

        ActorsMetrics.BatchesForwarded.Add(1);
        _ = ForwardAsync(Journal.Forward(batch), sender, Self);
    }

    private static async Task ForwardAsync(Task<IngestOutcome> forwarding, ActorRef sender, ActorRef self)
    {
        IngestOutcome outcome;
        try
        {
            outcome = await forwarding;
        }
        catch (Exception e)
        {
            // Whatever it was: the target counts on an answer.
            outcome = IngestOutcome.Nothing with { Failure = e.Message };
        }

        if (outcome.Failure is not null)
        {
            ActorsMetrics.BatchesRefused.Add(1);
        }

        sender.Tell(outcome, self);
    }

    private void TellDrained()
    {
        if (_pending.Count > 0)
        {
            return;
        }

        foreach (ActorRef asker in _drainAskers)
        {
            asker.Tell(new LeadEnded(), Self);
        }

        _drainAskers.Clear();
    }

    private void LoseTerm()
    {
        if (_leads && _home.Cluster is { } journal)
        {
            _leads = false;
            journal.TermLost(_id.Value, _epoch);
        }
    }
}
