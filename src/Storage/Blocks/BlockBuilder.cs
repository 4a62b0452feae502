using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Writes a block: first the chunks as series come, then the index of what came.</summary>
internal sealed class BlockBuilder
{
    private readonly FramedFile _file;
    private readonly IFile _raw;
    private readonly string _path;
    private readonly BlockMeta _meta;
    private readonly long _bytesMax;
    private readonly RunEncoder _encoder;
    private readonly PieceWriter? _pieces;
    private readonly ByteWriter _bytes = new(64 * 1024);
    private readonly List<BlockChunk> _chunks = [];
    private readonly List<(Labels Labels, int ChunksEnd)> _series = [];
    private BlockTrailer _trailer = new() { MinTime = long.MaxValue, MaxTime = long.MinValue };

    /// <param name="path">For messages.</param>
    /// <param name="file">Empty.</param>
    /// <param name="shard">Whose block.</param>
    /// <param name="number">Which.</param>
    /// <param name="meta">What it says of itself: what its tombstones delete is left out by whoever adds series.</param>
    /// <param name="isCompressed">Whether its chunks are compressed. Not where it is of rollups.</param>
    /// <param name="bytesMax">Bytes it may have.</param>
    public BlockBuilder(string path, IFile file, int shard, long number, BlockMeta meta, bool isCompressed = false, long bytesMax = BlockFormat.BytesMax)
    {
        _bytesMax = bytesMax;
        _path = path;
        _raw = file;
        _file = new FramedFile(file);
        _meta = meta;
        _encoder = new RunEncoder(isCompressed);
        _pieces = isCompressed ? new PieceWriter(_file) : null;
        Span<byte> head = stackalloc byte[BlockFormat.HeadBytes];
        BlockFormat.WriteHead(head, shard, number, meta.Rollup is not null ? BlockFormat.RollupVersion : isCompressed ? BlockFormat.CompressedVersion : BlockFormat.Version);
        _file.Append(head);
        if (meta.Rollup is { } rollup)
        {
            // Also where it has no bucket: that there are no samples is known then.
            _trailer.MinTime = rollup.Ends.After + 1;
            _trailer.MaxTime = rollup.Ends.Through;
        }
    }

    /// <summary>Samples added.</summary>
    public long Samples => _trailer.Samples;

    /// <summary>Adds a series and all its samples.</summary>
    /// <param name="labels">Behind those of the series before in their order.</param>
    /// <param name="run">Not empty.</param>
    /// <exception cref="BlockTooLargeException">The block would be larger than a block may be.</exception>
    public void Add(Labels labels, SampleColumns run)
    {
        _bytes.Clear();
        int before = _chunks.Count;
        _encoder.Encode(run, _bytes, _chunks);
        AddChunks(labels, before);
        _trailer.Samples += run.Count;
        _trailer.MinTime = Math.Min(_trailer.MinTime, run.Times[0]);
        _trailer.MaxTime = Math.Max(_trailer.MaxTime, run.Times[^1]);
    }

    /// <summary>Adds a series and all its buckets, column by column.</summary>
    /// <param name="labels">Behind those of the series before in their order.</param>
    /// <param name="buckets">Not empty, all columns said.</param>
    /// <exception cref="BlockTooLargeException">The block would be larger than a block may be.</exception>
    public void Add(Labels labels, RollupColumns buckets)
    {
        _bytes.Clear();
        int before = _chunks.Count;
        for (int column = 0; column < RollupColumns.ColumnCount; column++)
        {
            _encoder.Encode(buckets.Ends, buckets[(RollupColumn)column], _bytes, _chunks);
        }

        AddChunks(labels, before);
        _trailer.Samples += buckets.Count;
    }

    /// <summary>Writes the index and the end.</summary>
    public void End()
    {
        _pieces?.End();
        string[] texts = SymbolTexts.Of(_series.Select(static series => series.Labels));
        var textNumbers = new Dictionary<string, int>(texts.Length, StringComparer.Ordinal);
        for (int i = 0; i < texts.Length; i++)
        {
            textNumbers.Add(texts[i], i);
        }

        long[] pairKeys = SortedPairs(textNumbers);
        var pairNumbers = new Dictionary<long, int>(pairKeys.Length);
        for (int i = 0; i < pairKeys.Length; i++)
        {
            pairNumbers.Add(pairKeys[i], i);
        }

        _trailer.Series = _series.Count;
        _trailer.Texts = texts.Length;
        _trailer.Pairs = pairKeys.Length;
        _trailer.Chunks = _chunks.Count;
        PutMeta();
        PutTexts(texts);
        PutPairs(pairKeys, PutSeries(textNumbers, pairNumbers, out ByteWriter series, out ByteWriter groups));
        Put(BlockSection.Series, series);
        Put(BlockSection.SeriesGroups, groups);
        _bytes.Clear();
        foreach ((Labels labels, _) in _series)
        {
            _bytes.UInt32((uint)(labels.Hash >> 32));
        }

        Put(BlockSection.Hashes, _bytes);
        if (_file.Length > _bytesMax)
        {
            throw new BlockTooLargeException(_path, _bytesMax);
        }

        _trailer.SetStart(BlockSection.Frames, (int)_file.Length);
        _trailer.FramesCrc = _file.AppendFrames();
        Span<byte> trailer = stackalloc byte[BlockTrailer.Bytes];
        _trailer.Write(trailer);
        _raw.Append(trailer);
    }

    private void AddChunks(Labels labels, int before)
    {
        if (_file.Length + (_pieces?.Waiting ?? 0) + _bytes.Length > _bytesMax)
        {
            throw new BlockTooLargeException(_path, _bytesMax);
        }

        Span<BlockChunk> added = CollectionsMarshal.AsSpan(_chunks)[before..];
        if (_pieces is not null)
        {
            AddToPieces(added);
        }
        else
        {
            int at = (int)_file.Length;
            foreach (ref BlockChunk chunk in added)
            {
                chunk = chunk with { Offset = at + chunk.Offset };
            }

            _file.Append(_bytes.Written);
        }

        _series.Add((labels, _chunks.Count));
    }

    private void AddToPieces(Span<BlockChunk> chunks)
    {
        foreach (ref BlockChunk chunk in chunks)
        {
            if (!_pieces!.TryAdd(_bytes.Written.Slice(chunk.Offset, chunk.Length), out int offset))
            {
                throw new BlockTooLargeException(_path, BlockFormat.PlainBytesMax, " before compression");
            }

            chunk = chunk with { Offset = offset };
        }
    }

    private static long KeyOf(Dictionary<string, int> texts, string name, string value) => ((long)texts[name] << 32) | (uint)texts[value];

    // Numbers of name and value in one key: the keys sort as the pairs do.
    private long[] SortedPairs(Dictionary<string, int> texts)
    {
        var pairs = new HashSet<long>();
        foreach ((Labels labels, _) in _series)
        {
            foreach (Label label in labels)
            {
                pairs.Add(KeyOf(texts, label.Name, label.Value));
            }
        }

        long[] sorted = [.. pairs];
        Array.Sort(sorted);
        return sorted;
    }

    private void PutMeta()
    {
        _bytes.Clear();
        _meta.Write(_bytes);
        if (_pieces is not null)
        {
            BlockPieces.Write(_bytes, _pieces.Extents);
        }

        Put(BlockSection.Meta, _bytes);
    }

    private void PutTexts(string[] texts)
    {
        _bytes.Clear();
        var groups = new ByteWriter((texts.Length / 4) + 4);
        byte[] before = [];
        for (int i = 0; i < texts.Length; i++)
        {
            byte[] text = System.Text.Encoding.UTF8.GetBytes(texts[i]);
            int shared = 0;
            if (i % BlockFormat.GroupTexts == 0)
            {
                groups.UInt32((uint)_bytes.Length);
            }
            else
            {
                shared = text.AsSpan().CommonPrefixLength(before);
            }

            _bytes.Varint(shared);
            _bytes.Varint(text.Length - shared);
            _bytes.Bytes(text.AsSpan(shared));
            before = text;
        }

        Put(BlockSection.Texts, _bytes);
        Put(BlockSection.TextGroups, groups);
    }

    // Names, pairs and postings.
    private void PutPairs(long[] pairKeys, List<int>[] seriesOfPair)
    {
        var names = new ByteWriter();
        var pairs = new ByteWriter(pairKeys.Length * 8);
        var postings = new ByteWriter(pairKeys.Length * 4);
        int nameBefore = -1;
        for (int i = 0; i < pairKeys.Length; i++)
        {
            int name = (int)(pairKeys[i] >> 32);
            if (name != nameBefore)
            {
                names.UInt32((uint)name);
                names.UInt32((uint)i);
                nameBefore = name;
                _trailer.Names++;
            }

            pairs.UInt32((uint)pairKeys[i]);
            pairs.UInt32((uint)postings.Length);
            BlockPostings.Write(postings, CollectionsMarshal.AsSpan(seriesOfPair[i]));
        }

        Put(BlockSection.Names, names);
        Put(BlockSection.Pairs, pairs);
        Put(BlockSection.Postings, postings);
    }

    private List<int>[] PutSeries(
        Dictionary<string, int> texts, Dictionary<long, int> pairNumbers, out ByteWriter series, out ByteWriter groups)
    {
        series = new ByteWriter(_series.Count * 16);
        groups = new ByteWriter(_series.Count);
        var seriesOfPair = new List<int>[pairNumbers.Count];
        var writer = new BlockSeriesWriter(series, _trailer.MinTime, foldsRepeats: _pieces is not null);
        var pairs = new List<int>();
        int chunk = 0;
        for (int i = 0; i < _series.Count; i++)
        {
            (Labels labels, int chunksEnd) = _series[i];
            pairs.Clear();
            foreach (Label label in labels)
            {
                int pair = pairNumbers[KeyOf(texts, label.Name, label.Value)];
                (seriesOfPair[pair] ??= []).Add(i);
                pairs.Add(pair);
            }

            if (i % BlockFormat.GroupSeries == 0)
            {
                groups.UInt32((uint)series.Length);
                groups.UInt32((uint)_chunks[chunk].Offset);
                writer.BeginGroup();
            }

            writer.Write(CollectionsMarshal.AsSpan(pairs), CollectionsMarshal.AsSpan(_chunks)[chunk..chunksEnd]);
            chunk = chunksEnd;
        }

        return seriesOfPair;
    }

    private void Put(BlockSection section, ByteWriter bytes)
    {
        if (_file.Length + bytes.Length > _bytesMax)
        {
            throw new BlockTooLargeException(_path, _bytesMax);
        }

        _trailer.SetStart(section, (int)_file.Length);
        _file.Append(bytes.Written);
    }
}

/// <summary>A block would be larger than one may be.</summary>
internal sealed class BlockTooLargeException(string path, long bytesMax, string measured = "")
    : IOException($"{path} would be larger than {bytesMax} bytes{measured}, which no block may be");
