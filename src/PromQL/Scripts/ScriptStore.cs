using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// The data of a script in memory. Readings are views on what is loaded; loading while somebody reads is the caller's mistake.
/// </summary>
/// <remarks>
/// Counter reset hints of histograms come out as a time series database gives them back: <c>NotReset</c> where the sample
/// continues the one before, <c>Unknown</c> where a chunk would begin, <c>Gauge</c> as written.
/// </remarks>
public sealed class ScriptStore : ISeriesSource
{
    private readonly SortedDictionary<Labels, SortedDictionary<long, ScriptSample>> _series = [];
    private readonly Dictionary<Labels, long> _last = [];

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _series.Clear();
        _last.Clear();
    }

    /// <summary>Adds what a load command names to what is there.</summary>
    public void Load(LoadCommand load)
    {
        long step = (long)load.Step.TotalMilliseconds;
        foreach (LoadedSeries loaded in load.Series)
        {
            for (int i = 0; i < loaded.Series.Values.Count; i++)
            {
                long at = i * step;
                ScriptValue value = loaded.Series.Values[i];
                long start = loaded.StartOffsets?[i] is { } offset ? at + offset : 0;
                if (!value.Omitted)
                {
                    Add(loaded.Series.Labels, at, new ScriptSample(value.Number, value.Histogram, start));
                }
            }
        }

        if (!load.WithNativeHistograms)
        {
            return;
        }

        foreach ((Labels labels, long at, NativeHistogram histogram) in ClassicHistograms.AsNative(load))
        {
            Add(labels, at, new ScriptSample(0, histogram, 0));
        }
    }

    /// <summary>Adds a sample as a time series database does: never before the last of its series, never another value at the same time.</summary>
    /// <param name="labels">The series.</param>
    /// <param name="at">When.</param>
    /// <param name="value">Unused where there is a histogram.</param>
    /// <param name="histogram">The histogram, if it is one.</param>
    /// <returns>Null, or why it is refused; the same sample once more is not.</returns>
    public string? Append(Labels labels, Timestamp at, double value, NativeHistogram? histogram)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (_series.TryGetValue(labels, out SortedDictionary<long, ScriptSample>? samples))
        {
            if (samples.TryGetValue(at.Milliseconds, out ScriptSample there))
            {
                bool same = histogram is null
                    ? there.Histogram is null && BitConverter.DoubleToInt64Bits(there.Value) == BitConverter.DoubleToInt64Bits(value)
                    : histogram.Equals(there.Histogram);
                return same ? null : "duplicate sample for timestamp";
            }

            if (samples.Count > 0 && _last[labels] > at.Milliseconds)
            {
                return "out of order sample";
            }
        }

        Add(labels, at.Milliseconds, new ScriptSample(value, histogram, 0));
        return null;
    }

    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new Cursor(Matching(request.Matchers), request.Range);
    }

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        foreach (KeyValuePair<Labels, SortedDictionary<long, ScriptSample>> one in Matching(matchers))
        {
            into.Add(HasSampleIn(one.Value, range) ? one.Key.Select(label => label.Name) : []);
        }
    }

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        foreach (KeyValuePair<Labels, SortedDictionary<long, ScriptSample>> one in Matching(matchers))
        {
            if (one.Key.TryGet(name, out string value) && HasSampleIn(one.Value, range))
            {
                into.Add(value);
            }
        }
    }

    private static bool HasSampleIn(SortedDictionary<long, ScriptSample> samples, TimeRange range) => samples.Keys.Any(range.Contains);

    private IEnumerable<KeyValuePair<Labels, SortedDictionary<long, ScriptSample>>> Matching(IReadOnlyList<Matcher> matchers) =>
        _series.Where(one => matchers.All(m => m.Matches(one.Key)));

    private void Add(Labels labels, long at, ScriptSample sample)
    {
        if (!_series.TryGetValue(labels, out SortedDictionary<long, ScriptSample>? samples))
        {
            samples = [];
            _series.Add(labels, samples);
        }

        samples[at] = sample;
        _last[labels] = Math.Max(at, _last.GetValueOrDefault(labels, at));
    }

    private readonly record struct ScriptSample(double Value, NativeHistogram? Histogram, long StartTime);

    private sealed class Cursor(IEnumerable<KeyValuePair<Labels, SortedDictionary<long, ScriptSample>>> series, TimeRange range) : SeriesCursor
    {
        private readonly IEnumerator<KeyValuePair<Labels, SortedDictionary<long, ScriptSample>>> _series = series.GetEnumerator();

        public override Labels Labels => _series.Current.Key;

        public override bool MoveNext() => _series.MoveNext();

        public override void Read(SampleColumns into)
        {
            NativeHistogram? before = null;
            foreach ((long at, ScriptSample sample) in _series.Current.Value)
            {
                NativeHistogram? histogram = sample.Histogram is null ? null : ResetHints.AsStored(before, sample.Histogram);
                before = histogram;
                if (!range.Contains(at))
                {
                    continue;
                }

                if (histogram is null)
                {
                    into.Add(at, sample.Value);
                }
                else
                {
                    into.Add(at, histogram);
                }

                if (sample.StartTime != 0)
                {
                    into.SetStartTime(sample.StartTime);
                }
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _series.Dispose();
            }
        }
    }
}
