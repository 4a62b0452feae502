using System.Collections.Immutable;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>
/// Deletion. It goes through the log as a batch does, so that after a restart the head has deleted what it had deleted before; of
/// blocks the tombstone says for itself what is gone.
/// </content>
public sealed partial class Shard
{
    /// <summary>The tombstones that some block may need.</summary>
    public TombstoneList Tombstones
    {
        get => _parts.Tombstones;
        private set => _parts = _parts with { Tombstones = value };
    }

    // What is deleted of series whose samples are in the head still, or come back from a snapshot. It goes with the series.
    private ImmutableDictionary<int, TimeSpans> Deleted
    {
        get => _parts.Deleted;
        set => _parts = _parts with { Deleted = value };
    }

    /// <summary>The tombstones as they will be with another one: what the file has to have before <see cref="PrepareDeletion"/>.</summary>
    public TombstoneList TombstonesWith(Tombstone tombstone) => Tombstones.With(tombstone);

    /// <summary>
    /// The file may hold a tombstone whose deletion failed, and the next start would take it for made. Its number is used up, so that
    /// blocks written from now on say that they have it applied: what they hold came after it.
    /// </summary>
    public void GiveUp(Tombstone tombstone) => Tombstones = Tombstones.UsedUpTo(tombstone.Number);

    /// <summary>Makes what the log has to keep of a deletion. Nothing is deleted yet.</summary>
    /// <param name="tombstone">With a number larger than all before.</param>
    /// <param name="isInFile">
    /// Whether the file has it already: should the log refuse it, it still holds for blocks. In a cluster it has not, for copies would not do the same;
    /// there the file has to have it before it is applied.
    /// </param>
    /// <returns>To be applied or aborted as a batch.</returns>
    /// <exception cref="InvalidOperationException">More than <see cref="ShardSettings.InFlightMax"/> batches are under way.</exception>
    public PreparedBatch PrepareDeletion(Tombstone tombstone, bool isInFile = true)
    {
        if (tombstone.Number <= Tombstones.LastNumber)
        {
            throw new ArgumentException($"shard {Id} has used tombstone {tombstone.Number} before", nameof(tombstone));
        }

        PreparedBatch prepared = TakeIdle();
        prepared.Seq = NextSeq++;
        prepared.Deletion = isInFile ? tombstone : null;
        BatchRecordWriter.WriteDeletion(prepared.Bytes, tombstone);
        _inFlight.Enqueue(prepared);
        return prepared;
    }

    /// <summary>What a record of the log deletes; null where it is a batch of samples.</summary>
    /// <param name="payload">Of the record.</param>
    /// <exception cref="FormatException">The payload is none.</exception>
    public Tombstone? DeletionOf(ReadOnlySpan<byte> payload)
    {
        if (!BatchRecord.IsDeletion(payload))
        {
            return null;
        }

        _reader.Read(payload, withDefinitions: false);
        return _reader.Deletion;
    }

    /// <summary>Replaces the tombstones by those of them that are still needed; the file has them already.</summary>
    public void UseTombstones(TombstoneList needed) => Tombstones = needed;

    // All samples that the head has now were written before the deletion: those of each series go up to its last one.
    private void ApplyDeletion(long seq, Tombstone tombstone, int payloadBytes, bool live)
    {
        using (ShardView before = View())
        using (SlotList found = MatcherPlan.Run(_index, before.Reader, tombstone.Matchers, CancellationToken.None))
        {
            ImmutableDictionary<int, TimeSpans>.Builder deleted = Deleted.ToBuilder();

            // Series that end at the same time share their spans: a replay may delete a million that the head had let go of.
            var shared = new TimeSpans(tombstone.From, tombstone.Through);
            foreach (int number in found.Slots)
            {
                ref readonly SeriesSlot slot = ref _table[number];
                if (!slot.InUse || slot.CreatedSeq == SeriesSlot.NotYet)
                {
                    continue;
                }

                if (Late.TryGetValue(number, out LateSamples? late))
                {
                    KeepLate(number, late.Where(time => time < tombstone.From || time > tombstone.Through));
                }

                if (slot.Tail.Time < tombstone.From)
                {
                    continue;
                }

                long through = Math.Min(tombstone.Through, slot.Tail.Time);
                shared = shared.Spans[0].Through == through ? shared : new TimeSpans(tombstone.From, through);
                deleted[number] = deleted.TryGetValue(number, out TimeSpans? spans) ? spans.With(tombstone.From, through) : shared;
            }

            Deleted = deleted.ToImmutable();
        }

        Tombstones = Tombstones.With(tombstone);
        AppliedSeq = seq;
        BytesSinceSnapshot += payloadBytes;
        StorageMetrics.Deletions.Add(1);
        if (live)
        {
            // Not in a replay: the log goes on about series that were not let go of at once.
            LetGoOf(BeginningsDeleted());
        }

        SweepIfDue();
    }

    // The head lets go of series whose oldest samples are deleted: up to there.
    private List<BlockedSeries> BeginningsDeleted()
    {
        var gone = new List<BlockedSeries>();
        foreach ((int number, TimeSpans spans) in Deleted)
        {
            ref readonly SeriesSlot slot = ref _table[number];
            if (spans.EndAt(slot.OldestTime) is long end)
            {
                gone.Add(new BlockedSeries(number, slot.Generation, end));
            }
        }

        return WithoutSamples(gone);
    }

    // After a start: of what is in blocks, and what is deleted behind it, the head lets go. A series that it had let go of before the
    // stop may have come back from a snapshot beside the one that took its place: not one sample of it may make it stay.
    private List<BlockedSeries> BlockedOrDeleted(List<BlockedSeries> blocked)
    {
        Dictionary<int, long> through = blocked.ToDictionary(static series => series.Slot, static series => series.Through);
        using ShardView view = View();
        using var samples = new SampleColumns();
        foreach ((int number, TimeSpans spans) in Deleted)
        {
            ref readonly SeriesSlot slot = ref _table[number];
            long last = through.GetValueOrDefault(number, long.MinValue);
            if (last >= slot.Tail.Time)
            {
                continue;
            }

            samples.Clear();
            view.Reader.ReadSamples(slot, 0, slot.Total, new TimeRange(last, long.MaxValue), samples);
            int kept = 0;
            while (kept < samples.Count && spans.Contains(samples.Times[kept]))
            {
                kept++;
            }

            if (kept > 0 || samples.Count == 0)
            {
                blocked.Add(new BlockedSeries(number, slot.Generation, kept == samples.Count ? slot.Tail.Time : samples.Times[kept] - 1));
            }
        }

        return WithoutSamples(blocked);
    }

    // Series that were made for late samples, which are in a block or deleted now.
    private List<BlockedSeries> WithoutSamples(List<BlockedSeries> gone)
    {
        for (int number = 0; number < _table.End; number++)
        {
            ref readonly SeriesSlot slot = ref _table[number];
            if (slot.InUse && slot.Tail.Time == SeriesSlot.NoTime && slot.CreatedSeq != SeriesSlot.NotYet && !HasLate(number))
            {
                gone.Add(new BlockedSeries(number, slot.Generation, slot.Tail.Time));
            }
        }

        return gone;
    }

    private void ForgetSpecials(IReadOnlyList<int> slots)
    {
        foreach (int number in slots)
        {
            if (Late.ContainsKey(number))
            {
                KeepLate(number, null);
            }
        }

        if (!Deleted.IsEmpty)
        {
            Deleted = Deleted.RemoveRange(slots);
        }
    }

    /// <summary>Spans of time that are deleted of series of the head.</summary>
    public int DeletedSpanCount => Deleted.Values.Sum(static spans => spans.Spans.Length);

    // Spans behind which neither the head nor a snapshot has a sample: what they deleted is in blocks, or nowhere.
    private void ForgetDeletionsNowhereNeeded(long oldestSaved)
    {
        foreach ((int number, TimeSpans spans) in Deleted)
        {
            ref readonly SeriesSlot slot = ref _table[number];

            // The last sample decides about its twin, whether the head still has it or not.
            long needed = Math.Min(Math.Min(oldestSaved, slot.Tail.Time), OldestChunkTime(slot));
            if (spans.Spans[0].Through < needed)
            {
                Deleted = spans.EndingAt(needed) is { } left ? Deleted.SetItem(number, left) : Deleted.Remove(number);
            }
        }
    }

    private long OldestChunkTime(in SeriesSlot slot)
    {
        long oldest = slot.OpenCount > 0 ? slot.FirstTime : long.MaxValue;
        for (int handle = slot.SealedAt; handle != 0;)
        {
            SealedChunk chunk = SealedChunk.At(_arena, handle);
            oldest = chunk.FirstTime;
            handle = chunk.Older;
        }

        return oldest;
    }

    // What lies before retention cannot come back.
    private void ForgetDeletionsBefore(long time)
    {
        if (!Deleted.IsEmpty)
        {
            Deleted = Deleted.RemoveRange(Deleted.Where(pair => pair.Value.Spans[^1].Through < time).Select(static pair => pair.Key));
        }
    }

    // Of a copy that has not caught up: some block has deletions applied that come with the journal again. What is made of it until then would say that it
    // does not have them applied, and lose what was accepted behind them.
    private bool IsBehindBlocks => Math.Max(Blocks.TombstonesApplied, Rollups.TombstonesApplied) > Tombstones.LastNumber;

    // Of a copy: those behind what it has applied come with the journal again, or not at all. A block that is sealed until then does not have them applied.
    private TombstoneList TombstonesOfCopy(TombstoneStore store)
    {
        TombstoneList stored = store.Load();
        TombstoneList applied = stored.UpTo(AppliedSeq);
        if (applied.Count < stored.Count)
        {
            store.Write(applied);
        }

        // Should the file be lost: up to what is applied no number comes again.
        return applied.UsedUpTo(Math.Min(AppliedSeq, Math.Max(Blocks.TombstonesApplied, Rollups.TombstonesApplied)));
    }

    internal void RestoreDeletions(int slot, TimeSpans spans) => Deleted = Deleted.SetItem(slot, spans);
}
