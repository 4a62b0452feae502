using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Walks the series that have samples or rollups in the range of a request. Of buckets that no rollup covers it makes rollups from the samples, so
/// that the buckets of a series lie one behind the other up to now.
/// </summary>
internal sealed class RollupCursor : SeriesCursor
{
    private const int None = -1;

    private readonly ShardView _view;
    private readonly RollupLevel _level;
    private readonly RollupRequest _rollup;
    private readonly SelectRequest _request;
    private readonly CancellationToken _cancel;
    private readonly SeriesCursor? _raw;
    private readonly RollupPart[] _parts;
    private readonly BlockSeriesReader[] _readers;
    private readonly SeriesJoin _join;
    private readonly List<TimeRange> _gaps;
    private readonly Dictionary<Labels, int> _entries = [];
    private readonly RollupSeries _series = new();
    private readonly RollupFold _fold = new();
    private readonly SampleColumns _samples = new();
    private readonly List<(TimeRange Ends, BlockSeriesReader? Reader)> _spans = [];
    private bool _onRaw;
    private int _entry = None;
    private int _next;
    private readonly bool[] _seen;
    private Labels? _labels;
    private bool _holds;
    private bool _disposed;

    /// <param name="view">Its pin is held for the cursor, which lets it go; where the constructor throws, the caller does.</param>
    /// <param name="level">Of the view, from <see cref="LevelFor"/>.</param>
    /// <param name="rollup">What is wanted of it.</param>
    /// <param name="request">What is wanted of samples.</param>
    /// <param name="cancel">Gives up.</param>
    public RollupCursor(ShardView view, RollupLevel level, RollupRequest rollup, SelectRequest request, CancellationToken cancel)
    {
        _view = view;
        _level = level;
        _rollup = rollup;
        _request = request;
        _cancel = cancel;
        _parts = [.. level.Parts.Where(part => part.Ends.Any(ends => RollupSpans.Common(ends, rollup.Ends) is not null))];
        _readers = [.. _parts.Select(part => new BlockSeriesReader(part.Block, part.Block.DeletedBy(view.Pin.Parts.Tombstones, cancel)))];
        _join = new SeriesJoin(view.Reader, _readers);
        for (int i = 0; i < _parts.Length; i++)
        {
            using SlotList found = BlockMatching.Find(_parts[i].Block, request.Matchers, cancel);
            _join.AddBlock(i, found.Slots);
        }

        _gaps = level.GapsIn(rollup.Ends);
        _seen = new bool[_join.Count];
        if (RawRange() is { } range)
        {
            for (int entry = 0; entry < _join.Count; entry++)
            {
                _entries.Add(_join.LabelsOf(entry), entry);
            }

            _raw = view.SelectSamples(request with { Range = range, Rollup = null, NewestOnly = false, SeriesMax = 0 }, cancel);
        }

        // Last: the finalizer runs also for a cursor that was not finished.
        _holds = true;
    }

    // Serves those who forget to dispose.
    ~RollupCursor() => Dispose(false);

    /// <inheritdoc/>
    public override Labels Labels => _labels ??= _onRaw ? _raw!.Labels : _join.LabelsOf(_entry);

    /// <summary>The rollups that can say something to a request that samples do not say; null for none.</summary>
    public static RollupLevel? LevelFor(RollupRequest rollup, ViewPin pin)
    {
        if (pin.Parts.Rollups.Level(rollup.ResolutionMs) is not { } level)
        {
            return null;
        }

        return level.CoversBefore(rollup.Ends, rollup.Prefers ? long.MaxValue : RollupListing.GoneBefore(pin)) ? level : null;
    }

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _cancel.ThrowIfCancellationRequested();
        _labels = null;
        if (_raw is not null && (_next == 0) && _raw.MoveNext())
        {
            _onRaw = true;
            _entry = _entries.GetValueOrDefault(_raw.Labels, None);
            if (_entry != None)
            {
                _seen[_entry] = true;
            }

            return true;
        }

        _onRaw = false;
        while (_next < _join.Count)
        {
            _entry = _next++;
            if (!_seen[_entry])
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override void Read(SampleColumns into)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_rollup.Prefers)
        {
            ReadWhole(into);
        }
        else if (_onRaw)
        {
            // It reads further back than was asked for.
            int held = into.Count;
            _raw!.Read(into);
            into.DropWithin(held, long.MinValue, _request.Range.After);
            if (_request.Range.Through < long.MaxValue)
            {
                into.DropWithin(held, _request.Range.Through + 1, long.MaxValue);
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override bool TryReadRollups(RollupColumns into)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        into.Clear();
        long goneBefore = _rollup.Prefers ? long.MaxValue : Math.Max(OldestOf(_view.Pin), _view.Pin.Parts.Cut.Of(Labels));
        if (!_rollup.Prefers && (_entry == None || !_level.CoversBefore(_rollup.Ends, goneBefore)))
        {
            return false;
        }

        if (_onRaw)
        {
            _samples.Clear();
            _raw!.Read(_samples);
        }

        FindSpans();
        long alone = long.MinValue;
        foreach ((TimeRange ends, BlockSeriesReader? reader) in _spans)
        {
            int before = into.Count;
            if (reader is null)
            {
                _fold.Append(_samples, _rollup.ResolutionMs, ends, into);
            }
            else
            {
                _view.Pin.NoteDamage(_series.Read(reader, ends, _rollup.Columns, into));
                for (int i = into.Count - 1; i >= before && alone < into.Ends[i]; i--)
                {
                    alone = into.Ends[i] < goneBefore ? into.Ends[i] : alone;
                }
            }
        }

        into.AloneThrough = _rollup.Prefers ? long.MaxValue : alone;
        bool hasHistograms = into[RollupColumn.Count].IndexOf(-1) >= 0;
        GC.KeepAlive(this);
        return !hasHistograms && into.AloneThrough != long.MinValue;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            if (disposing)
            {
                _raw?.Dispose();
                _series.Dispose();
                _samples.Dispose();
            }

            if (_holds)
            {
                _view.Pin.Release();
            }
        }
    }

    // Before it no series has a sample left.
    private static long OldestOf(ViewPin pin)
    {
        IReadOnlyList<Block> blocks = pin.Blocks.Blocks;
        return Math.Max(pin.OldestTime, blocks.Count == 0 ? long.MaxValue : blocks[0].MinTime);
    }

    private TimeRange? RawRange()
    {
        if (!_rollup.Prefers)
        {
            return new TimeRange(Math.Min(_request.Range.After, _rollup.Ends.After), Math.Max(_request.Range.Through, _rollup.Ends.Through));
        }

        // A bucket that something is deleted of is made again from what is left of its samples.
        return Array.Exists(_parts, part => part.Block.DeletedBy(_view.Pin.Parts.Tombstones, _cancel) is not null) ? _rollup.Ends
            : _gaps.Count == 0 ? null
            : new TimeRange(_gaps.Min(static gap => gap.After), _gaps.Max(static gap => gap.Through));
    }

    private void FindSpans()
    {
        _spans.Clear();
        List<TimeRange> open = [.. _gaps];
        for (int part = _entry == None ? None : _join.FirstPart(_entry); part >= 0; part = _join.NextPart(part))
        {
            (int source, int number) = _join.Part(part);
            BlockSeriesReader reader = _readers[source];
            reader.MoveTo(number);
            List<TimeRange> said = [.. _parts[source].Ends.Select(ends => RollupSpans.Common(ends, _rollup.Ends)).OfType<TimeRange>()];
            List<TimeRange> left = RollupSpans.Without(said, reader.Deleted, _rollup.ResolutionMs);
            foreach (TimeRange ends in left)
            {
                _spans.Add((ends, reader));
                said = RollupSpans.Without(said, ends);
            }

            open.AddRange(said);
        }

        if (_onRaw)
        {
            _spans.AddRange(open.Select(static ends => (ends, (BlockSeriesReader?)null)));
        }

        _spans.Sort(static (left, right) => left.Ends.After.CompareTo(right.Ends.After));
    }

    private void ReadWhole(SampleColumns into)
    {
        Labels wanted = Labels;
        Matcher[] matchers = [.. wanted.Select(static label => new Matcher(label.Name, MatchKind.Equal, label.Value))];
        using SeriesCursor whole = _view.SelectSamples(new SelectRequest(matchers, _request.Range), _cancel);
        while (whole.MoveNext())
        {
            if (whole.Labels.Equals(wanted))
            {
                whole.Read(into);
                return;
            }
        }
    }
}
