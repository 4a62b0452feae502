using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The journal of a cluster, as the shards of one node see it: those it leads append to it, copies read it.</summary>
/// <param name="log">Commits what led shards append.</param>
/// <param name="terms">Of <paramref name="log"/>.</param>
/// <param name="records">Read by copies.</param>
/// <param name="ownership">Of the shards.</param>
/// <param name="recentBytesMax">Bytes of the newest records that are kept for a journal that loses them.</param>
/// <param name="time">Of the pauses between two tries.</param>
internal sealed class ClusterJournal(IShardLog log, IShardTerms terms, IFencedJournal records, IShardOwnership ownership, long recentBytesMax, TimeProvider time)
    : IHomeJournal
{
    private const int RecordsAPage = 64;
    private const int ResubmissionsMax = 60;

    private static readonly TimeSpan ResubmissionPause = TimeSpan.FromSeconds(1);

    private readonly AppliedMarks _applied = new();
    private readonly ConcurrentDictionary<int, long> _led = new();
    private readonly ConcurrentDictionary<int, long> _saved = new();

    /// <summary>Called when a shard cannot go on leading under an epoch: the journal refused it, or its actor has failed. From any thread.</summary>
    public Action<int, long> TermLost { get; set; } = static (_, _) => { };

    /// <inheritdoc/>
    public long Bytes => 0;

    /// <summary>The records of a shard behind a number: those of the next page, in order; none at the end.</summary>
    public Task<IReadOnlyList<JournalRecord>> ReadAsync(ShardId shard, long afterSeq, int recordsMax) =>
        records.ReadAsync(shard.Value, afterSeq, recordsMax, CancellationToken.None).AsTask();

    /// <inheritdoc/>
    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload, bool isAwaited) =>
        log.AppendAsync(shard, epoch, seq, payload);

    /// <summary>Takes records of a shard from now on.</summary>
    public void BeginLead(ShardOwnership row)
    {
        terms.BeginLead(row);
        _led[row.Shard] = row.Epoch;
    }

    /// <summary>Takes no more records of a shard; completes when none is under way.</summary>
    public Task EndLeadAsync(int shard)
    {
        _led.TryRemove(shard, out _);
        return terms.EndLeadAsync(shard);
    }

    /// <summary>The actor of a shard begins anew: what it led it leads no more.</summary>
    public void Restarted(int shard)
    {
        if (_led.TryRemove(shard, out long epoch))
        {
            _ = terms.EndLeadAsync(shard);
            TermLost(shard, epoch);
        }
    }

    /// <summary>Room for the newest records of all shards.</summary>
    public RecentRoom Recent { get; } = new(recentBytesMax);

    /// <summary>Gives a journal that has lost records these again, which come next in it.</summary>
    /// <param name="row">Of an acquisition of this node under which nothing was appended yet.</param>
    /// <param name="lost">At least one.</param>
    /// <returns>The row to lead by.</returns>
    /// <exception cref="IOException">They were refused.</exception>
    public async Task<ShardOwnership> RestoreAsync(ShardOwnership row, IReadOnlyList<JournalRecord> lost)
    {
        terms.BeginLead(row);
        Task<LogOutcome>[] appending = [.. lost.Select(record => log.AppendAsync(new ShardId(row.Shard), row.Epoch, record.Seq, record.Payload).AsTask())];
        LogOutcome[] outcomes = await Task.WhenAll(appending);
        return outcomes.All(static outcome => outcome.IsDurable)
            ? row with { NextSeq = lost[^1].Seq + 1, Hash = lost[^1].Hash }
            : throw new IOException(outcomes.First(static outcome => !outcome.IsDurable).Reason);
    }

    /// <summary>Moves the end of a journal that has lost records forward to where the copy here is.</summary>
    /// <returns>The row to lead by.</returns>
    /// <exception cref="IOException">The shard has another owner.</exception>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    public async Task<ShardOwnership> AdvanceAsync(ShardOwnership row, long throughSeq, long hash) =>
        await ownership.AdvanceAsync(row, throughSeq + 1, hash, CancellationToken.None) ?? throw new IOException($"shard {row.Shard} has another owner");

    /// <summary>The last record up to which the journal and a copy agree; null where none of the copy's newest records is in it as it is here.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="baseSeq">The record before the first of <paramref name="here"/>.</param>
    /// <param name="baseHash">The rolling hash there.</param>
    /// <param name="here">Consecutive records of the copy.</param>
    /// <exception cref="ClusterStoreException">The store did not answer.</exception>
    public async Task<long?> LastCommonAsync(ShardId shard, long baseSeq, long baseHash, IReadOnlyList<JournalRecord> here)
    {
        long? common = baseSeq == 0 ? 0 : null;
        long after = Math.Max(baseSeq - 1, 0);
        try
        {
            while (await ReadAsync(shard, after, RecordsAPage) is { Count: > 0 } page)
            {
                foreach (JournalRecord record in page)
                {
                    long index = record.Seq - baseSeq - 1;
                    if (index >= here.Count || record.Hash != (index < 0 ? baseHash : here[(int)index].Hash))
                    {
                        return common;
                    }

                    common = after = record.Seq;
                }
            }
        }
        catch (JournalGapException)
        {
            // It does not reach back that far any more.
        }

        return common;
    }

    /// <summary>
    /// Writes samples again that were acknowledged and that the journal has lost, to whoever leads the shard now. Sent twice they do no harm.
    /// </summary>
    public async Task ResubmitAsync(IReadOnlyList<SampleBatch> batches, ShardMap map)
    {
        List<byte[]> messages = [.. batches.SelectMany(static batch => WriteMessage.Write(batch))];
        foreach (SampleBatch batch in batches)
        {
            batch.Dispose();
        }

        foreach (byte[] message in messages)
        {
            bool isTaken = await IsTakenAsync(message, map);
            for (int tries = 1; tries < ResubmissionsMax && !isTaken; tries++)
            {
                await PauseAsync();
                isTaken = await IsTakenAsync(message, map);
            }

            (isTaken ? ActorsMetrics.BatchesResubmitted : ActorsMetrics.BatchesNotResubmitted).Add(1);
        }
    }

    private async Task<bool> IsTakenAsync(byte[] message, ShardMap map)
    {
        try
        {
            return (await Forward(WriteMessage.Read(message, map))).Failure is null;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            return false;
        }
    }

    private async Task PauseAsync()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using ITimer timer = time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), over, ResubmissionPause, Timeout.InfiniteTimeSpan);
        await over.Task;
    }

    /// <summary>Says through which record a shard is applied here, and the rolling hash there.</summary>
    public void NoteApplied(int shard, long seq, long hash) => _applied.Note(shard, seq, hash);

    /// <summary>Says that a shard is not open here: who recovers it may find less than was applied before.</summary>
    public void NoteNothingApplied(int shard) => _applied.NoteClosed(shard);

    /// <summary>Says that a shard has, since it was opened, all that its journal had when it was looked at.</summary>
    public void NoteWhole(int shard) => _applied.NoteWhole(shard);

    /// <summary>The record that a view of a shard has to have to be an answer without more ado; <see cref="AppliedMarks.Nowhere"/> where none is one.</summary>
    public long WholeFrom(int shard) => _applied.WholeFrom(shard);

    /// <summary>Whether a shard had, since it was opened, once all that its journal had then: it is not in the middle of recovery.</summary>
    public bool IsWhole(int shard) => WholeFrom(shard) != AppliedMarks.Nowhere;

    /// <summary>As <see cref="AppliedSeq"/>, but -1 as long as a shard is not whole.</summary>
    public long WholeSeq(int shard) => IsWhole(shard) ? AppliedSeq(shard) : AppliedMarks.Unknown;

    /// <summary>Through which record a shard is applied here, and the rolling hash there; 0 for none, -1 where it is not open or lacks samples.</summary>
    public (long Seq, long Hash) Applied(int shard) => _applied.At(shard);

    /// <summary>Through which record a shard is applied here; 0 for none, -1 where it is not open or lacks samples.</summary>
    public long AppliedSeq(int shard) => Applied(shard).Seq;

    /// <summary>Completes when a shard is applied here through a record.</summary>
    public Task AppliedAsync(int shard, long seq, CancellationToken cancel) => _applied.ReachAsync(shard, seq, cancel);

    /// <summary>Copies a shard from another node, where the journal does not reach back far enough.</summary>
    public Func<int, long, ShardFiles, Task> Copy { get; set; } = static (shard, _, _) => Task.FromException(new IOException($"nobody has shard {shard}"));

    /// <summary>Told of each record that this node has committed.</summary>
    public Action<CommittedRecord> Committed { get; set; } = static _ => { };

    /// <summary>Takes a batch to whoever leads its shard now; the batch is the callee's.</summary>
    public Func<SampleBatch, Task<IngestOutcome>> Forward { get; set; } = static batch =>
    {
        batch.Dispose();
        return Task.FromResult(IngestOutcome.Nothing with { Failure = "this node does not lead the shard, and knows of nobody who does" });
    };

    /// <summary>Through which record a shard is saved here, even if its newest snapshot should turn out to be damaged; 0 for none.</summary>
    public long SavedSeq(int shard) => _saved.GetValueOrDefault(shard);

    /// <summary>Notes how far a shard is saved: its records go when all its copies have saved them.</summary>
    public void Release(ShardId shard, long throughSeq) => _saved[shard.Value] = throughSeq;

    /// <inheritdoc/>
    /// <remarks>Whatever is not saved, for the journal goes in the order in which it came.</remarks>
    public bool IsHeldBackBy(Shard shard, int shards, long snapshotFloorBytes) => SavedSeq(shard.Id.Value) < shard.AppliedSeq;

    /// <summary>Nothing: it is not made of pieces of this node.</summary>
    public void Roll()
    {
    }
}
