using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>A copy whose journal has others in the place of its newest records, or will never have them.</content>
internal sealed partial class SeriesShardActor
{
    // The copy has what the journal has not: it goes back to where they agree, and what it had beyond is written again as samples.
    private void BeginAnew()
    {
        _readsJournal = false;

        // Nothing more of that term is acknowledged from here: nobody would look for what came after the look that follows.
        Spool?.Fence(_id.Value, Math.Max(_appliedEpoch, Spool.EndsOf(_id.Value)?.Last.Epoch ?? 0) + 1);
        if (AppliesChainFirst())
        {
            Head(SpoolEnd);
            return;
        }

        ActorsMetrics.CopiesDisagreed.Add(1);
        _readsJournal = true;
        _toApply.Clear();
        _goalAsker?.Tell(new Failure(new InvalidOperationException($"shard {_id}: the copy here is not what the journal has")), Self);
        _goalAsker = null;
        Shard shard = Shard;
        Context.PipeToSelf(FindBeyondAsync(), found => new CommonFound(shard, found.Common, found.Beyond, null), failure => new CommonFound(shard, null, [], failure));
    }

    private Task<(long? Common, IReadOnlyList<JournalRecord> Beyond)> FindBeyondAsync()
    {
        (long baseSeq, long baseHash, IReadOnlyList<JournalRecord> known) = KnownTail();
        return Task.Run(async () =>
        {
            long? common = await Journal.LastCommonAsync(_id, baseSeq, baseHash, known);
            return (common, (IReadOnlyList<JournalRecord>)[.. known.Where(record => record.Seq > (common ?? 0))]);
        });
    }

    private void OnCommonFound(CommonFound found)
    {
        if (found.Failure is { } failure)
        {
            _readsJournal = false;
            GiveUpCatchUp(failure.Message, failureIsNews: false);
            return;
        }

        long looked = GiveUpBeyondApplied();
        Become(WhileInstalling);
        Context.PipeToSelf(Task.Run(() => PutAsideAsync(found.Beyond, found.Seq ?? 0, looked)), static () => new Installed(null), static wrong => new Installed(wrong));
    }

    // On disk first: until they are written again they are nowhere else. The shard is nobody's meanwhile, for the actor does nothing before it begins anew.
    private async Task PutAsideAsync(IReadOnlyList<JournalRecord> beyond, long common, long looked)
    {
        (int batches, long unplaced) = await WriteAgainAsync(beyond, common);
        _log.CopyDisagrees(_id.Value, common, Shard.AppliedSeq, batches, unplaced);
        ActorsMetrics.SamplesNotResubmitted.Add(unplaced);
        Spool?.Release(_id.Value, looked);
        await _home.PutAsideBeyondAsync(_id, common);
    }

    // Some at a time: a spool may have more than fits into memory.
    private async Task<(int Batches, long Unplaced)> WriteAgainAsync(IReadOnlyList<JournalRecord> beyond, long common)
    {
        (int batches, long unplaced, long bytes) = (0, 0, 0);
        List<SampleBatch> piece = [];
        try
        {
            using Shard.RecordDecoder decoder = Shard.DecodeRecords();
            List<JournalRecord> sound = [.. beyond.Where(record => TryLook(decoder, record))];
            ActorsMetrics.SpoolGivenUp.Add(beyond.Count - sound.Count);
            foreach (JournalRecord record in sound)
            {
                ReadOnlyMemory<byte> payload = PayloadOf(record);
                SampleBatch? batch = decoder.Take(payload.Span, out int lost);
                if (batch is not null)
                {
                    piece.Add(batch);
                    batches++;
                }

                if (lost > 0)
                {
                    unplaced += lost;
                    await _home.PutAsideRecordAsync(_id, record.Seq, payload);
                }

                bytes += payload.Length;
                if (bytes >= Journal.AgainBytes)
                {
                    await HandOverAsync();
                }
            }

            await HandOverAsync();
            return (batches, unplaced);
        }
        finally
        {
            piece.ForEach(static batch => batch.Dispose());
        }

        Task HandOverAsync()
        {
            List<SampleBatch> full = piece;
            (piece, bytes) = ([], 0);
            return Journal.Resubmissions.AddAsync(_id, common, full);
        }
    }

    private bool TryLook(Shard.RecordDecoder decoder, JournalRecord record)
    {
        try
        {
            decoder.Look(PayloadOf(record).Span);
            return true;
        }
        catch (CorruptDataException)
        {
            // Damaged on this disk; whoever led has it too.
            return false;
        }
    }

    private ReadOnlyMemory<byte> PayloadOf(JournalRecord record) => record.Payload.IsEmpty ? Spool!.Read(_id.Value, record.Seq) : record.Payload;

    private sealed record CommonFound(Shard Of, long? Seq, IReadOnlyList<JournalRecord> Beyond, Exception? Failure);
}
