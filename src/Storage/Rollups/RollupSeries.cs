using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Reads the buckets that a block of rollups has of one series: its chunks are those of the first column, oldest first, then those of the next.</summary>
internal sealed class RollupSeries : IDisposable
{
    /// <summary>A bit for each column.</summary>
    public const int AllColumns = (1 << RollupColumns.ColumnCount) - 1;

    private readonly SampleColumns _column = new();
    private PieceLease _lease;

    /// <summary>Appends the buckets that end in a range.</summary>
    /// <param name="reader">Stands on the series.</param>
    /// <param name="ends">Which buckets.</param>
    /// <param name="columns">A bit for each column to read; the others are left as they are.</param>
    /// <param name="into">Behind what is there.</param>
    /// <returns>Chunks passed over because their bytes, or those of another column of the same buckets, are damaged.</returns>
    /// <exception cref="CorruptDataException">The block is not what was written.</exception>
    public int Read(BlockSeriesReader reader, TimeRange ends, int columns, RollupColumns into)
    {
        ReadOnlySpan<BlockChunk> chunks = reader.Chunks;
        int parts = chunks.Length / RollupColumns.ColumnCount;
        if (parts * RollupColumns.ColumnCount != chunks.Length)
        {
            throw new CorruptDataException(reader.Block.Path, reader.Block.PlaceOf(chunks[0]), "a series of rollups has not the same chunks for all columns");
        }

        int damaged = 0;
        for (int part = 0; part < parts; part++)
        {
            if (!ends.Overlaps(chunks[part].FirstTime, chunks[part].LastTime))
            {
                continue;
            }

            int bad = 0;
            for (int column = 0; column < RollupColumns.ColumnCount; column++)
            {
                bad += IsRead(columns, column) && !reader.Block.TryBytes(chunks[(column * parts) + part], ref _lease, out _) ? 1 : 0;
            }

            damaged += bad;
            if (bad == 0)
            {
                ReadPart(reader, chunks, parts, part, ends, columns, into);
            }
        }

        return damaged;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lease.Dispose();
        _column.Dispose();
    }

    private static bool IsRead(int columns, int column) => column == (int)RollupColumn.Count || (columns & (1 << column)) != 0;

    private void ReadPart(
        BlockSeriesReader reader, ReadOnlySpan<BlockChunk> chunks, int parts, int part, TimeRange ends, int columns, RollupColumns into)
    {
        int first = 0;
        int count = 0;
        for (int column = 0; column < RollupColumns.ColumnCount; column++)
        {
            if (!IsRead(columns, column))
            {
                continue;
            }

            BlockChunk chunk = chunks[(column * parts) + part];
            reader.Block.TryBytes(chunk, ref _lease, out ReadOnlySpan<byte> bytes);
            _column.Clear();
            try
            {
                ChunkDecoder.Read(chunk.Encoding, bytes, chunk.FirstTime, chunk.Count, ends, _column);
            }
            catch (FormatException e)
            {
                // The checksum is right, so these are the bytes that were written: ours is the fault, and not to be hidden.
                throw new CorruptDataException(reader.Block.Path, reader.Block.PlaceOf(chunk), e.Message);
            }

            if (column == 0)
            {
                count = _column.Count;
                first = into.Add(_column.Times);
            }
            else if (_column.Count != count)
            {
                throw new CorruptDataException(reader.Block.Path, reader.Block.PlaceOf(chunk), "columns of rollups have different lengths");
            }

            into.Set((RollupColumn)column, first, _column.Values);
        }
    }
}
