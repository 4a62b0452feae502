using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Walks the series that a request found in the head and in blocks of a view, each series once. The samples of a series are those of
/// its blocks one behind the other, then those of the head that are later than all of them: what was sealed may still be in the
/// head, and is then in both. Samples that came late lie anywhere among them.
/// </summary>
internal sealed class JoinedCursor : SeriesCursor
{
    private const int CancelEvery = 256;

    private readonly SlotReader _reader;
    private readonly ViewPin _pin;
    private readonly SelectRequest _request;
    private readonly TimeRange _whole;
    private readonly bool _divides;
    private readonly CancellationToken _cancel;
    private readonly BlockSeriesReader[] _blocks;
    private readonly SeriesJoin _join;
    private readonly PartsOfSeries _parts = new();
    private TimeRange _range;
    private int _next;
    private int _found;
    private bool _hasHead;
    private int _head;
    private SeriesSlot _slot;
    private int _visible;
    private long _blockedThrough;
    private Labels? _labels;
    private bool _holds;
    private bool _disposed;

    /// <param name="reader">Reads the head.</param>
    /// <param name="pin">Held for the cursor, which lets it go; where the constructor throws, the caller does.</param>
    /// <param name="index">Of the head.</param>
    /// <param name="blocks">Those of the view that may have samples in the range.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancel">Gives up.</param>
    public JoinedCursor(
        SlotReader reader, ViewPin pin, LabelIndex index, IReadOnlyList<Block> blocks, SelectRequest request, CancellationToken cancel)
    {
        _reader = reader;
        _pin = pin;
        _request = request;
        _whole = _range = pin.Clip(request.Range);
        _divides = pin.Parts.Cut.Divides(_whole);
        _cancel = cancel;
        _blocks = [.. blocks.Select(block => new BlockSeriesReader(block, block.DeletedBy(pin.Parts.Tombstones, cancel)))];
        _join = new SeriesJoin(reader, _blocks);
        for (int i = 0; i < _blocks.Length; i++)
        {
            using SlotList series = BlockMatching.Find(_blocks[i].Block, request.Matchers, cancel);
            _join.AddBlock(i, series.Slots);
        }

        using SlotList slots = MatcherPlan.Run(index, reader, request.Matchers, cancel);
        _join.AddHead(slots.Slots);

        // Last: the finalizer runs also for a cursor that was not finished.
        _holds = true;
    }

    // Serves those who forget to dispose.
    ~JoinedCursor() => Dispose(false);

    /// <inheritdoc/>
    public override Labels Labels => _labels ??= _join.LabelsOf(_next - 1);

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _labels = null;
        if (_request.SeriesMax > 0 && _found == _request.SeriesMax)
        {
            return false;
        }

        while (_next < _join.Count)
        {
            if (_next % CancelEvery == 0)
            {
                _cancel.ThrowIfCancellationRequested();
            }

            if (StandOn(_next++))
            {
                _found++;
                GC.KeepAlive(this);
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Read(SampleColumns into)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_hasHead && _reader.LateOf(_head) is { } late)
        {
            using var unsorted = new SampleColumns();
            ReadInOrder(unsorted);
            late.Read(_range, unsorted);
            SampleOrder.AppendSorted(unsorted, into);
        }
        else
        {
            ReadInOrder(into);
        }

        // Collected while it reads, it would let go of what it reads.
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            if (disposing)
            {
                _parts.Dispose();
            }

            if (_holds)
            {
                _pin.Release();
            }
        }
    }

    private void ReadInOrder(SampleColumns into)
    {
        TimeRange ofHead = _range with { After = Math.Max(_range.After, _blockedThrough) };
        if (_request.NewestOnly && _hasHead && _reader.TryReadNewest(_head, _slot, _visible, ofHead, into))
        {
            return;
        }

        if (_parts.Count > 0)
        {
            _pin.NoteDamage(_parts.Read(_range, into, _request.NewestOnly && !_hasHead));
        }

        if (_hasHead)
        {
            _reader.ReadSamples(_head, _slot, _visible, ofHead, into);
        }
    }

    private bool StandOn(int entry)
    {
        _parts.Clear();
        _hasHead = false;
        _blockedThrough = long.MinValue;
        _head = -1;
        if (_divides)
        {
            // Series expire one by one: only then their labels are looked at.
            _labels = _join.LabelsOf(entry);
            _range = _pin.Parts.Cut.Clip(_whole, _labels);
        }

        for (int part = _join.FirstPart(entry); part >= 0; part = _join.NextPart(part))
        {
            (int source, int number) = _join.Part(part);
            if (source == SeriesJoin.Head)
            {
                _head = number;
                continue;
            }

            BlockSeriesReader reader = _blocks[source];
            reader.MoveTo(number);
            _blockedThrough = Math.Max(_blockedThrough, reader.LastTime);
            if (reader.Overlaps(_range))
            {
                _parts.Add(reader);
            }
        }

        if (_head >= 0)
        {
            _hasHead = _reader.TryRead(_head, _range, out _slot, out _visible, _blockedThrough);
        }

        return _hasHead || _parts.Count > 0;
    }
}
