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
/// <param name="resubmissions">What the journal lost, or never had, and is written to it again.</param>
internal sealed class ClusterJournal(IShardLog log, IShardTerms terms, IFencedJournal records, IShardOwnership ownership, long recentBytesMax, Resubmissions resubmissions)
    : IHomeJournal
{
    private const int RecordsAPage = 64;

    // Of clients' writes: the rest of the spool is for what is scraped.
    private const double WritesRefusedFrom = 0.8;
    private const long RestoringBytesMax = 16 << 20;

    private readonly RestoreRoom _restoring = new(RestoringBytesMax);
    private readonly AppliedMarks _applied = new();
    private readonly ConcurrentDictionary<int, long> _led = new();
    private readonly ConcurrentDictionary<int, long> _saved = new();

    // By shard that lacks samples: the opening in which it was found that no other copy is whole either.
    private readonly ConcurrentDictionary<int, long> _nobodyWhole = new();

    /// <summary>Called when a shard cannot go on leading under an epoch: the journal refused it, or its actor has failed. From any thread.</summary>
    public Action<int, long> TermLost { get; set; } = static (_, _) => { };

    /// <inheritdoc/>
    public long Bytes => 0;

    /// <summary>The records of a shard behind a number: those of the next page, in order; none at the end.</summary>
    public Task<IReadOnlyList<JournalRecord>> ReadAsync(ShardId shard, long afterSeq, int recordsMax) =>
        records.ReadAsync(shard.Value, afterSeq, recordsMax, CancellationToken.None).AsTask();

    /// <inheritdoc/>
    public ValueTask<LogOutcome> AppendAsync(ShardId shard, long epoch, long seq, ReadOnlyMemory<byte> payload, bool isAwaited)
    {
        if (isAwaited && Spool is { } spool && terms.IsSpooling && spool.Use is { Share: >= WritesRefusedFrom } use)
        {
            ActorsMetrics.WritesRefusedForSpool.Add(1);
            return new ValueTask<LogOutcome>(new LogOutcome(LogResult.Refused, $"the cluster's store is away and {use.Share:P0} of the spool is used: what is left is for scrapes; try again later"));
        }

        return log.AppendAsync(shard, epoch, seq, payload);
    }

    /// <summary>Records that are acknowledged, here or by who leads, before the journal has them; null where there is no spool.</summary>
    public SpoolLog? Spool { get; init; }

    /// <summary>Whether records are acknowledged here that the journal does not have yet.</summary>
    public bool IsSpooling => terms.IsSpooling;

    /// <summary>What the journal lost, or never had.</summary>
    public Resubmissions Resubmissions => resubmissions;

    /// <summary>As <see cref="ReadAsync"/>, but what follows in the spool comes before what the journal has.</summary>
    /// <param name="shard">Whose.</param>
    /// <param name="afterSeq">The last one not wanted.</param>
    /// <param name="hash">The rolling hash there; null where it is not known.</param>
    /// <param name="recordsMax">Of a page.</param>
    /// <exception cref="CorruptDataException">The spool is damaged there.</exception>
    public Task<IReadOnlyList<JournalRecord>> ReadOnAsync(ShardId shard, long afterSeq, long? hash, int recordsMax) =>
        Spool?.Find(shard.Value, afterSeq + 1) is { } next && (hash is null || next.HashBefore == hash)
            ? Task.Run(() => SpooledAfter(shard.Value, afterSeq, recordsMax))
            : ReadAsync(shard, afterSeq, recordsMax);

    // What is sound before damage counts; at the damage itself there is nothing to give.
    private IReadOnlyList<JournalRecord> SpooledAfter(int shard, long afterSeq, int recordsMax)
    {
        var page = new List<JournalRecord>();
        try
        {
            for (long seq = afterSeq + 1; page.Count < recordsMax && Spool!.Find(shard, seq) is { } entry; seq++)
            {
                page.Add(new JournalRecord(seq, entry.Epoch, entry.Hash, Spool.Read(shard, seq)));
            }
        }
        catch (IOException) when (page.Count > 0)
        {
            // It is met again at the beginning of the next page.
        }

        return page;
    }

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
            _ = terms.EndLeadAsync(shard, epoch);
            TermLost(shard, epoch);
        }
    }

    /// <summary>Bytes of records that a copy which begins anew makes samples of at once, and one more. Default 16 MiB.</summary>
    public long AgainBytes { get; init; } = 16 << 20;

    /// <summary>Room for the newest records of all shards.</summary>
    public RecentRoom Recent { get; } = new(recentBytesMax);

    /// <summary>Gives a journal that has lost records these again, which come next in it: some at a time, so that those of all shards of the node fit into memory.</summary>
    /// <param name="row">Of an acquisition of this node under which nothing was appended yet.</param>
    /// <param name="lost">At least one, the last of them the one that the copy here ends with; those without a payload are in the spool.</param>
    /// <returns>
    /// The row to lead by; null where the spool is damaged. Then nothing of the shard is on its way any more, and the copy here, which has them applied, has to be saved
    /// and the journal's end moved behind them (<see cref="AdvanceAsync"/>).
    /// </returns>
    /// <exception cref="IOException">They were refused, or cannot be read now.</exception>
    public async Task<ShardOwnership?> RestoreAsync(ShardOwnership row, IReadOnlyList<JournalRecord> lost)
    {
        terms.BeginRestore(row);
        if (!await RestoreAllAsync(row, lost))
        {
            // Nothing of it may be on its way, for the end will move beneath it. Another term that has begun meanwhile goes on: under this one it will not.
            await terms.EndLeadAsync(row.Shard, row.Epoch);
            return null;
        }

        return row with { NextSeq = lost[^1].Seq + 1, Hash = lost[^1].Hash };
    }

    // False at damage.
    private async Task<bool> RestoreAllAsync(ShardOwnership row, IReadOnlyList<JournalRecord> lost)
    {
        _restoring.Enter();
        try
        {
            bool isSound = true;
            for (int next = 0; isSound && next < lost.Count;)
            {
                (int end, long bytes) = PieceOf(row.Shard, lost, next);
                await _restoring.TakeAsync(bytes);
                try
                {
                    isSound = await RestorePieceAsync(row, lost, next, end);
                }
                finally
                {
                    _restoring.Give(bytes);
                }

                next = end;
            }

            return isSound;
        }
        finally
        {
            _restoring.Leave();
        }
    }

    // Where a piece ends, and its bytes: one record at least.
    private (int End, long Bytes) PieceOf(int shard, IReadOnlyList<JournalRecord> lost, int from)
    {
        long bytesMax = _restoring.PieceBytes;
        long bytes = BytesOf(shard, lost[from]);
        int end = from + 1;
        for (; end < lost.Count && BytesOf(shard, lost[end]) is var more && bytes + more <= bytesMax; end++)
        {
            bytes += more;
        }

        return (end, bytes);
    }

    private long BytesOf(int shard, JournalRecord record) => record.Payload.IsEmpty ? Spool!.Find(shard, record.Seq)?.Bytes ?? 0 : record.Payload.Length;

    // False at damage. However it ends, nothing of the piece is on its way to the journal any more.
    private async Task<bool> RestorePieceAsync(ShardOwnership row, IReadOnlyList<JournalRecord> lost, int from, int end)
    {
        var appending = new List<Task<LogOutcome>>();
        bool isSound = true;
        try
        {
            for (int next = from; next < end; next++)
            {
                JournalRecord record = lost[next];
                ReadOnlyMemory<byte> payload = record.Payload.IsEmpty ? Spool!.Read(row.Shard, record.Seq) : record.Payload;
                appending.Add(log.AppendAsync(new ShardId(row.Shard), row.Epoch, record.Seq, payload).AsTask());
            }
        }
        catch (CorruptDataException)
        {
            isSound = false;
        }
        finally
        {
            // Where the disk cannot be read now, too.
            await Task.WhenAll(appending);
        }

        await AllDurableAsync(appending);
        return isSound;
    }

    private static async Task AllDurableAsync(List<Task<LogOutcome>> appending)
    {
        LogOutcome[] outcomes = await Task.WhenAll(appending);
        if (outcomes.Any(static outcome => !outcome.IsDurable))
        {
            throw new IOException(outcomes.First(static outcome => !outcome.IsDurable).Reason);
        }
    }

    /// <summary>Moves the end of a journal that has lost records forward to where the copy here is, which is saved that far: others let go of what it counts then.</summary>
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

    /// <summary>Says through which record a shard is applied here, the rolling hash there, the epoch of that record, and whether it lacks samples all the same.</summary>
    public void NoteApplied(int shard, long seq, long hash, long epoch, bool lacks) => _applied.Note(shard, seq, hash, epoch, lacks);

    /// <summary>All that is known of how far a shard is applied here.</summary>
    public AppliedMark MarkOf(int shard) => _applied.MarkOf(shard);

    /// <summary>Says that a shard is not open here: who recovers it may find less than was applied before.</summary>
    public void NoteNothingApplied(int shard) => _applied.NoteClosed(shard);

    /// <summary>Which opening of a shard this is; the numbers go up over all shards.</summary>
    public long OpeningOf(int shard) => _applied.OpeningOf(shard);

    /// <summary>The number of the last opening of any shard.</summary>
    public long LastOpening => _applied.LastOpening;

    /// <summary>Says that a shard has, since it was opened, all that its journal had when it was looked at.</summary>
    public void NoteWhole(int shard) => _applied.NoteWhole(shard);

    /// <summary>Says that a shard lacks what its journal does not have any more.</summary>
    public void NoteGap(int shard) => _applied.NoteGap(shard);

    /// <summary>The record that a view of a shard has to have to be an answer without more ado; <see cref="AppliedMarks.Nowhere"/> where none is one.</summary>
    public long WholeFrom(int shard) => _applied.WholeFrom(shard);

    /// <summary>Whether a shard had, since it was opened, once all that its journal had then: it is not in the middle of recovery.</summary>
    public bool IsWhole(int shard) => WholeFrom(shard) != AppliedMarks.Nowhere;

    /// <summary>As <see cref="AppliedSeq"/>, but -1 as long as a shard is not whole, lacks samples, or lacks what was acknowledged elsewhere.</summary>
    public long WholeSeq(int shard) => IsWhole(shard) && !_applied.IsMissing(shard) ? AppliedSeq(shard) : AppliedMarks.Unknown;

    /// <summary>Says that a record was acknowledged from spools and is in none here: the copy is behind though the rows do not count it.</summary>
    public void NoteMissed(int shard, long seq, long epoch) => _applied.NoteMissed(shard, seq, epoch);

    /// <summary>Says that a term leads a shard.</summary>
    public void ForgetMissed(int shard, long epoch) => _applied.ForgetMissed(shard, epoch);

    /// <summary>Through which record a shard is applied here, and the rolling hash there; 0 for none, -1 where it is not open.</summary>
    public (long Seq, long Hash) Applied(int shard) => _applied.At(shard);

    /// <summary>Through which record a shard is applied here; 0 for none, -1 where it is not open. It may lack samples of what is before.</summary>
    public long AppliedSeq(int shard) => Applied(shard).Seq;

    /// <summary>As <see cref="AppliedSeq"/>, but -1 where the copy here lacks samples of what is before.</summary>
    public long SoundSeq(int shard) => MarkOf(shard).SoundSeq;

    /// <summary>Says what came of it when a shard that lacks samples asked for better files last.</summary>
    /// <param name="shard">Which.</param>
    /// <param name="isNobody">Whether all other copies lack samples too.</param>
    public void NoteNobodyWhole(int shard, bool isNobody) => _nobodyWhole[shard] = isNobody ? OpeningOf(shard) : -1;

    /// <summary>Whether a shard that lacks samples has, since it was opened, asked in vain for better files: all other copies lack samples too.</summary>
    public bool IsNobodyWhole(int shard) => _nobodyWhole.TryGetValue(shard, out long opening) && opening == OpeningOf(shard);

    /// <summary>As <see cref="MarkOf"/>, what readers of a shard go by.</summary>
    public ShardMark ShardMarkOf(int shard) => MarkOf(shard).OfReaders;

    /// <summary>Completes when a shard is applied here through a record.</summary>
    public Task AppliedAsync(int shard, long seq, CancellationToken cancel) => _applied.ReachAsync(shard, seq, cancel);

    /// <summary>Copies a shard from another node.</summary>
    public CopyShard Copy { get; set; } = static (shard, _, _, _) => Task.FromException(new IOException($"nobody has shard {shard}"));

    /// <summary>Told of each record that this node has committed.</summary>
    public Action<CommittedRecord> Committed { get; set; } = static _ => { };

    /// <summary>Takes a batch to whoever leads its shard now; the batch is the callee's.</summary>
    public Func<SampleBatch, Task<IngestOutcome>> Forward
    {
        get => resubmissions.Forward;
        set => resubmissions.Forward = value;
    }

    /// <summary>Through which record a shard is saved here, even if its newest snapshot should turn out to be damaged; 0 for none.</summary>
    public long SavedSeq(int shard) => _saved.GetValueOrDefault(shard);

    /// <summary>Notes how far a shard is saved: its records go when all its copies have saved them.</summary>
    public void Release(ShardId shard, long throughSeq) => _saved[shard.Value] = throughSeq;

    /// <inheritdoc/>
    /// <remarks>Whatever is not saved, for the journal goes in the order in which it came.</remarks>
    public bool IsHeldBackBy(Shard shard, int shards, long snapshotFloorBytes, long bytesMax) => SavedSeq(shard.Id.Value) < shard.AppliedSeq;

    /// <summary>Nothing: it is not made of pieces of this node.</summary>
    public void Roll()
    {
    }
}
