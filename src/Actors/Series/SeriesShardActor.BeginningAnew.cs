using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>A copy whose journal has others in the place of its newest records, or will never have them.</content>
internal sealed partial class SeriesShardActor
{
    // Pauses altogether, while records of the spool are made samples of that could be read a moment before: a disk that is gone for good holds the shard up for no longer.
    private const int RereadsMax = 120;
    private static readonly TimeSpan RereadPause = TimeSpan.FromSeconds(1);

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
        Context.PipeToSelf(FindBeyondAsync(), found => new CommonFound(shard, found, null), failure => new CommonFound(shard, null, failure));
    }

    // All of it is read once before anything is given up: where the disk does not give a record now, the copy stays as it is, with what it has in memory alone, until the next look.
    private Task<Beyond> FindBeyondAsync()
    {
        (long baseSeq, long baseHash, IReadOnlyList<JournalRecord> known) = KnownTail();
        return Task.Run(async () =>
        {
            long common = await Journal.LastCommonAsync(_id, baseSeq, baseHash, known) ?? 0;
            var definitions = new RecordDefinitions();
            List<JournalRecord> sound = [];
            int damaged = 0;
            foreach (JournalRecord record in known.Where(record => record.Seq > common))
            {
                try
                {
                    definitions.Look(PayloadOf(record).Span);
                    sound.Add(record);
                }
                catch (CorruptDataException)
                {
                    // Damaged on this disk; whoever led has it too.
                    damaged++;
                }
            }

            return new Beyond(common, sound, definitions, damaged);
        });
    }

    private void OnCommonFound(CommonFound found)
    {
        if (found.Beyond is not { } beyond)
        {
            _readsJournal = false;
            GiveUpCatchUp(found.Failure!.Message, failureIsNews: false);
            return;
        }

        long looked = GiveUpBeyondApplied();
        TimeProvider time = Context.Time;
        Become(WhileInstalling);
        Context.PipeToSelf(Task.Run(() => PutAsideAsync(beyond, looked, time)), static () => new Installed(null), static wrong => new Installed(wrong));
    }

    // On disk first: until they are written again they are nowhere else. The shard is nobody's meanwhile, for the actor does nothing before it begins anew.
    private async Task PutAsideAsync(Beyond beyond, long looked, TimeProvider time)
    {
        (int batches, long unplaced) = await WriteAgainAsync(beyond, time);
        _log.CopyDisagrees(_id.Value, beyond.Common, Shard.AppliedSeq, batches, unplaced);
        ActorsMetrics.SamplesNotResubmitted.Add(unplaced);
        Spool?.Release(_id.Value, looked);
        await _home.PutAsideBeyondAsync(_id, beyond.Common);
    }

    // Some at a time: a spool may have more than fits into memory. In their order, for each may define series of those behind it.
    private async Task<(int Batches, long Unplaced)> WriteAgainAsync(Beyond beyond, TimeProvider time)
    {
        (int batches, long unplaced, long bytes) = (0, 0, 0);
        int rereads = 0;
        List<SampleBatch> piece = [];
        ActorsMetrics.SpoolGivenUp.Add(beyond.Damaged);
        try
        {
            using Shard.RecordDecoder decoder = Shard.DecodeRecords(beyond.Definitions);
            foreach (JournalRecord record in beyond.Records)
            {
                if (await ReadPatientlyAsync(record) is not { } payload)
                {
                    ActorsMetrics.SpoolGivenUp.Add(1);
                    continue;
                }

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
            return Journal.Resubmissions.AddAsync(_id, beyond.Common, full);
        }

        // Null where it cannot be had any more; whoever led has it too. What is behind it may be in the memory of the actor alone, which must not fail for it.
        async Task<ReadOnlyMemory<byte>?> ReadPatientlyAsync(JournalRecord record)
        {
            while (true)
            {
                try
                {
                    return PayloadOf(record);
                }
                catch (IOException e)
                {
                    // Let go of meanwhile, it is in the journal.
                    if (e is CorruptDataException || rereads == RereadsMax || Spool!.Find(_id.Value, record.Seq) is null)
                    {
                        return null;
                    }
                }

                rereads++;
                await PauseAsync(RereadPause, time);
            }
        }
    }

    private static async Task PauseAsync(TimeSpan pause, TimeProvider time)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = time.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), over, pause, Timeout.InfiniteTimeSpan);
        await over.Task;
    }

    private ReadOnlyMemory<byte> PayloadOf(JournalRecord record) => record.Payload.IsEmpty ? Spool!.Read(_id.Value, record.Seq) : record.Payload;

    // What a copy has behind the last record up to which it agrees with its journal.
    private sealed record Beyond(long Common, IReadOnlyList<JournalRecord> Records, RecordDefinitions Definitions, int Damaged);

    private sealed record CommonFound(Shard Of, Beyond? Beyond, Exception? Failure);
}
