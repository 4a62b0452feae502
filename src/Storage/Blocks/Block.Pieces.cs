namespace Pleiad.Storage;

/// <content>Where the chunks of a block are compressed: its pieces.</content>
internal sealed partial class Block
{
    private void CheckPieces()
    {
        if (_pieces is null)
        {
            return;
        }

        // Beside the cache, which is for those who read again.
        var room = new Piece(isKept: false);
        foreach (PieceExtent piece in _pieces.Extents)
        {
            try
            {
                piece.Check(_bytes.Bytes.Slice(piece.FileStart, piece.FileLength), room);
            }
            catch (FormatException e)
            {
                throw new CorruptDataException(Path, piece.FileStart, e.Message);
            }
        }
    }

    private bool TryBytes(BlockPieces pieces, in BlockChunk chunk, scoped ref PieceLease lease, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!pieces.TryFind(chunk, out PieceExtent piece))
        {
            throw new CorruptDataException(Path, StartOf(BlockSection.Series), "a chunk lies in no piece");
        }

        if (!lease.TryBytes(pieces, piece.Index, out ReadOnlySpan<byte> plain))
        {
            if (!AreSound(piece.FileStart, piece.FileLength) || !TryBytesOf(piece, ref lease, out plain))
            {
                return false;
            }
        }

        bytes = plain.Slice(chunk.Offset - piece.Start, chunk.Length);
        return true;
    }

    // As it was before compression; false where what was sound once is not any more.
    private bool TryBytesOf(scoped in PieceExtent piece, scoped ref PieceLease lease, out ReadOnlySpan<byte> bytes)
    {
        bytes = _bytes.Bytes.Slice(piece.FileStart, piece.FileLength);
        try
        {
            bytes = piece.IsPlain ? bytes : _pieces!.Unpack(piece, bytes, ref lease);
            return true;
        }
        catch (FormatException e)
        {
            if (!AreSound(piece.FileStart, piece.FileLength, anew: true))
            {
                return false;
            }

            // The checksums are right, so these are the bytes that were written: ours is the fault, and not to be hidden.
            throw new CorruptDataException(Path, piece.FileStart, e.Message);
        }
    }
}
