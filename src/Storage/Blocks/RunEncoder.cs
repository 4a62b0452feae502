using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Writes a run of samples that never changes any more as few long chunks, each in the smallest form there is.</summary>
/// <remarks>docs/formats/chunk.md has the bytes. Benchmark: BlockBench.</remarks>
/// <param name="forCompression">Whether the chunks are compressed afterwards: then the smallest form is not the best one.</param>
internal sealed class RunEncoder(bool forCompression = false)
{
    private readonly ColumnChunk _columns = new(forCompression);
    private readonly byte[] _bits = new byte[((BlockFormat.ChunkSamplesMax * GorillaStream.SampleBitsMax) / 8) + 16];
    private readonly ByteWriter _histogram = new();

    /// <summary>Appends the chunks of a run.</summary>
    /// <param name="run">In order of time, not empty.</param>
    /// <param name="bytes">Takes the bytes of the chunks, one behind the other.</param>
    /// <param name="chunks">Takes the chunks; offsets count from the beginning of <paramref name="bytes"/>.</param>
    public void Encode(SampleColumns run, ByteWriter bytes, List<BlockChunk> chunks)
    {
        if (run.HasHistograms || run.HasStartTimes)
        {
            EncodeSpecial(run, bytes, chunks);
            return;
        }

        Encode(run.Times, run.Values, bytes, chunks);
    }

    /// <summary>Appends the chunks of a run of floats: as many for as many samples, whatever their values are.</summary>
    /// <param name="times">Ascending, not empty.</param>
    /// <param name="values">As many.</param>
    /// <param name="bytes">As in the other one.</param>
    /// <param name="chunks">As in the other one.</param>
    public void Encode(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ByteWriter bytes, List<BlockChunk> chunks)
    {
        // Parts of one size, but for one sample: a short rest would cost a head of its own. The longer ones first, so that the size changes once.
        int parts = (times.Length + BlockFormat.ChunkSamplesMax - 1) / BlockFormat.ChunkSamplesMax;
        int start = 0;
        for (int part = 0; part < parts; part++)
        {
            int end = start + (times.Length / parts) + (part < times.Length % parts ? 1 : 0);
            EncodeFloats(times[start..end], values[start..end], bytes, chunks);
            start = end;
        }
    }

    private void EncodeFloats(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ByteWriter bytes, List<BlockChunk> chunks)
    {
        bool asColumns = _columns.TryWrite(times, values, out ReadOnlySpan<byte> columns, out ChunkEncoding encoding);
        ReadOnlySpan<byte> smallest = columns;

        // The other form takes 64 bits for the first sample and at least two for each next one, and no compressor finds anything in them.
        if (!asColumns || (!forCompression && columns.Length > 8 + (times.Length / 4)))
        {
            ReadOnlySpan<byte> stream = AsStream(times, values);
            if (!asColumns || stream.Length < columns.Length)
            {
                smallest = stream;
                encoding = ChunkEncoding.Gorilla;
            }
        }

        chunks.Add(new BlockChunk(times[0], times[^1], bytes.Length, smallest.Length, times.Length, encoding));
        bytes.Bytes(smallest);
    }

    private ReadOnlySpan<byte> AsStream(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        Array.Clear(_bits);
        int position = 0;
        var tail = default(GorillaTail);
        GorillaStream.First(_bits, ref position, ref tail, times[0], BitConverter.DoubleToUInt64Bits(values[0]));
        for (int i = 1; i < times.Length; i++)
        {
            GorillaStream.Next(_bits, ref position, ref tail, times[i], BitConverter.DoubleToUInt64Bits(values[i]));
        }

        return _bits.AsSpan(0, (position + 7) >> 3);
    }

    // Histograms and start timestamps are appended one by one, as the head does it, and sealed where the head would seal.
    private void EncodeSpecial(SampleColumns run, ByteWriter bytes, List<BlockChunk> chunks)
    {
        var arena = new ByteArena();
        var appender = new SampleAppender(arena, new Reclaimer((_, handle, pieceClass) => arena.Free(handle, pieceClass)));
        var slot = new SeriesSlot { OldestTime = SeriesSlot.NoTime };
        for (int i = 0; i < run.Count; i++)
        {
            long time = run.Times[i];
            long start = run.HasStartTimes ? run.StartTimes[i] : 0;
            if (run.HasHistograms && run.Histograms[i] is { } histogram)
            {
                _histogram.Clear();
                HistogramCodec.Write(_histogram, histogram);
                appender.Append(0, ref slot, time, _histogram.Written, 0, start);
            }
            else if (start != 0)
            {
                appender.Append(0, ref slot, time, BitConverter.DoubleToUInt64Bits(run.Values[i]), start);
            }
            else
            {
                appender.Append(0, ref slot, time, BitConverter.DoubleToUInt64Bits(run.Values[i]));
            }
        }

        if (slot.OpenCount > 0)
        {
            appender.Seal(0, ref slot);
        }

        foreach (SealedReference reference in appender.TakeSealed())
        {
            SealedChunk chunk = SealedChunk.At(arena, reference.Handle);
            chunks.Add(new BlockChunk(chunk.FirstTime, chunk.LastTime, bytes.Length, chunk.Length, chunk.Count, chunk.Encoding));
            bytes.Bytes(chunk.Bytes(arena, reference.Handle));
        }
    }
}
