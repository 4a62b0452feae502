using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Walks the series a request found in a view.</summary>
internal sealed class ShardCursor(SlotReader reader, ViewPin pin, SlotList slots, SelectRequest request, CancellationToken cancel)
    : SeriesCursor
{
    private const int CancelEvery = 256;

    // Series expire one by one: only then their labels are looked at.
    private readonly bool _divides = pin.Parts.Cut.Divides(request.Range);
    private TimeRange _range = request.Range;
    private int _next;
    private int _number;
    private int _found;
    private SeriesSlot _slot;
    private int _visible;
    private Labels? _labels;
    private bool _disposed;

    // Serves those who forget to dispose.
    ~ShardCursor() => Dispose(false);

    /// <inheritdoc/>
    public override Labels Labels => _labels ??= reader.LabelsOf(_slot);

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _labels = null;
        ReadOnlySpan<int> found = slots.Slots;
        if (request.SeriesMax > 0 && _found == request.SeriesMax)
        {
            return false;
        }

        while (_next < found.Length)
        {
            if (_next % CancelEvery == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            _number = found[_next++];
            if (reader.TryRead(_number, request.Range, out _slot, out _visible) && (!_divides || IsLeft()))
            {
                _found++;
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Read(SampleColumns into)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!request.NewestOnly || !reader.TryReadNewest(_number, _slot, _visible, _range, into))
        {
            if (reader.LateOf(_number) is { } late)
            {
                using var unsorted = new SampleColumns();
                reader.ReadSamples(_number, _slot, _visible, _range, unsorted);
                late.Read(pin.Clip(_range), unsorted);
                SampleOrder.AppendSorted(unsorted, into);
            }
            else
            {
                reader.ReadSamples(_number, _slot, _visible, _range, into);
            }
        }

        // Collected while it reads, it would let go of what it reads.
        GC.KeepAlive(this);
    }

    private bool IsLeft()
    {
        _labels = reader.LabelsOf(_slot);
        _range = pin.Parts.Cut.Clip(request.Range, _labels);
        return reader.TryRead(_number, _range, out _slot, out _visible);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            if (disposing)
            {
                slots.Dispose();
            }

            pin.Release();
        }
    }
}
