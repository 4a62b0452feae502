using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>A chunk file a snapshot needs.</summary>
/// <param name="Number">In its name.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="NewestTime">Of the chunks in it: before retention reaches this, it is needed.</param>
internal readonly record struct ChunkFile(long Number, long Length, long NewestTime);

/// <summary>Writes the records of one snapshot file.</summary>
internal sealed class SnapshotWriter(IFile file, SnapshotFormat.Kind kind, int shard, long number)
{
    private readonly ByteWriter _frame = new(SnapshotFormat.FrameBytes);
    private readonly ByteWriter _record = new(SnapshotFormat.FrameBytes + 1024);
    private long _frames;

    /// <summary>Bytes written.</summary>
    public long Length => file.Length;

    /// <summary>Writes the file's head.</summary>
    public void Begin()
    {
        Span<byte> head = stackalloc byte[SnapshotFormat.HeadBytes];
        SnapshotFormat.WriteHead(head, kind, shard, number);
        file.Append(head);
    }

    /// <summary>The end: how many series or chunks there were.</summary>
    public void End(long count)
    {
        _frame.Clear();
        _frame.Varint((ulong)count);
        Put(SnapshotFormat.Frame.End);
    }

    /// <summary>The state of the shard.</summary>
    public void State(SnapshotJob job, IReadOnlyList<ChunkFile> chunkFiles)
    {
        _frame.Clear();
        _frame.Zigzag(job.Seq);
        _frame.Zigzag(job.AcceptFrom);
        _frame.Zigzag(job.NewestTime);
        _frame.Varint(chunkFiles.Count);
        foreach (ChunkFile chunks in chunkFiles)
        {
            _frame.Varint((ulong)chunks.Number);
            _frame.Varint((ulong)chunks.Length);
            _frame.Zigzag(chunks.NewestTime);
        }

        _frame.UInt64((ulong)job.JournalHash);
        Put(SnapshotFormat.Frame.State);
    }

    /// <summary>What is deleted of series whose samples may be in these files.</summary>
    public void Deleted(IEnumerable<KeyValuePair<int, TimeSpans>> deleted)
    {
        _frame.Clear();
        foreach ((int slot, TimeSpans spans) in deleted)
        {
            _frame.Varint(slot);
            _frame.Varint(spans.Spans.Length);
            foreach ((long from, long through) in spans.Spans)
            {
                _frame.Zigzag(from);
                _frame.Zigzag(through);
            }

            if (_frame.Length >= SnapshotFormat.FrameBytes)
            {
                Put(SnapshotFormat.Frame.Deleted);
                _frame.Clear();
            }
        }

        if (_frame.Length > 0)
        {
            Put(SnapshotFormat.Frame.Deleted);
        }
    }

    /// <summary>Samples that came late and are in no block.</summary>
    public void Late(IEnumerable<KeyValuePair<int, LateSamples>> late)
    {
        _frame.Clear();
        foreach ((int slot, LateSamples samples) in late)
        {
            _frame.Varint(slot);
            _frame.Varint(samples.Count);
            long before = 0;
            for (int i = 0; i < samples.Count; i++)
            {
                LateSample sample = samples.Samples[i];
                _frame.Zigzag(unchecked(samples.Times[i] - before));
                before = samples.Times[i];
                _frame.Zigzag(sample.Start);
                _frame.Varint(sample.Histogram?.Length ?? 0);
                if (sample.Histogram is { } histogram)
                {
                    _frame.Bytes(histogram);
                }
                else
                {
                    _frame.UInt64(sample.Bits);
                }
            }

            if (_frame.Length >= SnapshotFormat.FrameBytes)
            {
                Put(SnapshotFormat.Frame.Late);
                _frame.Clear();
            }
        }

        if (_frame.Length > 0)
        {
            Put(SnapshotFormat.Frame.Late);
        }
    }

    /// <summary>All series the view sees, with what was in their open chunks then.</summary>
    /// <returns>How many.</returns>
    public long Series(SlotReader reader)
    {
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        var textBytes = new ByteWriter(16 * 1024);
        var seriesBytes = new ByteWriter(SnapshotFormat.FrameBytes);
        using var encoder = new OpenChunkEncoder(reader);
        int inFrame = 0;
        int before = 0;
        long count = 0;
        for (int slotNumber = 0; slotNumber < reader.End; slotNumber++)
        {
            if (!reader.TryReadWhole(slotNumber, out SeriesSlot slot, out int visible, out int open))
            {
                continue;
            }

            seriesBytes.Zigzag(slotNumber - before);
            before = slotNumber;
            seriesBytes.Varint(slot.Generation);
            Labels labels = reader.LabelsOf(slot);
            seriesBytes.Varint(labels.Count);
            foreach (Label label in labels)
            {
                seriesBytes.Varint(Number(label.Name));
                seriesBytes.Varint(Number(label.Value));
            }

            encoder.Write(slot, visible, open, seriesBytes);
            count++;
            if (++inFrame == SnapshotFormat.FrameSeries || seriesBytes.Length > SnapshotFormat.FrameBytes)
            {
                Flush();
            }
        }

        Flush();
        return count;

        int Number(string text)
        {
            if (!texts.TryGetValue(text, out int known))
            {
                known = texts.Count;
                texts.Add(text, known);
                textBytes.Text(text);
            }

            return known;
        }

        void Flush()
        {
            if (inFrame == 0)
            {
                return;
            }

            _frame.Clear();
            _frame.Varint(texts.Count);
            _frame.Bytes(textBytes.Written);
            _frame.Varint(inFrame);
            _frame.Bytes(seriesBytes.Written);
            Put(SnapshotFormat.Frame.Series);
            texts.Clear();
            textBytes.Clear();
            seriesBytes.Clear();
            inFrame = 0;
            before = 0;
        }
    }

    /// <summary>Sealed chunks, from a place in a list until the file is full.</summary>
    /// <param name="arena">Has them.</param>
    /// <param name="chunks">In the order they were sealed in.</param>
    /// <param name="from">The first to write; afterwards the first not written.</param>
    /// <param name="oldestTime">Of those written.</param>
    /// <param name="newestTime">Of those written.</param>
    /// <returns>How many.</returns>
    public long Chunks(ByteArena arena, List<SealedReference> chunks, ref int from, out long oldestTime, out long newestTime)
    {
        oldestTime = long.MaxValue;
        newestTime = long.MinValue;
        long count = 0;
        _frame.Clear();
        while (from < chunks.Count && file.Length < SnapshotFormat.ChunkFileBytes)
        {
            SealedReference reference = chunks[from++];
            SealedChunk chunk = SealedChunk.At(arena, reference.Handle);
            oldestTime = Math.Min(oldestTime, chunk.FirstTime);
            newestTime = Math.Max(newestTime, chunk.LastTime);
            _frame.Varint(reference.Slot);
            _frame.Varint(reference.Generation);
            _frame.Byte((byte)chunk.Encoding);
            _frame.Varint(chunk.Count);
            _frame.Zigzag(chunk.FirstTime);
            _frame.Varint((ulong)unchecked(chunk.LastTime - chunk.FirstTime));
            _frame.Varint(chunk.Length);
            _frame.Bytes(chunk.Bytes(arena, reference.Handle));
            count++;
            if (_frame.Length >= SnapshotFormat.FrameBytes)
            {
                Put(SnapshotFormat.Frame.Chunks);
                _frame.Clear();
            }
        }

        if (_frame.Length > 0)
        {
            Put(SnapshotFormat.Frame.Chunks);
        }

        return count;
    }

    /// <summary>Copies a record of chunks from another file.</summary>
    public void CopyChunks(ReadOnlySpan<byte> frame) => Put(SnapshotFormat.Frame.Chunks, frame);

    private void Put(SnapshotFormat.Frame kindOfFrame) => Put(kindOfFrame, _frame.Written);

    private void Put(SnapshotFormat.Frame kindOfFrame, ReadOnlySpan<byte> frame)
    {
        _record.Clear();
        SegmentFormat.WriteRecord(_record, new RecordHead(_frames++, shard, (long)kindOfFrame, number), frame);
        file.Append(_record.Written);
    }
}
