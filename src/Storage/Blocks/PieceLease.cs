namespace Pleiad.Storage;

/// <summary>One reader's hold on the piece of a compressed block that it read last: while it is held, its bytes stay.</summary>
internal struct PieceLease : IDisposable
{
    private Piece? _piece;
    private BlockPieces? _of;
    private int _index;

    /// <summary>The bytes of a piece where it is the one that is held.</summary>
    public readonly bool TryBytes(BlockPieces of, int index, out ReadOnlySpan<byte> bytes)
    {
        bool isHeld = ReferenceEquals(_of, of) && _index == index;
        bytes = isHeld ? _piece!.Bytes : default;
        return isHeld;
    }

    /// <summary>Holds a piece that its caller began to read, in place of the one before.</summary>
    public void Hold(BlockPieces of, int index, Piece piece)
    {
        Dispose();
        _piece = piece;
        _of = of;
        _index = index;
    }

    /// <summary>Lets go.</summary>
    public void Dispose()
    {
        _piece?.EndReading();
        _piece = null;
        _of = null;
    }
}
