namespace Pleiad.Storage;

/// <summary>The pieces of compressed blocks that were read last, as they were before compression. For all blocks of a node, from any thread.</summary>
/// <remarks>
/// Which one goes is found by the clock: F. J. Corbató, "A paging experiment with the Multics system", 1969. Beyond the limit a reader gets room of its
/// own where all pieces are being read: one for each thread that reads.
/// </remarks>
/// <param name="bytesMax">Bytes they may take; each takes <see cref="BlockFormat.PieceBytesMax"/>.</param>
public sealed class PieceCache(long bytesMax = PieceCache.BytesMaxDefault)
{
    /// <summary>Bytes where nothing else is said.</summary>
    public const long BytesMaxDefault = 64L << 20;

    // Where memory is short one in so many bytes is left.
    private const int SmallShare = 16;

    private readonly Lock _lock = new();
    private readonly List<Piece> _pieces = [];
    private long _bytesMax = bytesMax;
    private bool _isSmall;
    private int _piecesMax = PiecesOf(bytesMax);
    private int _hand;

    /// <summary>Bytes they may take now.</summary>
    public long BytesMax => (long)Volatile.Read(ref _piecesMax) * BlockFormat.PieceBytesMax;

    /// <summary>Bytes they take now.</summary>
    public long Bytes => (long)Count * BlockFormat.PieceBytesMax;

    private int Count
    {
        get
        {
            lock (_lock)
            {
                return _pieces.Count;
            }
        }
    }

    /// <summary>Sets how many bytes they may take. Where they take more, those that nobody reads go at once, the others as further ones are asked for.</summary>
    public void LimitTo(long bytes)
    {
        lock (_lock)
        {
            _bytesMax = bytes;
            Limit();
        }
    }

    /// <summary>Whether memory is short: then they take a sixteenth of what they may.</summary>
    public void KeepSmall(bool isSmall)
    {
        lock (_lock)
        {
            _isSmall = isSmall;
            Limit();
        }
    }

    /// <summary>Room for a piece, for the caller alone.</summary>
    internal Piece Take()
    {
        lock (_lock)
        {
            if (_pieces.Count > _piecesMax)
            {
                Shrink();
            }

            if (_pieces.Count < _piecesMax)
            {
                var added = new Piece(isKept: true);
                _pieces.Add(added);
                return added;
            }

            // The first time round it is forgotten what was read since the last.
            for (int looked = 0; looked < 2 * _pieces.Count; looked++)
            {
                _hand = (_hand + 1) % _pieces.Count;
                if (_pieces[_hand].TryClaim(spareRead: true))
                {
                    return _pieces[_hand];
                }
            }
        }

        return new Piece(isKept: false);
    }

    private static int PiecesOf(long bytes) => (int)Math.Clamp(bytes / BlockFormat.PieceBytesMax, 0, int.MaxValue);

    private void Limit()
    {
        _piecesMax = PiecesOf(_isSmall ? _bytesMax / SmallShare : _bytesMax);
        Shrink();
    }

    private void Shrink()
    {
        int excess = _pieces.Count - _piecesMax;
        for (int i = _pieces.Count - 1; i >= 0 && excess > 0; i--)
        {
            if (_pieces[i].TryClaim(spareRead: false))
            {
                _pieces.RemoveAt(i);
                excess--;
            }
        }
    }
}
