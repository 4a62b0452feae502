using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <content>Snapshots: begun and completed in turns of the writer, written by somebody else meanwhile.</content>
public sealed partial class Shard
{
    private bool _snapshotUnderWay;
    private long _snapshotBytes;

    /// <summary>Bytes of records applied since the last snapshot was begun: what a replay would have to read.</summary>
    public long BytesSinceSnapshot { get; private set; }

    /// <summary>Bytes of the last snapshot's head file: what the next one costs at least. 0 before the first.</summary>
    public long SnapshotHeadBytes => _snapshotBytes;

    /// <summary>
    /// Whether a snapshot pays: the log since the last one is larger than a floor and than the last snapshot's head file was.
    /// So writing snapshots costs no more bytes than writing the log, however many series there are.
    /// </summary>
    public bool IsSnapshotDue(long floorBytes) => !_snapshotUnderWay && BytesSinceSnapshot >= Math.Max(floorBytes, _snapshotBytes);

    /// <summary>Takes what a snapshot needs. Give it to <see cref="SnapshotStore.Write"/> on another thread, then <see cref="CompleteSnapshot"/>.</summary>
    /// <exception cref="InvalidOperationException">One is under way.</exception>
    public SnapshotJob BeginSnapshot()
    {
        if (_snapshotUnderWay)
        {
            throw new InvalidOperationException($"a snapshot of shard {Id} is under way");
        }

        _snapshotUnderWay = true;
        var job = new SnapshotJob(View(), _arena, _appender.TakeSealed(), AcceptFrom, NewestTime, BytesSinceSnapshot, SealedUpTo, JournalHash);
        BytesSinceSnapshot = 0;
        return job;
    }

    /// <summary>Ends a snapshot, written or not. What was not saved will be in the next one.</summary>
    /// <param name="job">From <see cref="BeginSnapshot"/>.</param>
    /// <param name="written">Of the store; null when it failed.</param>
    public void CompleteSnapshot(SnapshotJob job, SnapshotWritten? written)
    {
        _snapshotUnderWay = false;
        if (written is { } done)
        {
            _snapshotBytes = done.HeadBytes;
            ForgetDeletionsNowhereNeeded(done.OldestChunkTime);
        }
        else
        {
            // The pin still holds every chunk of the list, so those given up meanwhile can be told apart.
            job.Sealed.RemoveAll(chunk =>
                !_table.Holds(chunk.Slot)
                || _table[chunk.Slot].Generation != chunk.Generation
                || SealedChunk.At(_arena, chunk.Handle).LastTime < _sweptBefore);
            _appender.ReturnSealed(job.Sealed);
            BytesSinceSnapshot += job.LogBytes;
        }

        job.View.Dispose();
        SettleIfQuiet();
    }

    internal void RestoreState(long seq, long acceptFrom, long newestTime, long headBytes, long journalHash)
    {
        JournalHash = journalHash;
        AppliedSeq = seq;
        NextSeq = seq + 1;
        AcceptFrom = acceptFrom;
        NewestTime = newestTime;
        _snapshotBytes = headBytes;
    }

    internal void RestoreSeries(in SeriesDefinition definition, in SavedTail saved, ReadOnlySpan<byte> open)
    {
        if (_table.Holds(definition.Slot))
        {
            throw new FormatException($"series {definition.Slot} occurs twice");
        }

        _table.AddAt(definition.Slot, definition.Generation, definition.Labels);
        ref SeriesSlot slot = ref _table.Held(definition.Slot);
        slot.Defined = BatchRecord.DefinitionsMax;
        slot.CreatedSeq = 0;
        slot.ChangedSeq = 0;
        slot.Tail.Time = saved.LastTime;
        slot.Tail.Value = saved.LastValue;
        if (!open.IsEmpty)
        {
            RestoreOpen(definition.Slot, ref slot, saved, open);
        }

        slot.PreparedTime = slot.Tail.Time;
        slot.PreparedBits = slot.Tail.Value;
        _newSlots.Add(definition.Slot);
    }

    internal void RestoreChunk(
        int number, int generation, ReadOnlySpan<byte> bytes, long firstTime, long lastTime, ushort count, ChunkEncoding encoding)
    {
        if (!_table.Holds(number))
        {
            // Of a series that is gone. Chunk files may have its chunks for long: the next series in this slot must not be taken for it.
            _table.NoteGeneration(number, generation);
            return;
        }

        // Of the series before in this slot, or beyond retention.
        if (_table[number].Generation != generation || lastTime < AcceptFrom)
        {
            return;
        }

        _appender.Attach(ref _table.Held(number), bytes, firstTime, lastTime, count, encoding);
    }

    internal void RestoreDone()
    {
        _newSlots.Sort();
        _index.Add(CollectionsMarshal.AsSpan(_newSlots), _table);
        _newSlots.Clear();
        ForgetSpecials(Deleted.Keys.Concat(Late.Keys).Where(number => !_table.Holds(number)).ToArray());
        for (int number = 0; number < _table.End; number++)
        {
            if (_table.Holds(number) && _table[number].OldestTime == SeriesSlot.NoTime)
            {
                _table.Held(number).OldestTime = _table[number].Tail.Time;
            }
        }
    }

    // The samples are appended again: the open chunk comes out as it was, whatever wrote the snapshot.
    private void RestoreOpen(int number, ref SeriesSlot slot, in SavedTail saved, ReadOnlySpan<byte> open)
    {
        using var columns = new SampleColumns();
        ChunkDecoder.Read(saved.Encoding, open, saved.FirstTime, saved.Count, TimeRange.All, columns);
        for (int i = 0; i < columns.Count; i++)
        {
            long time = columns.Times[i];
            long start = columns.HasStartTimes ? columns.StartTimes[i] : 0;
            if (columns.HasHistograms && columns.Histograms[i] is { } histogram)
            {
                _histogram.Clear();
                HistogramCodec.Write(_histogram, histogram);
                _appender.Append(number, ref slot, time, _histogram.Written, XxHash64.Of(_histogram.Written), start);
            }
            else if (saved.Encoding == ChunkEncoding.GorillaStart)
            {
                _appender.Append(number, ref slot, time, BitConverter.DoubleToUInt64Bits(columns.Values[i]), start);
            }
            else
            {
                _appender.Append(number, ref slot, time, BitConverter.DoubleToUInt64Bits(columns.Values[i]));
            }
        }
    }
}
