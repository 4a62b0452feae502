namespace Pleiad.Storage;

/// <content>What the writer hands out to readers.</content>
public sealed partial class Shard
{
    /// <summary>
    /// An immutable view of what is applied now, taken in constant time. Read it from any thread; dispose it, for while it lives
    /// nothing it sees is given back.
    /// </summary>
    public ShardView View() => new(Id, _table, _index, _arena, _reclaimer.Pin(AppliedSeq, AcceptFrom, _blocks));

    /// <summary>Figures of the head, as they stand.</summary>
    public ShardFigures Figures() => new(
        _table.Count,
        _index.Pairs.Count,
        _appender.SealedCount,
        _arena.BytesUsed,
        _arena.BytesReserved,
        NewestTime,
        _reclaimer.PinCount,
        _appender.UnsavedCount,
        _blocks.Blocks.Count,
        _blocks.Bytes);
}

/// <summary>Figures of one head.</summary>
/// <param name="Series">Series held.</param>
/// <param name="LabelPairs">Different label pairs.</param>
/// <param name="SealedChunks">Chunks that never change any more.</param>
/// <param name="ArenaBytesUsed">Bytes of chunks and label lists.</param>
/// <param name="ArenaBytesReserved">Bytes taken from the system for them.</param>
/// <param name="NewestTimeMs">The newest sample; <see cref="long.MinValue"/> for none.</param>
/// <param name="ViewsAlive">Views, counted once for each state of the shard they see.</param>
/// <param name="UnsavedChunks">Sealed since the last snapshot.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="BlockBytes">Bytes of their files.</param>
public readonly record struct ShardFigures(
    int Series,
    int LabelPairs,
    long SealedChunks,
    long ArenaBytesUsed,
    long ArenaBytesReserved,
    long NewestTimeMs,
    int ViewsAlive,
    int UnsavedChunks,
    int Blocks,
    long BlockBytes);
