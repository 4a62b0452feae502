using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Walks the series a request found in a view.</summary>
internal sealed class ShardCursor(SlotReader reader, ViewPin pin, SlotList slots, SelectRequest request, CancellationToken cancel)
    : SeriesCursor
{
    private const int CancelEvery = 256;

    private int _next;
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

            if (reader.TryRead(found[_next++], request.Range, out _slot, out _visible))
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
        if (!request.NewestOnly || !SlotReader.TryReadNewest(_slot, _visible, request.Range, into))
        {
            reader.ReadSamples(_slot, _visible, request.Range, into);
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
                slots.Dispose();
            }

            pin.Release();
        }
    }
}
