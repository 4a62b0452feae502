using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// A shard as it was after a batch: sees whole batches only, and does not change while the shard goes on.
/// Safe for many readers at once. Dispose it when done; its cursors keep what they need until they are disposed.
/// </summary>
/// <remarks>A view that is forgotten is let go by the collector, late; until then the shard gives no memory back.</remarks>
public sealed class ShardView : ISeriesSource, IDisposable
{
    private readonly LabelIndex _index;
    private readonly Lock _missedLock = new();
    private List<MissingSamples> _missed = [];
    private int _disposed;

    internal ShardView(ShardId shard, SeriesTable table, LabelIndex index, ByteArena arena, ViewPin pin)
    {
        Shard = shard;
        _index = index;
        Pin = pin;
        Reader = new SlotReader(table, index, arena, pin);
    }

    // Serves those who forget to dispose; nothing else may depend on it.
    ~ShardView() => Dispose();

    /// <summary>Whose view.</summary>
    public ShardId Shard { get; }

    /// <summary>The last batch it sees: the watermark.</summary>
    public long Seq => Pin.Seq;

    internal ViewPin Pin { get; }

    internal SlotReader Reader { get; }

    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel)
    {
        ThrowIfDisposed();
        cancel.ThrowIfCancellationRequested();
        NoteSetAside(request.Range, request.Rollup is { } wanted ? wanted.Ends : request.ListsRollups ? request.Range : null);
        if (request.ListsRollups && RollupListing.PartsFor(Pin, request.Range) is { Count: > 0 } parts)
        {
            return Held(() => new RollupListingCursor(this, parts, request, cancel));
        }

        return request.Rollup is { } rollup && RollupCursor.LevelFor(rollup, Pin) is { } level
            ? Held(() => new RollupCursor(this, level, rollup, request, cancel))
            : SelectSamples(request, cancel);
    }

    /// <summary>The same from samples alone, whatever rollups there are.</summary>
    internal SeriesCursor SelectSamples(SelectRequest request, CancellationToken cancel)
    {
        List<Block> blocks = Pin.Blocks.Overlapping(Pin.Clip(request.Range));
        return Held(() => blocks.Count > 0
            ? new JoinedCursor(Reader, Pin, _index, blocks, request, cancel)
            : new ShardCursor(Reader, Pin, MatcherPlan.Run(_index, Reader, request.Matchers, cancel), request, cancel));
    }

    /// <summary>How many series satisfy the matchers and may have samples in the range; decodes nothing.</summary>
    public int CountSeries(IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel)
    {
        ThrowIfDisposed();
        int count = 0;
        if (Pin.Blocks.Overlapping(Pin.Clip(range)).Count > 0)
        {
            using SeriesCursor cursor = Select(new SelectRequest(matchers, range), cancel);
            while (cursor.MoveNext())
            {
                count++;
            }

            return count;
        }

        using SlotList slots = MatcherPlan.Run(_index, Reader, matchers, cancel);
        foreach (int slot in slots.Slots)
        {
            count += Reader.Sees(slot, range) ? 1 : 0;
        }

        GC.KeepAlive(this);
        return count;
    }

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        ThrowIfDisposed();

        // Blocks first: theirs cost a look at their index, and what they name the head need not look for in its series.
        OverBlocks(range, block => BlockMatching.AddNames(block, matchers, into, cancel));
        LabelQuery.AddNames(_index, Reader, matchers, range, into, cancel);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        ThrowIfDisposed();

        OverBlocks(range, block => BlockMatching.AddValues(block, name, matchers, into, cancel));
        LabelQuery.AddValues(_index, Reader, name, matchers, range, into, cancel);
        GC.KeepAlive(this);
    }

    /// <summary>Chunks of blocks that could not be read through this view because their bytes are damaged: what was read has a hole there.</summary>
    public int ChunksDamaged => Pin.ChunksDamaged;

    /// <summary>What was damaged and may have had samples in a range that was read through this view: what was read lacks theirs.</summary>
    public IReadOnlyList<MissingSamples> Missing => Volatile.Read(ref _missed);

    /// <summary>Which labels, metrics and targets of the head cost what.</summary>
    /// <param name="matchers">Which series count; all where there are none.</param>
    /// <param name="focus">The label whose values are wanted; empty for none.</param>
    /// <param name="topCount">Entries of each list at most.</param>
    /// <param name="cancel">Gives up.</param>
    public Cardinality Cardinality(IReadOnlyList<Matcher> matchers, string focus, int topCount, CancellationToken cancel)
    {
        ThrowIfDisposed();
        Cardinality cardinality = Storage.Cardinality.Of(_index, Reader, matchers, focus, topCount, cancel);
        GC.KeepAlive(this);
        return cardinality;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Pin.Release();
            GC.SuppressFinalize(this);
        }
    }

    // While the samples of its time are there, nothing is read of a rollup that they do not say as well.
    private void NoteSetAside(TimeRange range, TimeRange? rollups)
    {
        ViewParts parts = Pin.Parts;
        if (parts.SetAside.Count == 0 && parts.RollupsSetAside.Count == 0)
        {
            return;
        }

        TimeRange read = Pin.Clip(range);
        IEnumerable<MissingSamples> missed = parts.SetAside.Where(missing => missing.Overlaps(read));
        if (rollups is { } ends)
        {
            var gone = ends with { Through = Math.Min(ends.Through, RollupListing.GoneBefore(Pin) - 1) };
            missed = missed.Concat(parts.RollupsSetAside.Where(missing => gone.Through > gone.After && missing.Overlaps(gone)));
        }

        lock (_missedLock)
        {
            Volatile.Write(ref _missed, [.. _missed.Union(missed)]);
        }
    }

    // A cursor that holds the pin: from before it is made, so that what it looks at meanwhile stays, and not at all where it is not made.
    private SeriesCursor Held(Func<SeriesCursor> make)
    {
        if (!Pin.TryHold())
        {
            throw new ObjectDisposedException(nameof(ShardView));
        }

        try
        {
            return make();
        }
        catch
        {
            Pin.Release();
            throw;
        }
    }

    private void OverBlocks(TimeRange range, Action<Block> read)
    {
        NoteSetAside(range, range);
        List<Block> blocks = Pin.Blocks.Overlapping(Pin.Clip(range));
        blocks.AddRange(RollupListing.PartsFor(Pin, range).Select(static part => part.Block));
        if (blocks.Count == 0)
        {
            return;
        }

        // A block that is let go while it is read would take the process with it: whoever disposes the view too early gets an exception.
        if (!Pin.TryHold())
        {
            throw new ObjectDisposedException(nameof(ShardView));
        }

        try
        {
            foreach (Block block in blocks)
            {
                read(block);
            }
        }
        finally
        {
            Pin.Release();
        }
    }

    private void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
}
