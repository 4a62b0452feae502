using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Reads a slice of a shard's samples back, request by request. One reader at a time; dispose when done.</summary>
public sealed class CatchUpReader : IDisposable
{
    // Every series has a name; storage wants at least one matcher.
    private static readonly Matcher[] Everything = [new(LabelName.MetricName, MatchKind.NotEqual, string.Empty)];

    private readonly RemoteWriteConfig _config;
    private readonly SeriesForwarding _forwarding;
    private readonly SeriesCursor _cursor;
    private readonly SampleColumns _samples = new();
    private readonly Dictionary<Labels, long> _sentThrough;
    private OutgoingSeries? _series;
    private int _next;

    /// <param name="config">The destination.</param>
    /// <param name="source">A view of a shard; stays the caller's until this is disposed.</param>
    /// <param name="slice">What is read.</param>
    /// <param name="sentThrough">Up to which time series were sent already, brought forward by what is read here.</param>
    /// <param name="cancel">Ends it.</param>
    public CatchUpReader(
        RemoteWriteConfig config, ISeriesSource source, CatchUpSlice slice, Dictionary<Labels, long> sentThrough, CancellationToken cancel)
    {
        _config = config;
        _forwarding = new SeriesForwarding(config);
        _sentThrough = sentThrough;
        _cursor = source.Select(new SelectRequest(Everything, slice.Range), cancel);
    }

    /// <summary>Fills a batch until it has as many samples as a request may.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool Fill(SendBatch batch)
    {
        while (batch.Count < _config.Queue.SamplesPerSend)
        {
            if (_series is null || _next == _samples.Count)
            {
                if (!MoveNext())
                {
                    return false;
                }

                continue;
            }

            int at = _next++;
            NativeHistogram? histogram = _samples.HasHistograms ? _samples.Histograms[at] : null;
            if (histogram is null || _config.SendHistograms)
            {
                long start = _samples.HasStartTimes ? _samples.StartTimes[at] : 0;
                batch.Add(new OutgoingSample(_series, _samples.Times[at], _samples.Values[at], start, histogram, null));
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cursor.Dispose();
        _samples.Dispose();
    }

    private bool MoveNext()
    {
        if (!_cursor.MoveNext())
        {
            return false;
        }

        _samples.Clear();
        _next = 0;
        _series = _forwarding.Of(_cursor.Labels);
        if (_series is not null)
        {
            _cursor.Read(_samples);
        }

        if (_samples.Count > 0)
        {
            if (_sentThrough.TryGetValue(_cursor.Labels, out long through))
            {
                while (_next < _samples.Count && _samples.Times[_next] <= through)
                {
                    _next++;
                }
            }

            _sentThrough[_cursor.Labels] = _samples.Times[_samples.Count - 1];
        }

        return true;
    }
}
