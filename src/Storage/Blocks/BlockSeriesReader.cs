using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Stands on one series of a block. Cheap to move on, and to any series within a few dozen.</summary>
/// <param name="block">The block.</param>
/// <param name="deleted">What of it is not to be read.</param>
internal sealed class BlockSeriesReader(Block block, DeletedInBlock? deleted = null)
{
    // Held so that the texts decoded once stay while somebody reads.
    private readonly string?[] _texts = block.TextCache();
    private readonly List<int> _pairs = [];
    private readonly List<BlockChunk> _chunks = [];
    private int _decoded = -1;
    private int _at;
    private int _offset;
    private long _firstBefore;
    private long _gapBefore;
    private long _spanBefore;
    private int _countBefore;

    /// <summary>The block.</summary>
    public Block Block => block;

    /// <summary>The numbers of the label pairs of the series, ascending.</summary>
    public ReadOnlySpan<int> Pairs => CollectionsMarshal.AsSpan(_pairs);

    /// <summary>Its chunks, in order of time; at least one.</summary>
    public ReadOnlySpan<BlockChunk> Chunks => CollectionsMarshal.AsSpan(_chunks);

    /// <summary>Time of its first sample, deleted or not.</summary>
    public long FirstTime => _chunks[0].FirstTime;

    /// <summary>Time of its last sample, deleted or not.</summary>
    public long LastTime => _chunks[^1].LastTime;

    /// <summary>What is deleted of the series; null for nothing.</summary>
    public TimeSpans? Deleted => deleted?.Of(_decoded);

    /// <summary>The labels.</summary>
    public Labels Labels()
    {
        var texts = new string[_pairs.Count * 2];
        for (int i = 0; i < _pairs.Count; i++)
        {
            block.TextsOf(_pairs[i], _texts, out texts[2 * i], out texts[(2 * i) + 1]);
        }

        return Model.Labels.FromSortedPairs(texts);
    }

    /// <summary>Moves to a series.</summary>
    /// <exception cref="CorruptDataException">What the block says of it makes no sense.</exception>
    public void MoveTo(int series)
    {
        if (series == _decoded)
        {
            return;
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)series, (uint)block.SeriesCount);
        try
        {
            if (series < _decoded || _decoded < 0 || series / BlockFormat.GroupSeries != _decoded / BlockFormat.GroupSeries)
            {
                BeginGroup(series / BlockFormat.GroupSeries);
            }

            ReadOnlySpan<byte> section = block.Section(BlockSection.Series);
            while (_decoded < series)
            {
                var reader = new ByteReader(section[_at..]);
                Decode(ref reader);
                _at += reader.Position;
                _decoded++;
            }
        }
        catch (FormatException e)
        {
            _decoded = -1;
            throw new CorruptDataException(block.Path, block.StartOf(BlockSection.Series) + _at, e.Message);
        }
    }

    /// <summary>Appends the samples of the series that lie in a range; chunks whose bytes are damaged are passed over.</summary>
    /// <param name="range">Which samples.</param>
    /// <param name="into">Where they go.</param>
    /// <param name="newestOnly">Whether only the last of them is wanted: older ones may be left out. Only where none of them is taken out afterwards.</param>
    /// <returns>How many chunks were passed over.</returns>
    public int Read(TimeRange range, SampleColumns into, bool newestOnly = false)
    {
        int damaged = 0;
        int held = into.Count;
        TimeSpans? gone = deleted?.Of(_decoded);
        newestOnly &= gone is null;
        ReadOnlySpan<BlockChunk> chunks = Chunks;
        var lease = default(PieceLease);
        try
        {
            for (int i = 0; i < chunks.Length && !(newestOnly && into.Count > held); i++)
            {
                BlockChunk chunk = chunks[newestOnly ? chunks.Length - 1 - i : i];
                if (!range.Overlaps(chunk.FirstTime, chunk.LastTime) || gone?.CoverOf(range, chunk.FirstTime, chunk.LastTime) == true)
                {
                    continue;
                }

                if (block.TryBytes(chunk, ref lease, out ReadOnlySpan<byte> bytes))
                {
                    Decode(chunk, bytes, range, into, newestOnly);
                }
                else
                {
                    damaged++;
                }
            }
        }
        finally
        {
            lease.Dispose();
        }

        gone?.RemoveFrom(into, held);
        return damaged;
    }

    /// <summary>Whether a chunk of the series may have samples in a range.</summary>
    public bool Overlaps(TimeRange range)
    {
        TimeSpans? gone = deleted?.Of(_decoded);
        foreach (BlockChunk chunk in Chunks)
        {
            if (range.Overlaps(chunk.FirstTime, chunk.LastTime) && gone?.CoverOf(range, chunk.FirstTime, chunk.LastTime) != true)
            {
                return true;
            }
        }

        return false;
    }

    private void Decode(in BlockChunk chunk, ReadOnlySpan<byte> bytes, TimeRange range, SampleColumns into, bool newestOnly)
    {
        try
        {
            ChunkDecoder.Read(chunk.Encoding, bytes, chunk.FirstTime, chunk.Count, range, into, newestOnly);
        }
        catch (FormatException e)
        {
            // The checksum is right, so these are the bytes that were written: ours is the fault, and not to be hidden.
            throw new CorruptDataException(block.Path, block.PlaceOf(chunk), e.Message);
        }
    }

    private void BeginGroup(int group)
    {
        ReadOnlySpan<byte> entry = block.Section(BlockSection.SeriesGroups)[(8 * group)..];
        _at = (int)BinaryPrimitives.ReadUInt32LittleEndian(entry);
        _offset = (int)BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]);
        _decoded = (group * BlockFormat.GroupSeries) - 1;
        _pairs.Clear();
        _firstBefore = block.MinTime;
        _gapBefore = 0;
        _spanBefore = 0;
        _countBefore = 0;
    }

    private void Decode(ref ByteReader reader)
    {
        int shared = reader.Count(_pairs.Count, 0);
        int more = reader.Count(BatchRecord.LabelsMax);
        CollectionsMarshal.SetCount(_pairs, shared);
        long pair = shared > 0 ? _pairs[^1] : 0;
        for (int i = 0; i < more; i++)
        {
            pair += reader.Count(block.PairCount, 0);
            if (pair >= block.PairCount)
            {
                throw new FormatException("a series has a label that is not there");
            }

            _pairs.Add((int)pair);
        }

        _chunks.Clear();
        int chunks = reader.Count(block.ChunkCount, 0);
        if (chunks == 0)
        {
            throw new FormatException("a series has no chunk");
        }

        long last = 0;
        while (_chunks.Count < chunks)
        {
            int i = _chunks.Count;
            int head = reader.Byte();
            long start = (head & BlockSeriesWriter.SameStart) == 0 ? reader.Zigzag() : i == 0 ? 0 : _gapBefore;
            _spanBefore = (head & BlockSeriesWriter.SameSpan) == 0 ? (long)reader.Varint() : _spanBefore;
            _countBefore = (head & BlockSeriesWriter.SameCount) == 0 ? reader.Count(ushort.MaxValue, 0) : _countBefore;
            int length = reader.Count(int.MaxValue, 0);
            int repeats = (head & BlockSeriesWriter.Repeats) == 0 ? 0
                : block.IsCompressed ? reader.Count(chunks - i - 1, 0) : throw new FormatException("a chunk repeats where none may");
            long first = unchecked((i == 0 ? _firstBefore : last) + start);
            last = unchecked(first + _spanBefore);
            if (i == 0)
            {
                _firstBefore = first;
            }
            else
            {
                _gapBefore = start;
            }

            var encoding = (ChunkEncoding)(head & BlockSeriesWriter.EncodingMask);
            Add(first, last, length, encoding);
            for (; repeats > 0; repeats--)
            {
                first = unchecked(last + _gapBefore);
                last = unchecked(first + _spanBefore);
                Add(first, last, length, encoding);
            }
        }
    }

    private void Add(long first, long last, int length, ChunkEncoding encoding)
    {
        if (length == 0 || length > block.ChunksEnd - _offset)
        {
            throw new FormatException("a chunk lies outside its place");
        }

        _chunks.Add(new BlockChunk(first, last, _offset, length, _countBefore, encoding));
        _offset += length;
    }
}
