using System.Collections.Concurrent;
using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The journal of a cluster, as the shards of one node see it: those it leads append to it, copies read it.</summary>
/// <param name="log">Commits what led shards append.</param>
/// <param name="terms">Of <paramref name="log"/>.</param>
/// <param name="records">Read by copies.</param>
internal sealed class ClusterJournal(IShardLog log, IShardTerms terms, IFencedJournal records) : IHomeJournal
{
    private readonly ConcurrentDictionary<int, long> _applied = new();
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

    /// <summary>Says through which record a shard is applied here.</summary>
    public void NoteApplied(int shard, long seq) => _applied[shard] = seq;

    /// <summary>Through which record a shard is applied here; 0 for none.</summary>
    public long AppliedSeq(int shard) => _applied.GetValueOrDefault(shard);

    /// <summary>Copies a shard from another node, where the journal does not reach back far enough.</summary>
    public Func<int, long, ShardFiles, Task> Copy { get; set; } = static (shard, _, _) => Task.FromException(new IOException($"nobody has shard {shard}"));

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
