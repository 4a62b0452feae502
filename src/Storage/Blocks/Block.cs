using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>A block, opened: mapped, never changed, read from any thread. What is read of it is checked before it is used.</summary>
/// <remarks>
/// The index is checked whole when the block is opened. The chunks are checked frame by frame when they are first read; a frame that
/// does not check is never used, and counted once.
/// </remarks>
internal sealed partial class Block : IDisposable
{
    // Columns of whole bytes take half as much again as packed ones, as they come from targets.
    private const int WholeBytesGrowth = 2;

    private readonly IMappedBytes _bytes;
    private readonly BlockTrailer _trailer;
    private readonly BlockPieces? _pieces;
    private readonly int[] _sound;
    private readonly int[] _damaged;
    private readonly WeakReference<string?[]> _texts = new([]);
    private readonly ulong[]?[] _having;
    private readonly ulong[] _valueHashes;
    private ulong _namesHash;
    private Dictionary<string, int>? _names;
    private int _damagedFrames;
    private DeletedInBlock? _deleted;

    private Block(string path, long number, IMappedBytes bytes, BlockTrailer trailer, BlockMeta meta)
    {
        Path = path;
        Number = number;
        _bytes = bytes;
        _trailer = trailer;
        Replaces = meta.Replaces;
        TombstonesApplied = meta.TombstonesApplied;
        Rollup = meta.Rollup;
        _pieces = meta.Pieces;
        int words = (trailer.FrameCount + 31) / 32;
        _sound = new int[words];
        _damaged = new int[words];
        _having = new ulong[trailer.Names][];
        _valueHashes = new ulong[trailer.Names];
    }

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Its number in the shard; later ones are larger.</summary>
    public long Number { get; }

    /// <summary>Numbers of the blocks whose samples are in this one.</summary>
    public IReadOnlyList<long> Replaces { get; }

    /// <summary>Tombstones up to this number were there when it was written: what they delete is not in it, what came after them is.</summary>
    public long TombstonesApplied { get; }

    /// <summary>What it says where it is a block of rollups; null for one of samples.</summary>
    public RollupExtent? Rollup { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _bytes.Bytes.Length;

    /// <summary>Whether its chunks are compressed.</summary>
    public bool IsCompressed => _pieces is not null;

    /// <summary>What its chunks take in a compressed block before compression; of one that is not compressed an estimate, on the safe side.</summary>
    public long PlainBytes => _pieces?.Bytes ?? (WholeBytesGrowth * (ChunksEnd - (long)BlockFormat.HeadBytes));

    /// <summary>Where the positions of chunks end.</summary>
    public int ChunksEnd => (int)(_pieces?.Bytes ?? _trailer.Start(BlockSection.Meta));

    /// <summary>Time of the oldest sample.</summary>
    public long MinTime => _trailer.MinTime;

    /// <summary>Time of the newest sample.</summary>
    public long MaxTime => _trailer.MaxTime;

    /// <summary>Samples.</summary>
    public long Samples => _trailer.Samples;

    /// <summary>Series.</summary>
    public int SeriesCount => _trailer.Series;

    /// <summary>Label pairs.</summary>
    public int PairCount => _trailer.Pairs;

    /// <summary>Label names.</summary>
    public int NameCount => _trailer.Names;

    /// <summary>Chunks.</summary>
    public int ChunkCount => _trailer.Chunks;

    /// <summary>Frames found damaged so far.</summary>
    public int DamagedFrames => Volatile.Read(ref _damagedFrames);

    /// <summary>Opens a block and checks all of it but the chunks.</summary>
    /// <param name="files">Where it is.</param>
    /// <param name="path">Its path there.</param>
    /// <param name="shard">Whose it must be.</param>
    /// <param name="number">Which it must be.</param>
    /// <param name="cache">Holds what is unpacked of it; its own where there is none.</param>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    /// <exception cref="LaterVersionException">A later version wrote it.</exception>
    public static Block Open(IFiles files, string path, int shard, long number, PieceCache? cache = null)
    {
        IMappedBytes bytes = files.Map(path);
        try
        {
            ReadOnlySpan<byte> file = bytes.Bytes;
            ushort version = BlockFormat.CheckHead(path, file, shard, number);
            BlockTrailer trailer = BlockTrailer.Read(path, file);
            int framesAt = trailer.Start(BlockSection.Frames);
            if (Crc32C.Of(file.Slice(framesAt, 4 * trailer.FrameCount)) != trailer.FramesCrc)
            {
                throw new CorruptDataException(path, framesAt, "the checksums are damaged");
            }

            var block = new Block(path, number, bytes, trailer, BlockMeta.Read(path, file, trailer, version, cache ?? new PieceCache()));
            block.CheckSizes();
            block.CheckFrames(trailer.Start(BlockSection.Meta), framesAt);
            return block;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>Checks every byte.</summary>
    /// <exception cref="CorruptDataException">One is not what was written.</exception>
    public void Verify()
    {
        CheckFrames(0, _trailer.Start(BlockSection.Frames));
        CheckPieces();
    }

    /// <summary>The bytes of a part of the index.</summary>
    public ReadOnlySpan<byte> Section(BlockSection section)
    {
        int start = _trailer.Start(section);
        return _bytes.Bytes[start.._trailer.Start(section + 1)];
    }

    /// <summary>Where a part of the index lies in the file.</summary>
    public int StartOf(BlockSection section) => _trailer.Start(section);

    /// <summary>32 bits of the hash of a series' labels.</summary>
    public uint HashOf(int series) => U32(BlockSection.Hashes, series);

    /// <summary>Marks the series of a pair in a bitmap that has a bit for each series.</summary>
    public void Mark(int pair, Span<ulong> bitmap)
    {
        try
        {
            BlockPostings.Mark(Section(BlockSection.Postings)[(int)U32(BlockSection.Pairs, (2 * pair) + 1)..], bitmap);
        }
        catch (FormatException e)
        {
            throw new CorruptDataException(Path, StartOf(BlockSection.Postings), e.Message);
        }
    }

    /// <summary>A hash of all names: that of another block is the same where it has the same names. Kept once it was asked for.</summary>
    public ulong HashOfNames()
    {
        ulong hash = Volatile.Read(ref _namesHash);
        if (hash == 0)
        {
            string?[] texts = TextCache();
            hash = NameCount == 0 ? 1 : HashOf(Enumerable.Range(0, NameCount).Select(name => NameText(name, texts)));
            Volatile.Write(ref _namesHash, hash);
        }

        return hash;
    }

    /// <summary>The same of all values of a name.</summary>
    public ulong HashOfValues(int name)
    {
        ulong hash = Volatile.Read(ref _valueHashes[name]);
        if (hash == 0)
        {
            string?[] texts = TextCache();
            (int first, int end) = PairsOf(name);
            hash = HashOf(Enumerable.Range(first, end - first).Select(pair => ValueText(pair, texts)));
            Volatile.Write(ref _valueHashes[name], hash);
        }

        return hash;
    }

    /// <summary>
    /// A bit for each series, set for those that have a label. Kept once it was asked for: the parts of a distributed plan ask for
    /// <c>instance</c> with every query.
    /// </summary>
    public ReadOnlySpan<ulong> Having(int name)
    {
        ulong[]? having = Volatile.Read(ref _having[name]);
        if (having is null)
        {
            having = new ulong[(SeriesCount + 63) / 64];
            (int first, int end) = PairsOf(name);
            for (int pair = first; pair < end; pair++)
            {
                Mark(pair, having);
            }

            Volatile.Write(ref _having[name], having);
        }

        return having;
    }

    /// <summary>What tombstones delete of it; null where they delete nothing. Found once for each list of them.</summary>
    public DeletedInBlock? DeletedBy(TombstoneList tombstones, CancellationToken cancel)
    {
        if (tombstones.LastNumber <= TombstonesApplied || tombstones.Count == 0)
        {
            return null;
        }

        DeletedInBlock? known = Volatile.Read(ref _deleted);
        if (!ReferenceEquals(known?.By, tombstones))
        {
            known = DeletedInBlock.Find(this, tombstones, cancel);
            Volatile.Write(ref _deleted, known);
        }

        return known!.Needed.Count == 0 ? null : known;
    }

    /// <summary>Where the bytes of a chunk lie in the file; of a compressed one those of its piece.</summary>
    public long PlaceOf(in BlockChunk chunk) => _pieces is { } pieces && pieces.TryFind(chunk, out PieceExtent piece) ? piece.FileStart : chunk.Offset;

    /// <summary>The bytes of a chunk; false where they are damaged.</summary>
    /// <param name="chunk">Of this block.</param>
    /// <param name="lease">The reader's: the bytes stay as long as it is not given another chunk, nor ends.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <exception cref="CorruptDataException">The block says of it what cannot be.</exception>
    public bool TryBytes(in BlockChunk chunk, scoped ref PieceLease lease, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_pieces is { } pieces)
        {
            return TryBytes(pieces, chunk, ref lease, out bytes);
        }

        if (chunk.Length < 0 || chunk.Offset < BlockFormat.HeadBytes || (long)chunk.Offset + chunk.Length > _trailer.Start(BlockSection.Meta))
        {
            throw new CorruptDataException(Path, chunk.Offset, "a chunk lies outside its place");
        }

        if (!AreSound(chunk.Offset, chunk.Length))
        {
            return false;
        }

        bytes = _bytes.Bytes.Slice(chunk.Offset, chunk.Length);
        return true;
    }

    /// <summary>Appends the whole file to another.</summary>
    /// <exception cref="CorruptDataException">It is damaged: a copy would pass for sound until it is read.</exception>
    public void CopyTo(IFile file)
    {
        const int piece = 1 << 20;
        Verify();
        for (int at = 0; at < _bytes.Bytes.Length; at += piece)
        {
            file.Append(_bytes.Bytes.Slice(at, Math.Min(piece, _bytes.Bytes.Length - at)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _bytes.Dispose();

    private static ulong HashOf(IEnumerable<string> texts)
    {
        ulong hash = 0;
        foreach (string text in texts)
        {
            // Never zero, and a list is no prefix of another: each text counts with those before it.
            hash = (BitOperations.RotateLeft(hash, 23) * 0x9E3779B97F4A7C15UL) + XxHash64.Of(MemoryMarshal.AsBytes(text.AsSpan())) + 1;
        }

        return hash == 0 ? 1 : hash;
    }

    // Numbers that say how long tables are must fit the tables: nothing is read outside its section.
    private void CheckSizes()
    {
        bool fits = SeriesCount >= 0 && ChunkCount >= SeriesCount && ChunkCount <= ChunksEnd && NameCount >= 0 && PairCount >= 0 && _trailer.Texts >= 0
            && Section(BlockSection.Hashes).Length == 4L * SeriesCount
            && Section(BlockSection.SeriesGroups).Length == 8L * ((SeriesCount + BlockFormat.GroupSeries - 1) / BlockFormat.GroupSeries)
            && Section(BlockSection.Names).Length == 8L * NameCount
            && Section(BlockSection.Pairs).Length == 8L * PairCount
            && Section(BlockSection.TextGroups).Length == 4L * ((_trailer.Texts + BlockFormat.GroupTexts - 1) / BlockFormat.GroupTexts);
        if (!fits)
        {
            throw new CorruptDataException(Path, StartOf(BlockSection.Meta), "the tables of the index have other lengths than they should");
        }
    }

    private void CheckFrames(int from, int end)
    {
        for (int frame = from >> BlockFormat.FrameShift; frame <= (end - 1) >> BlockFormat.FrameShift; frame++)
        {
            if (!IsSound(frame))
            {
                throw new CorruptDataException(Path, (long)frame << BlockFormat.FrameShift, "a checksum is wrong");
            }
        }
    }

    private bool AreSound(int start, int length, bool anew = false)
    {
        int last = (start + Math.Max(0, length - 1)) >> BlockFormat.FrameShift;
        for (int frame = start >> BlockFormat.FrameShift; frame <= last; frame++)
        {
            if (!IsSound(frame, anew))
            {
                return false;
            }
        }

        return true;
    }

    // Looked at once, unless it is asked for anew.
    private bool IsSound(int frame, bool anew = false)
    {
        int bit = 1 << (frame & 31);
        if (!anew && (Volatile.Read(ref _sound[frame >> 5]) & bit) != 0)
        {
            return true;
        }

        ReadOnlySpan<byte> file = _bytes.Bytes;
        int framesAt = _trailer.Start(BlockSection.Frames);
        int start = frame << BlockFormat.FrameShift;
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(file[(framesAt + (4 * frame))..]);
        if (Crc32C.Of(file[start..Math.Min(start + BlockFormat.FrameBytes, framesAt)]) == expected)
        {
            Interlocked.Or(ref _sound[frame >> 5], bit);
            return true;
        }

        Interlocked.And(ref _sound[frame >> 5], ~bit);
        if ((Interlocked.Or(ref _damaged[frame >> 5], bit) & bit) == 0)
        {
            Interlocked.Increment(ref _damagedFrames);
            StorageMetrics.BlockFramesDamaged.Add(1);
        }

        return false;
    }

    private uint U32(BlockSection section, int index) =>
        BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Bytes[(_trailer.Start(section) + (4 * index))..]);
}
