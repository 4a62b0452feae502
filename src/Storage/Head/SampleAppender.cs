using System.Buffers.Binary;
using System.Diagnostics;

namespace Pleiad.Storage;

/// <summary>Appends samples to the open chunk of a series, in compressed form, and seals it when it is full. The writer's alone.</summary>
/// <remarks>
/// The open chunk lies in a small piece that grows as needed; readers decode as many samples as their view has, so bits
/// behind those may be written at any time. Callers have opened a change on the slot.
/// </remarks>
internal sealed class SampleAppender(ByteArena arena, Reclaimer reclaimer)
{
    /// <summary>Bytes at which a chunk of histograms is sealed even if it has few samples.</summary>
    public const int HistogramBytesMax = 16 * 1024;

    /// <summary>References that the list of chunks to be saved keeps room for.</summary>
    internal const int SpareOfSealed = 1024;

    // Where a chunk with start timestamps keeps the last one while it is open; not part of the sealed bytes.
    private const int StartBytes = 8;

    private readonly ByteWriter _scratch = new(1024);
    private readonly ColumnChunk _columns = new();
    private readonly long[] _times = new long[ChunkDecoder.SamplesMax];
    private readonly double[] _values = new double[ChunkDecoder.SamplesMax];

    /// <summary>Chunks sealed since the last <see cref="TakeSealed"/>: slot, generation, handle. What a snapshot has to write.</summary>
    private List<SealedReference> _sealed = [];

    /// <summary>Chunks held, open ones not counted.</summary>
    public long SealedCount { get; private set; }

    /// <summary>Chunks sealed since the last snapshot.</summary>
    public int UnsavedCount => _sealed.Count;

    /// <summary>Has the processor fetch where the next sample of a series will be written.</summary>
    public void FetchAhead(ref readonly SeriesSlot slot)
    {
        // A piece may be full to its last byte, and what lies behind it need not be there.
        if (slot.OpenAt != 0 && slot.OpenBits >> 3 < ByteArena.CapacityOf(slot.OpenClass))
        {
            Ahead.Fetch(in arena.Byte(slot.OpenAt, slot.OpenBits >> 3));
        }
    }

    /// <summary>Appends a float without start timestamp.</summary>
    public void Append(int number, ref SeriesSlot slot, long time, ulong value)
    {
        if (slot.OpenCount > 0 && slot.Encoding != ChunkEncoding.Gorilla)
        {
            if (slot.Encoding == ChunkEncoding.GorillaStart)
            {
                Append(number, ref slot, time, value, 0);
                return;
            }

            Seal(number, ref slot);
        }

        if (slot.OpenCount == 0)
        {
            Open(ref slot, ChunkEncoding.Gorilla, 8, time);
            GorillaStream.First(Piece(slot), ref slot.OpenBits, ref slot.Tail, time, value);
        }
        else
        {
            EnsureBits(ref slot, GorillaStream.Measure(slot.Tail, time, value));
            GorillaStream.Next(Piece(slot), ref slot.OpenBits, ref slot.Tail, time, value);
        }

        Count(number, ref slot);
    }

    /// <summary>Appends a float with a start timestamp (0 for none).</summary>
    public void Append(int number, ref SeriesSlot slot, long time, ulong value, long start)
    {
        if (slot.OpenCount > 0 && slot.Encoding != ChunkEncoding.GorillaStart)
        {
            Seal(number, ref slot);
        }

        if (slot.OpenCount == 0)
        {
            Open(ref slot, ChunkEncoding.GorillaStart, StartBytes + 8 + 9, time);
            slot.OpenBits = StartBytes * 8;
            GorillaStream.First(Piece(slot), ref slot.OpenBits, ref slot.Tail, time, value);
        }
        else
        {
            EnsureBits(ref slot, GorillaStream.Measure(slot.Tail, time, value) + 65);
            GorillaStream.Next(Piece(slot), ref slot.OpenBits, ref slot.Tail, time, value);
        }

        Span<byte> piece = Piece(slot);
        if (BinaryPrimitives.ReadInt64LittleEndian(piece) == start)
        {
            slot.OpenBits++;
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(piece, start);
            Bits.Put(piece, ref slot.OpenBits, 1, 1);
            Bits.Put(piece, ref slot.OpenBits, (ulong)start, 64);
        }

        Count(number, ref slot);
    }

    /// <summary>Appends a histogram, given by its bytes.</summary>
    public void Append(int number, ref SeriesSlot slot, long time, ReadOnlySpan<byte> histogram, ulong hash, long start)
    {
        if (slot.OpenCount > 0
            && (slot.Encoding != ChunkEncoding.Histogram || (slot.OpenBits >> 3) + histogram.Length > HistogramBytesMax))
        {
            Seal(number, ref slot);
        }

        _scratch.Clear();
        _scratch.Zigzag(slot.OpenCount == 0 ? 0 : unchecked(time - slot.Tail.Time));
        _scratch.Zigzag(start);
        _scratch.Varint(histogram.Length);
        _scratch.Bytes(histogram);
        if (slot.OpenCount == 0)
        {
            Open(ref slot, ChunkEncoding.Histogram, _scratch.Length, time);
        }
        else
        {
            EnsureBits(ref slot, _scratch.Length * 8);
        }

        _scratch.Written.CopyTo(Piece(slot)[(slot.OpenBits >> 3)..]);
        slot.OpenBits += _scratch.Length * 8;
        slot.Tail.Time = time;
        slot.Tail.Value = hash;
        Count(number, ref slot);
    }

    /// <summary>Attaches a chunk that was sealed before a restart, behind those already attached.</summary>
    public void Attach(ref SeriesSlot slot, ReadOnlySpan<byte> bytes, long firstTime, long lastTime, ushort count, ChunkEncoding encoding)
    {
        slot.SealedAt = SealedChunk.Make(arena, slot.SealedAt, bytes, firstTime, lastTime, count, encoding);
        slot.Total += count;
        SealedCount++;
        if (slot.OldestTime == SeriesSlot.NoTime || slot.OldestTime > firstTime)
        {
            slot.OldestTime = firstTime;
        }
    }

    /// <summary>Forgets chunks to be saved: those for which the condition holds are about to be given up.</summary>
    public void ForgetUnsaved(Predicate<SealedReference> gone)
    {
        // After a load of old samples the list is long, and blocks soon have nearly all of it.
        if (_sealed.RemoveAll(gone) > 0 && _sealed.Capacity > SpareOfSealed && _sealed.Count < _sealed.Capacity / 4)
        {
            _sealed.Capacity = Math.Max(_sealed.Count * 2, SpareOfSealed);
        }
    }

    /// <summary>Room of the list of chunks sealed since the last snapshot, in references.</summary>
    internal int UnsavedRoom => _sealed.Capacity;

    /// <summary>Seals the open chunk of a series.</summary>
    public void Seal(int number, ref SeriesSlot slot)
    {
        Debug.Assert(slot.OpenCount > 0, "there is a chunk to seal");
        ReadOnlySpan<byte> bytes = OpenBytes(arena, slot);
        ChunkEncoding encoding = slot.Encoding;
        if (encoding == ChunkEncoding.Gorilla && TryWriteColumns(slot, bytes, out ReadOnlySpan<byte> columns, out ChunkEncoding smaller))
        {
            bytes = columns;
            encoding = smaller;
        }

        slot.SealedAt = SealedChunk.Make(
            arena, slot.SealedAt, bytes, slot.FirstTime, slot.Tail.Time, slot.OpenCount, encoding);
        SealedCount++;
        _sealed.Add(new SealedReference(number, slot.Generation, slot.SealedAt));
        DropOpen(ref slot);
    }

    /// <summary>The bytes of an open chunk as they would be sealed.</summary>
    public static ReadOnlySpan<byte> OpenBytes(ByteArena arena, in SeriesSlot slot)
    {
        ReadOnlySpan<byte> bytes = arena.Span(slot.OpenAt, (slot.OpenBits + 7) >> 3);
        return slot.Encoding == ChunkEncoding.GorillaStart ? bytes[StartBytes..] : bytes;
    }

    /// <summary>Gives up the open chunk of a series.</summary>
    public void DropOpen(ref SeriesSlot slot)
    {
        if (slot.OpenAt != 0)
        {
            reclaimer.Retire(Reclaimed.Piece, slot.OpenAt, slot.OpenClass);
            slot.OpenAt = 0;
            slot.OpenCount = 0;
            slot.OpenBits = 0;
        }
    }

    /// <summary>Gives up the sealed chunks of a series that end before a time.</summary>
    /// <returns>How many.</returns>
    public int DropSealed(ref SeriesSlot slot, long before)
    {
        int keptOldest = 0;
        int handle = slot.SealedAt;
        long oldestTime = slot.OpenCount > 0 ? slot.FirstTime : SeriesSlot.NoTime;
        while (handle != 0)
        {
            SealedChunk chunk = SealedChunk.At(arena, handle);
            if (chunk.LastTime < before)
            {
                break;
            }

            oldestTime = chunk.FirstTime;
            keptOldest = handle;
            handle = chunk.Older;
        }

        if (handle == 0)
        {
            return 0;
        }

        if (keptOldest == 0)
        {
            slot.SealedAt = 0;
        }
        else
        {
            SealedChunk.CutBehind(arena, keptOldest);
        }

        // What was known to be the oldest may be in the midst of a chunk, whose first samples are in a block.
        slot.OldestTime = oldestTime == SeriesSlot.NoTime ? oldestTime : Math.Max(oldestTime, slot.OldestTime);
        int dropped = 0;
        while (handle != 0)
        {
            SealedChunk chunk = SealedChunk.At(arena, handle);
            reclaimer.Retire(Reclaimed.Piece, handle, chunk.PieceClass);
            handle = chunk.Older;
            dropped++;
        }

        SealedCount -= dropped;
        return dropped;
    }

    /// <summary>The chunks sealed since this was asked last.</summary>
    public List<SealedReference> TakeSealed()
    {
        List<SealedReference> taken = _sealed;
        _sealed = [];
        return taken;
    }

    /// <summary>Puts back what a failed snapshot could not save.</summary>
    public void ReturnSealed(List<SealedReference> unsaved)
    {
        unsaved.AddRange(_sealed);
        _sealed = unsaved;
    }

    // The smaller of the two encodings: as it was appended, or as columns.
    private bool TryWriteColumns(in SeriesSlot slot, ReadOnlySpan<byte> appended, out ReadOnlySpan<byte> columns, out ChunkEncoding encoding)
    {
        Span<long> times = _times.AsSpan(0, slot.OpenCount);
        Span<double> values = _values.AsSpan(0, slot.OpenCount);
        var bits = new BitReader(appended);
        GorillaStream.Decode(ref bits, slot.FirstTime, times, values, out _);
        return _columns.TryWrite(times, values, out columns, out encoding) && columns.Length < appended.Length;
    }

    private Span<byte> Piece(in SeriesSlot slot) => arena.Span(slot.OpenAt, ByteArena.CapacityOf(slot.OpenClass));

    private void Open(ref SeriesSlot slot, ChunkEncoding encoding, int bytes, long time)
    {
        slot.OpenClass = ByteArena.ClassFor(bytes);
        slot.OpenAt = arena.Allocate(slot.OpenClass);
        slot.OpenBits = 0;
        slot.Encoding = encoding;
        slot.FirstTime = time;
        if (slot.OldestTime == SeriesSlot.NoTime)
        {
            slot.OldestTime = time;
        }
    }

    private void EnsureBits(ref SeriesSlot slot, int more)
    {
        int bytes = (slot.OpenBits + more + 7) >> 3;
        if (bytes <= ByteArena.CapacityOf(slot.OpenClass))
        {
            return;
        }

        byte larger = ByteArena.ClassFor(bytes);
        int piece = arena.Allocate(larger);
        int used = (slot.OpenBits + 7) >> 3;
        arena.Span(slot.OpenAt, used).CopyTo(arena.Span(piece, used));
        reclaimer.Retire(Reclaimed.Piece, slot.OpenAt, slot.OpenClass);
        slot.OpenAt = piece;
        slot.OpenClass = larger;
    }

    private void Count(int number, ref SeriesSlot slot)
    {
        slot.OpenCount++;
        slot.Total++;
        if (slot.OpenCount >= ChunkDecoder.SamplesMax)
        {
            Seal(number, ref slot);
        }
    }
}

/// <summary>A sealed chunk of a series.</summary>
/// <param name="Slot">The series.</param>
/// <param name="Generation">Which use of the slot.</param>
/// <param name="Handle">Arena: the chunk.</param>
internal readonly record struct SealedReference(int Slot, int Generation, int Handle);
