using System.Runtime.CompilerServices;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>
/// Reads the pages of one target into batches: known series by their text, unknown ones through relabelling, markers for those that ended,
/// and the report of the scrape. Keeps what it learns from page to page. Not thread-safe: one target, one reader, one caller.
/// </summary>
/// <remarks>
/// A known page costs no allocation per sample. A page that is refused leaves no trace but stale markers: what the last good page
/// taught stays, what this one would have taught is forgotten. Semantics: Prometheus 3.14, scrape/scrape.go.
/// </remarks>
public sealed class ScrapeReader
{
    /// <summary>How far ahead of the scrape a page's own timestamps may be.</summary>
    public static readonly TimeSpan AheadMax = TimeSpan.FromMinutes(10);

    private readonly ReadSettings _settings;
    private readonly PageOptions _options;
    private readonly ShardMap _shards;
    private readonly TimeProvider _time;
    private readonly SeriesLabels _labels;
    private readonly ScrapeReport _report;
    private readonly HistogramFit _fit;
    private readonly PageMemory _memory = new();
    private readonly SeriesCache _series;
    private readonly RefusedSeries _refused = new();
    private readonly ShardBatches _batches = new();
    private readonly List<Exemplar> _exemplars = [];
    private readonly int _samplesAllowed;
    private readonly long _aheadMaxMs = (long)AheadMax.TotalMilliseconds;
    private readonly long _behindMaxMs;

    // Of the same target under an earlier configuration, until the first scrape of this one has been read.
    private ScrapeReader? _predecessor;

    // The scrape at hand. The first is 2, so that a fresh row (0) was never tracked in the one before.
    private int _scrape = 1;
    private long _atMs;
    private int _scraped;
    private int _kept;
    private int _added;
    private int _seriesAdded;
    private int _duplicates;
    private int _tooNew;
    private int _tooOld;
    private ScrapeRefusal _overLimit;

    // Of the labels learned last.
    private ulong _learnedHash;

    // Series that took part in staleness last time, and of those the ones seen this time.
    private int _trackedLast;
    private int _trackedNow;
    private int _trackedStill;

    /// <summary>A reader that knows nothing yet.</summary>
    /// <param name="settings">Of the job.</param>
    /// <param name="target">The target's labels, <c>__…</c> ones taken out.</param>
    /// <param name="shards">Where series belong.</param>
    /// <param name="relabel">The job's <c>metric_relabel_configs</c>: false drops the series. Null where there are none.</param>
    /// <param name="time">Measures the duration.</param>
    public ScrapeReader(ReadSettings settings, Labels target, ShardMap shards, Func<LabelsBuilder, bool>? relabel, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentNullException.ThrowIfNull(time);
        _settings = settings;
        _options = settings.ToPageOptions();
        _shards = shards;
        _time = time;
        _labels = new SeriesLabels(settings, target, relabel);
        _series = new SeriesCache(target);
        _report = new ScrapeReport(_labels, shards, settings.ExtraMetrics);
        _fit = new HistogramFit(settings);
        _samplesAllowed = settings.SampleLimit > 0 ? settings.SampleLimit : settings.SamplesMax;
        _behindMaxMs = (long)settings.BehindMax.TotalMilliseconds;
    }

    /// <summary>Series known from the last good page.</summary>
    public int SeriesCount => _series.Count;

    /// <summary>The series that has a sample of each scrape, whatever came of it: <c>up</c>.</summary>
    public Labels Up => _report.Up;

    /// <summary>What the last good page says of its metric families, by name.</summary>
    public IReadOnlyDictionary<string, MetricMetadata> ReadMetadata() => _predecessor?.ReadMetadata() ?? _memory.ReadMetadata();

    /// <summary>
    /// Takes over from the reader of the same target under an earlier configuration. The series that one had and the first scrape of
    /// this one does not bring get their stale markers with that scrape.
    /// </summary>
    /// <param name="predecessor">Not used any more from here on.</param>
    public void TakeOver(ScrapeReader predecessor)
    {
        ArgumentNullException.ThrowIfNull(predecessor);
        _predecessor = predecessor._predecessor ?? predecessor;
    }

    /// <summary>Reads a page that was fetched.</summary>
    /// <param name="page">Decompressed; empty counts as a page without samples.</param>
    /// <param name="contentType">The header; empty when there was none.</param>
    /// <param name="moment">Of the scrape.</param>
    public ScrapeResult Read(ReadOnlySpan<byte> page, string? contentType, in ScrapeMoment moment)
    {
        Begin(moment.At);
        ScrapeRefusal refusal = ScrapeRefusal.None;
        string? error = page.IsEmpty ? null : TryReadPage(page, contentType, out refusal);
        if (error is not null)
        {
            _batches.Discard();
            _memory.Abort();
            _series.Abort();
            _refused.Abort(_series.Count);
        }

        int stale = AddStaleMarkers(everything: error is not null || page.IsEmpty);
        if (error is null && !page.IsEmpty)
        {
            _memory.Commit();
            _series.Commit(_memory);
            _refused.Commit();
        }

        _trackedLast = error is null ? _trackedNow : 0;
        return Finish(moment, error, refusal, page.Length, stale);
    }

    /// <summary>Notes a scrape that brought no page: every series ends here, and the target is down.</summary>
    /// <param name="error">Why; for the status page.</param>
    /// <param name="tooLarge">Whether the page was larger than <c>body_size_limit</c>; its size is then told as -1.</param>
    /// <param name="moment">Of the scrape.</param>
    public ScrapeResult Fail(string error, bool tooLarge, in ScrapeMoment moment)
    {
        Begin(moment.At);
        int stale = AddStaleMarkers(everything: true);
        _trackedLast = 0;
        return Finish(moment, error, ScrapeRefusal.NoPage, tooLarge ? -1 : 0, stale);
    }

    /// <summary>
    /// Ends every series and the report, for a target that is gone. When to do so (Prometheus waits a bit over two intervals,
    /// lest the target come back under another hand) is the caller's business.
    /// </summary>
    /// <returns>Owned by the caller; empty where there never was a scrape.</returns>
    public IReadOnlyList<SampleBatch> End(Timestamp at)
    {
        Begin(at);
        ScrapeReport report = _predecessor?._report ?? _report;
        AddStaleMarkers(everything: true);
        _trackedLast = 0;
        report.WriteStale(_batches, at);
        return _batches.Take();
    }

    private void Begin(Timestamp at)
    {
        _scrape++;
        _atMs = at.Milliseconds;
        _scraped = 0;
        _kept = 0;
        _added = 0;
        _seriesAdded = 0;
        _duplicates = 0;
        _tooNew = 0;
        _tooOld = 0;
        _refused.Begin();
        _overLimit = ScrapeRefusal.None;
        _trackedNow = 0;
        _trackedStill = 0;
    }

    private string? TryReadPage(ReadOnlySpan<byte> page, string? contentType, out ScrapeRefusal refusal)
    {
        FormatChoice choice = ContentType.Choose(contentType, _settings.FallbackProtocol);
        if (choice.Format is not { } format)
        {
            refusal = ScrapeRefusal.NoPage;
            return choice.Remark;
        }

        var sink = new Sink(this);
        try
        {
            PageParser.Parse(page, format, _options, _memory, ref sink);
        }
        catch (PageSyntaxException broken)
        {
            refusal = ScrapeRefusal.Syntax;
            return broken.Message;
        }
        catch (PageLimitException beyond)
        {
            refusal = ScrapeRefusal.PageLimit;
            return beyond.Message;
        }
        catch (ScrapeRefusedException refused)
        {
            refusal = refused.Refusal;
            return refused.Message;
        }

        refusal = _overLimit;
        return _overLimit switch
        {
            ScrapeRefusal.SampleLimit when _settings.SampleLimit == 0 =>
                $"sample limit exceeded (the job has no sample_limit, so that pleiad.scrape.samples-max holds: {_samplesAllowed})",
            ScrapeRefusal.SampleLimit => "sample limit exceeded",
            ScrapeRefusal.BucketLimit => "histogram bucket limit exceeded",
            _ => null,
        };
    }

    private void Take(scoped in PageSample sample)
    {
        _scraped++;
        int row = sample.IsNew ? Learn(in sample) : _series.RowOf(sample.Id, sample.IsDerived);
        if (row == SeriesCache.Dropped)
        {
            return;
        }

        _kept++;
        if (row == SeriesCache.Counted)
        {
            return;
        }

        bool timed = sample.HasTime && _settings.HonorTimestamps;
        ref SeriesCache.Row series = ref _series.At(row);
        if (!timed)
        {
            if (series.Seen == _scrape)
            {
                _duplicates++;
                return;
            }

            series.Seen = _scrape;
        }

        if (!Add(in sample, ref series, timed))
        {
            return;
        }

        if (sample.IsNew || !series.Added)
        {
            series.Added = true;
            _seriesAdded += _refused.Note(sample.IsNew ? _learnedHash : series.Key!.Labels.Hash) && _overLimit == ScrapeRefusal.None ? 1 : 0;
        }

        if ((!timed || _settings.TrackTimestampsStaleness) && series.Tracked != _scrape)
        {
            _trackedStill += series.Tracked == _scrape - 1 ? 1 : 0;
            _trackedNow++;
            series.TrackedBefore = series.Tracked;
            series.Tracked = _scrape;
        }
    }

    // Bucket limit, sample limit, time: in this order, which tells in what a sample is counted.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Add(scoped in PageSample sample, ref SeriesCache.Row series, bool timed)
    {
        NativeHistogram? histogram = null;
        if (sample.Histogram is not null && !TryFit(sample.Histogram, series.Key!, out histogram))
        {
            return false;
        }

        if (_samplesAllowed > 0 && !(series.Added && histogram is null && StaleMarker.Is(sample.Value)) && ++_added > _samplesAllowed)
        {
            // The page is counted to its end, so that the report tells how far beyond it is, but nothing of it is kept.
            _overLimit = ScrapeRefusal.SampleLimit;
            _memory.KeepNoMore();
            return false;
        }

        long at = timed ? sample.TimeMs : _atMs;
        if (timed && IsOutOfBounds(at))
        {
            return false;
        }

        SampleBatch batch = _batches.Of(series.Shard);
        if (histogram is null)
        {
            batch.Add(series.Key!, at, sample.Value);
        }
        else
        {
            batch.Add(series.Key!, at, histogram);
        }

        if (sample.StartMs != 0)
        {
            batch.SetStartTime(sample.StartMs);
        }

        if (sample.HasExemplars && _settings.Exemplars)
        {
            AddExemplars(batch, in sample, at);
        }

        return true;
    }

    private bool IsOutOfBounds(long at)
    {
        if (at > _atMs + _aheadMaxMs)
        {
            _tooNew++;
            return true;
        }

        if (at < _atMs - _behindMaxMs)
        {
            _tooOld++;
            return true;
        }

        return false;
    }

    private bool TryFit(NativeHistogram histogram, SeriesKey key, out NativeHistogram? fitted)
    {
        if (HistogramFit.Problem(histogram) is { } problem)
        {
            throw new ScrapeRefusedException(ScrapeRefusal.Syntax, $"histogram {key.Labels}: {problem}");
        }

        fitted = _fit.Fit(histogram);
        if (fitted is null)
        {
            _overLimit = _overLimit == ScrapeRefusal.None ? ScrapeRefusal.BucketLimit : _overLimit;
            return false;
        }

        return true;
    }

    private void AddExemplars(SampleBatch batch, scoped in PageSample sample, long at)
    {
        _exemplars.Clear();
        sample.ReadExemplars(_exemplars);
        foreach (Exemplar exemplar in _exemplars.OrderBy(e => e.At?.Milliseconds ?? at))
        {
            if (exemplar.At is not null)
            {
                batch.AddExemplar(exemplar);
            }
            else if (sample.Histogram is null)
            {
                batch.AddExemplar(exemplar with { At = new Timestamp(at) });
            }
        }
    }

    // A text that the last page did not have.
    private int Learn(scoped in PageSample sample)
    {
        Labels? labels = _labels.Of(in sample);
        if (sample.Id < 0)
        {
            return labels is null ? SeriesCache.Dropped : SeriesCache.Counted;
        }

        int row = SeriesCache.Dropped;
        if (labels is not null)
        {
            row = _series.FindOrAdd(labels, _shards);
            _learnedHash = labels.Hash;
        }

        _series.Remember(sample.Id, sample.IsDerived, row);
        return row;
    }

    private int AddStaleMarkers(bool everything) => AddOwnStaleMarkers(everything) + AddInheritedStaleMarkers(everything);

    private int AddInheritedStaleMarkers(bool everything)
    {
        if (_predecessor is not { } predecessor)
        {
            return 0;
        }

        _predecessor = null;
        int count = 0;
        for (int row = 0; row < predecessor._series.RowsEnd; row++)
        {
            ref SeriesCache.Row series = ref predecessor._series.At(row);
            if (series.Key is { } key && series.Tracked == predecessor._scrape && (everything || !_series.IsTracked(key.Labels, _scrape)))
            {
                _batches.Of(series.Shard).Add(key, _atMs, StaleMarker.Value);
                count++;
            }
        }

        predecessor._report.WriteStale(_batches, new Timestamp(_atMs), from: _report.Count);
        return count;
    }

    private int AddOwnStaleMarkers(bool everything)
    {
        int last = _scrape - 1;
        if (everything ? _trackedLast + _trackedNow == 0 : _trackedStill == _trackedLast)
        {
            return 0;
        }

        int count = 0;
        for (int row = 0; row < _series.RowsEnd; row++)
        {
            ref SeriesCache.Row series = ref _series.At(row);
            if (series.WasTrackedIn(last) && (everything || series.Tracked != _scrape))
            {
                _batches.Of(series.Shard).Add(series.Key!, _atMs, StaleMarker.Value);
                count++;
            }

            if (everything)
            {
                series.Tracked = 0;
                series.TrackedBefore = 0;
            }
        }

        return count;
    }

    private ScrapeResult Finish(in ScrapeMoment moment, string? error, ScrapeRefusal refusal, int bodyBytes, int stale)
    {
        TimeSpan duration = _time.GetElapsedTime(moment.StartedAt);
        _report.Write(
            _batches,
            moment.At,
            [
                error is null ? 1 : 0, duration.TotalSeconds, _scraped, _kept, _seriesAdded,
                moment.Timeout.TotalSeconds, _settings.SampleLimit, bodyBytes,
            ]);
        return new ScrapeResult(
            _batches.Take(), error, duration, _scraped, _kept, _seriesAdded, _duplicates, _tooNew, _tooOld, stale, refusal);
    }

    private readonly struct Sink(ScrapeReader reader) : IPageSink
    {
        // The memory keeps the lines; they are read when somebody asks.
        public static bool WantsMetadata => false;

        public void Type(ReadOnlySpan<byte> family, MetricType type)
        {
        }

        public void Help(ReadOnlySpan<byte> family, string help)
        {
        }

        public void Unit(ReadOnlySpan<byte> family, string unit)
        {
        }

        public void Comment(ReadOnlySpan<byte> text)
        {
        }

        public void Sample(scoped in PageSample sample) => reader.Take(in sample);
    }
}
