namespace Pleiad.Storage;

/// <content>What the writer hands out to readers.</content>
public sealed partial class Shard
{
    /// <summary>
    /// An immutable view of what is applied now, taken in constant time. Read it from any thread; dispose it, for while it lives
    /// nothing it sees is given back.
    /// </summary>
    public ShardView View() => Over(_reclaimer.Pin(AppliedSeq, AcceptFrom, _parts, NewestTime));

    /// <summary>The same for a query, laid out for others: until the next change they get it by <see cref="TryView"/>, and so after changes while they do.</summary>
    public ShardView PublishView()
    {
        ViewPin pin = _reclaimer.Pin(AppliedSeq, AcceptFrom, _parts, NewestTime);
        pin.IsWanted = true;
        _reclaimer.Publish(pin);
        return Over(pin);
    }

    /// <summary>From any thread, without the writer: a view of all that is applied; null where none is laid out, and the writer has to be asked.</summary>
    public ShardView? TryView() => _reclaimer.TryTake() is { } pin ? Over(pin) : null;

    /// <summary>From here on queries ask the writer until a view is laid out again. For changes that do not begin with giving back what no view needs.</summary>
    public void WithdrawView() => _reclaimer.Refresh();

    private ShardView Over(ViewPin pin) => new(Id, _table, _index, _arena, pin);

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
        Blocks.Blocks.Count,
        Blocks.Bytes);
}

/// <summary>Figures of one head.</summary>
/// <param name="Series">Series held.</param>
/// <param name="LabelPairs">Different label pairs.</param>
/// <param name="SealedChunks">Chunks that never change any more.</param>
/// <param name="ArenaBytesUsed">Bytes of chunks and label lists.</param>
/// <param name="ArenaBytesReserved">Bytes taken from the system for them.</param>
/// <param name="NewestTimeMs">The newest sample; <see cref="long.MinValue"/> for none.</param>
/// <param name="ViewsAlive">Views, counted once for each state of the shard they see, the one laid out for queries included.</param>
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
