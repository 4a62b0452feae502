using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>Where the pieces of a compressed block lie, and what of them is unpacked. From any thread.</summary>
internal sealed class BlockPieces
{
    // What a piece takes in the table at least: its two lengths and its checksum.
    private const int EntryBytesMin = 6;

    private readonly PieceExtent[] _extents;
    private readonly Piece?[] _shelf;
    private readonly PieceCache _cache;

    private BlockPieces(PieceExtent[] extents, PieceCache cache)
    {
        _extents = extents;
        _shelf = new Piece?[extents.Length];
        _cache = cache;
    }

    /// <summary>Bytes of all of them before compression.</summary>
    public long Bytes => _extents.Length == 0 ? 0 : (long)_extents[^1].Start + _extents[^1].Length;

    /// <summary>All of them, one behind the other.</summary>
    public ReadOnlySpan<PieceExtent> Extents => _extents;

    /// <summary>Reads their table.</summary>
    /// <param name="reader">Stands at it.</param>
    /// <param name="end">Where the last of them ends in the file.</param>
    /// <param name="cache">Holds what is unpacked.</param>
    /// <exception cref="FormatException">It makes no sense.</exception>
    public static BlockPieces Read(ref ByteReader reader, int end, PieceCache cache)
    {
        var extents = new PieceExtent[reader.Count(int.MaxValue, EntryBytesMin)];
        long start = 0;
        long at = BlockFormat.HeadBytes;
        for (int i = 0; i < extents.Length; i++)
        {
            int length = reader.Count(int.MaxValue, 0);
            int fileLength = reader.Count(int.MaxValue, 0);
            extents[i] = new PieceExtent(i, (int)start, length, (int)at, fileLength, reader.UInt32());
            start += length;
            at += fileLength;
            if (start > int.MaxValue || at > end || length == 0 || fileLength == 0 || fileLength > length || (fileLength < length && length > BlockFormat.PieceBytesMax))
            {
                throw new FormatException("the pieces of the block do not fit it");
            }
        }

        return at == end ? new BlockPieces(extents, cache) : throw new FormatException("the pieces of the block are not all that is there");
    }

    /// <summary>Appends their table.</summary>
    public static void Write(ByteWriter to, IReadOnlyList<PieceExtent> extents)
    {
        to.Varint(extents.Count);
        foreach (PieceExtent extent in extents)
        {
            to.Varint(extent.Length);
            to.Varint(extent.FileLength);
            to.UInt32(extent.Crc);
        }
    }

    /// <summary>The piece that a chunk lies in.</summary>
    /// <returns>False where it lies in none.</returns>
    public bool TryFind(in BlockChunk chunk, out PieceExtent extent)
    {
        int low = 0;
        int high = _extents.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            (low, high) = _extents[middle].Start <= chunk.Offset ? (middle, high) : (low, middle - 1);
        }

        extent = _extents.Length == 0 ? default : _extents[low];
        return chunk.Length >= 0 && chunk.Offset >= extent.Start && (long)chunk.Offset + chunk.Length <= (long)extent.Start + extent.Length;
    }

    /// <summary>A compressed piece as it was before.</summary>
    /// <param name="extent">Which.</param>
    /// <param name="packed">Its bytes in the file.</param>
    /// <param name="lease">Holds it from now on.</param>
    /// <exception cref="FormatException">The bytes are not those of such a piece.</exception>
    public ReadOnlySpan<byte> Unpack(scoped in PieceExtent extent, scoped ReadOnlySpan<byte> packed, scoped ref PieceLease lease)
    {
        if (lease.TryBytes(this, extent.Index, out ReadOnlySpan<byte> held))
        {
            return held;
        }

        lease.Dispose();
        if (Volatile.Read(ref _shelf[extent.Index]) is { } there && there.TryRead(_shelf, extent.Index))
        {
            lease.Hold(this, extent.Index, there);
            return there.Bytes;
        }

        Piece piece = _cache.Take();
        lease.Hold(this, extent.Index, piece);
        try
        {
            piece.Fill(packed, extent.Length, extent.Crc);
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        StorageMetrics.PiecesUnpacked.Add(1);
        piece.PutOn(_shelf, extent.Index);
        return piece.Bytes;
    }
}

/// <summary>Where a piece of a block lies.</summary>
/// <param name="Index">The how manieth it is.</param>
/// <param name="Start">Bytes of all chunks before it, before compression.</param>
/// <param name="Length">Its bytes before compression.</param>
/// <param name="FileStart">Where it begins in the file.</param>
/// <param name="FileLength">Bytes there; as many as before compression where it is not compressed.</param>
/// <param name="Crc">Checksum of the bytes before compression.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PieceExtent(int Index, int Start, int Length, int FileStart, int FileLength, uint Crc)
{
    /// <summary>Whether it lies in the file as it is.</summary>
    public bool IsPlain => FileLength == Length;

    /// <summary>Checks its bytes in the file.</summary>
    /// <param name="written">These.</param>
    /// <param name="room">Takes what is unpacked.</param>
    /// <exception cref="FormatException">They are not what was to be written.</exception>
    public void Check(ReadOnlySpan<byte> written, Piece room)
    {
        if (!IsPlain)
        {
            room.Fill(written, Length, Crc);
        }
        else if (Crc32C.Of(written) != Crc)
        {
            throw new FormatException("a piece is not what was written");
        }
    }
}
