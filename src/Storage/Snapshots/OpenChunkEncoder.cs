using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Writes what the open chunk of a series held when a view was taken, although the writer may have sealed it since: the samples
/// are read through the view and encoded anew.
/// </summary>
internal sealed class OpenChunkEncoder : IDisposable
{
    private readonly SlotReader _reader;
    private readonly SampleColumns _columns = new();
    private readonly ByteArena _arena = new();
    private readonly SampleAppender _appender;
    private readonly ByteWriter _histogram = new();

    public OpenChunkEncoder(SlotReader reader)
    {
        _reader = reader;
        _appender = new SampleAppender(_arena, new Reclaimer((_, handle, pieceClass) => _arena.Free(handle, pieceClass)));
    }

    /// <summary>Appends the open chunk: encoding, count, then time and bytes, or the last sample where nothing is open.</summary>
    public void Write(in SeriesSlot slot, int visible, int open, ByteWriter to)
    {
        _columns.Clear();
        if (open == 0)
        {
            // The last sample tells duplicates from conflicts after a restart. It is the slot's unless the slot went on since.
            (long time, ulong value) = (slot.Tail.Time, slot.Tail.Value);
            if (visible != slot.Total)
            {
                _reader.ReadSamples(slot, visible - 1, visible, TimeRange.All, _columns);
                (time, value) = Last(slot);
            }

            to.Byte((byte)ChunkEncoding.None);
            to.Zigzag(time);
            to.UInt64(value);
            return;
        }

        _reader.ReadSamples(slot, visible - open, visible, TimeRange.All, _columns);
        var copy = new SeriesSlot { OldestTime = SeriesSlot.NoTime };
        for (int i = 0; i < _columns.Count; i++)
        {
            Append(ref copy, i);
        }

        if (copy.OpenCount == 0)
        {
            // Sealed since, and the whole of it given up as beyond retention.
            to.Byte((byte)ChunkEncoding.None);
            to.Zigzag(slot.Tail.Time);
            to.UInt64(slot.Tail.Value);
            return;
        }

        ReadOnlySpan<byte> bytes = SampleAppender.OpenBytes(_arena, copy);
        to.Byte((byte)copy.Encoding);
        to.Varint(copy.OpenCount);
        to.Zigzag(copy.FirstTime);
        to.Varint(bytes.Length);
        to.Bytes(bytes);
        _appender.DropOpen(ref copy);
    }

    /// <inheritdoc/>
    public void Dispose() => _columns.Dispose();

    private void Append(ref SeriesSlot copy, int i)
    {
        long start = _columns.HasStartTimes ? _columns.StartTimes[i] : 0;
        long time = _columns.Times[i];
        if (_columns.HasHistograms && _columns.Histograms[i] is { } histogram)
        {
            _histogram.Clear();
            HistogramCodec.Write(_histogram, histogram);
            _appender.Append(0, ref copy, time, _histogram.Written, 0, start);
        }
        else if (start != 0)
        {
            _appender.Append(0, ref copy, time, BitConverter.DoubleToUInt64Bits(_columns.Values[i]), start);
        }
        else
        {
            _appender.Append(0, ref copy, time, BitConverter.DoubleToUInt64Bits(_columns.Values[i]));
        }
    }

    private (long Time, ulong Value) Last(in SeriesSlot slot)
    {
        int last = _columns.Count - 1;
        if (last < 0)
        {
            return (slot.Tail.Time, slot.Tail.Value);
        }

        if (_columns.HasHistograms && _columns.Histograms[last] is { } histogram)
        {
            _histogram.Clear();
            HistogramCodec.Write(_histogram, histogram);
            return (_columns.Times[last], XxHash64.Of(_histogram.Written));
        }

        return (_columns.Times[last], BitConverter.DoubleToUInt64Bits(_columns.Values[last]));
    }
}
