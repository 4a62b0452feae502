using System.IO.Compression;

namespace Pleiad.Storage;

/// <summary>Room for one piece of a compressed block as it was before compression. Readers share it; it is filled anew when nobody reads it.</summary>
/// <param name="isKept">Whether the cache keeps it; otherwise it is its first reader's alone, and nobody else finds it.</param>
internal sealed class Piece(bool isKept)
{
    private const int Claimed = -1;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockFormat.PieceBytesMax);
    private Piece?[]? _shelf;
    private int _place;
    private int _length;

    // Whoever makes or claims one is its first reader.
    private int _readers = 1;
    private bool _wasRead;

    /// <summary>What is in it. Only for its readers.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Unpacks a piece into it. Only for the one who has it for himself.</summary>
    /// <exception cref="FormatException">The bytes are not those of such a piece.</exception>
    public void Fill(ReadOnlySpan<byte> packed, int length, uint crc)
    {
        if (!BrotliDecoder.TryDecompress(packed, _bytes.AsSpan(0, length), out int written) || written != length || Crc32C.Of(_bytes.AsSpan(0, length)) != crc)
        {
            throw new FormatException("a compressed piece is not what was written");
        }

        _length = length;
    }

    /// <summary>Puts it where others find it, unless the same piece is there already or the cache does not keep it.</summary>
    public void PutOn(Piece?[] shelf, int place)
    {
        if (!isKept)
        {
            return;
        }

        // What is read once, as a merge does, goes before what is read again and again.
        _place = place;
        _wasRead = false;
        Volatile.Write(ref _shelf, shelf);
        if (Interlocked.CompareExchange(ref shelf[place], this, null) is not null)
        {
            _shelf = null;
        }
    }

    /// <summary>Begins to read it, if it still is what it was when it was found.</summary>
    public bool TryRead(Piece?[] shelf, int place)
    {
        int readers = Volatile.Read(ref _readers);
        while (readers != Claimed)
        {
            int seen = Interlocked.CompareExchange(ref _readers, readers + 1, readers);
            if (seen != readers)
            {
                readers = seen;
                continue;
            }

            // Between being found and this it may have been filled with another one.
            if (Volatile.Read(ref _shelf) == shelf && _place == place)
            {
                _wasRead = true;
                return true;
            }

            EndReading();
            return false;
        }

        return false;
    }

    /// <summary>Ends what <see cref="TryRead"/>, making it or claiming it began.</summary>
    public void EndReading() => Interlocked.Decrement(ref _readers);

    /// <summary>Takes it away from where it is, if nobody reads it.</summary>
    /// <param name="spareRead">Not if it was read since the last time this was asked.</param>
    public bool TryClaim(bool spareRead)
    {
        if (Interlocked.CompareExchange(ref _readers, Claimed, 0) != 0)
        {
            return false;
        }

        if (spareRead && _wasRead)
        {
            _wasRead = false;
            Volatile.Write(ref _readers, 0);
            return false;
        }

        if (_shelf is { } shelf)
        {
            Interlocked.CompareExchange(ref shelf[_place], null, this);
            _shelf = null;
        }

        Volatile.Write(ref _readers, 1);
        return true;
    }
}
