using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Walks the series that have samples, and behind them those of which only rollups are left. For lists of series: the latter have no samples.</summary>
internal sealed class RollupListingCursor : SeriesCursor
{
    private readonly ShardView _view;
    private readonly SeriesCursor _samples;
    private readonly IReadOnlyList<Matcher> _matchers;
    private readonly CancellationToken _cancel;
    private readonly HashSet<Labels> _seen = [];
    private readonly IEnumerator<Labels> _rolledUp;
    private bool _isBehind;
    private Labels? _labels;
    private bool _holds;

    /// <param name="view">Its pin is held for the cursor, which lets it go; where the constructor throws, the caller does.</param>
    /// <param name="parts">Of the view, from <see cref="RollupListing.PartsFor"/>.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancel">Gives up.</param>
    public RollupListingCursor(ShardView view, IReadOnlyList<RollupPart> parts, SelectRequest request, CancellationToken cancel)
    {
        _view = view;
        _matchers = request.Matchers;
        _cancel = cancel;
        _samples = view.SelectSamples(request with { SeriesMax = 0 }, cancel);
        _rolledUp = parts.SelectMany(Series).GetEnumerator();

        // Last: the finalizer runs also for a cursor that was not finished.
        _holds = true;
    }

    // Serves those who forget to dispose.
    ~RollupListingCursor() => Dispose(false);

    /// <inheritdoc/>
    public override Labels Labels => _labels ?? throw new InvalidOperationException("the cursor stands on no series");

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        _cancel.ThrowIfCancellationRequested();
        _isBehind = _isBehind || !_samples.MoveNext();
        if (!_isBehind)
        {
            _labels = _samples.Labels;
            _seen.Add(_labels);
            return true;
        }

        while (_rolledUp.MoveNext())
        {
            if (_seen.Add(_rolledUp.Current))
            {
                _labels = _rolledUp.Current;
                return true;
            }
        }

        _labels = null;
        return false;
    }

    /// <inheritdoc/>
    public override void Read(SampleColumns into)
    {
        if (!_isBehind)
        {
            _samples.Read(into);
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _samples.Dispose();
            _rolledUp.Dispose();
        }

        if (_holds)
        {
            _holds = false;
            _view.Pin.Release();
        }
    }

    private IEnumerable<Labels> Series(RollupPart part)
    {
        var reader = new BlockSeriesReader(part.Block, part.Block.DeletedBy(_view.Pin.Parts.Tombstones, _cancel));
        long resolutionMs = part.Block.Rollup!.ResolutionMs;
        int[] numbers;
        using (SlotList found = BlockMatching.Find(part.Block, _matchers, _cancel))
        {
            numbers = found.Slots.ToArray();
        }

        foreach (int number in numbers)
        {
            _cancel.ThrowIfCancellationRequested();
            reader.MoveTo(number);
            List<TimeRange> left = RollupSpans.Without([.. part.Ends], reader.Deleted, resolutionMs);
            if (left.Exists(ends => ends.Overlaps(reader.FirstTime, reader.LastTime)))
            {
                yield return reader.Labels();
            }
        }
    }
}
