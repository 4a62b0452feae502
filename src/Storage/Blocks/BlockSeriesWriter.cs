namespace Pleiad.Storage;

/// <summary>Writes the series of a block against each other: sorted by labels, each differs from the one before in little.</summary>
/// <param name="to">Takes them.</param>
/// <param name="minTime">Of the block.</param>
/// <param name="foldsRepeats">Whether chunks that are as the one before in everything are only counted: readers of blocks that are not compressed do not know it.</param>
internal sealed class BlockSeriesWriter(ByteWriter to, long minTime, bool foldsRepeats)
{
    /// <summary>Bits of a chunk's first byte that say what is as it was before.</summary>
    public const int EncodingMask = 0x0F;

    /// <summary>The number of samples is.</summary>
    public const int SameCount = 0x10;

    /// <summary>The time between first and last sample is.</summary>
    public const int SameSpan = 0x20;

    /// <summary>The start is: that of the series before, or the same gap to the chunk before.</summary>
    public const int SameStart = 0x40;

    /// <summary>How many chunks follow that are as this one in everything comes behind it.</summary>
    public const int Repeats = 0x80;

    private int[] _pairsBefore = [];
    private long _firstBefore;
    private long _gapBefore;
    private long _spanBefore;
    private int _countBefore;

    /// <summary>What follows stands alone.</summary>
    public void BeginGroup()
    {
        _pairsBefore = [];
        _firstBefore = minTime;
        _gapBefore = 0;
        _spanBefore = 0;
        _countBefore = 0;
    }

    /// <summary>Writes a series.</summary>
    /// <param name="pairs">Ascending.</param>
    /// <param name="chunks">In order of time; their bytes lie one behind the other.</param>
    public void Write(ReadOnlySpan<int> pairs, ReadOnlySpan<BlockChunk> chunks)
    {
        int shared = pairs.CommonPrefixLength(_pairsBefore);
        to.Varint(shared);
        to.Varint(pairs.Length - shared);
        int before = shared > 0 ? pairs[shared - 1] : 0;
        foreach (int pair in pairs[shared..])
        {
            to.Varint(pair - before);
            before = pair;
        }

        _pairsBefore = pairs.ToArray();
        to.Varint(chunks.Length);
        for (int i = 0; i < chunks.Length;)
        {
            BlockChunk chunk = chunks[i];
            long start = i == 0 ? unchecked(chunk.FirstTime - _firstBefore) : unchecked(chunk.FirstTime - chunks[i - 1].LastTime);
            long span = unchecked(chunk.LastTime - chunk.FirstTime);
            bool sameStart = i == 0 ? start == 0 : start == _gapBefore;
            long gap = i == 0 ? _gapBefore : start;
            int repeats = foldsRepeats ? RepeatsOf(chunks[i..], gap) : 0;
            to.Byte((byte)((int)chunk.Encoding
                | (chunk.Count == _countBefore ? SameCount : 0)
                | (span == _spanBefore ? SameSpan : 0)
                | (sameStart ? SameStart : 0)
                | (repeats > 0 ? Repeats : 0)));
            if (!sameStart)
            {
                to.Zigzag(start);
            }

            if (span != _spanBefore)
            {
                to.Varint((ulong)span);
            }

            if (chunk.Count != _countBefore)
            {
                to.Varint(chunk.Count);
            }

            to.Varint(chunk.Length);
            if (repeats > 0)
            {
                to.Varint(repeats);
            }

            _firstBefore = i == 0 ? chunk.FirstTime : _firstBefore;
            _gapBefore = gap;
            _spanBefore = span;
            _countBefore = chunk.Count;
            i += 1 + repeats;
        }
    }

    // How many of the next are as the first but for their time, each so long behind the one before.
    private static int RepeatsOf(ReadOnlySpan<BlockChunk> chunks, long gap)
    {
        BlockChunk like = chunks[0];
        long span = unchecked(like.LastTime - like.FirstTime);
        int repeats = 0;
        while (repeats + 1 < chunks.Length
            && chunks[repeats + 1] is var next
            && next.Encoding == like.Encoding && next.Count == like.Count && next.Length == like.Length
            && unchecked(next.LastTime - next.FirstTime) == span
            && unchecked(next.FirstTime - chunks[repeats].LastTime) == gap)
        {
            repeats++;
        }

        return repeats;
    }
}
