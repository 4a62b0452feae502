using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The series that tell about the scrape itself: <c>up</c> and <c>scrape_…</c>.</summary>
internal sealed class ScrapeReport
{
    private static readonly string[] Always =
    [
        "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
    ];

    private static readonly string[] Extra = ["scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes"];

    private readonly SeriesKey[] _keys;
    private readonly ShardId[] _shards;
    private bool _written;

    internal ScrapeReport(SeriesLabels labels, ShardMap shards, bool extra)
    {
        string[] names = extra ? [.. Always, .. Extra] : Always;
        _keys = [.. names.Select(name => new SeriesKey(labels.OfReport(name)))];
        _shards = [.. _keys.Select(key => shards.Of(key.Labels))];
    }

    /// <summary>Adds the report of a scrape.</summary>
    /// <param name="batches">Where to.</param>
    /// <param name="at">The slot.</param>
    /// <param name="values">In the order of the class: five, or eight with the extra ones.</param>
    internal void Write(ShardBatches batches, Timestamp at, ReadOnlySpan<double> values)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            batches.Of(_shards[i]).Add(_keys[i], at.Milliseconds, values[i]);
        }

        _written = true;
    }

    /// <summary>The labels of <c>up</c>.</summary>
    internal Labels Up => _keys[0].Labels;

    /// <summary>How many series a report has.</summary>
    internal int Count => _keys.Length;

    /// <summary>Ends the report's series, if there ever was a report.</summary>
    /// <param name="batches">Where to.</param>
    /// <param name="at">The time of the markers.</param>
    /// <param name="from">The first series to end; those before it go on.</param>
    internal void WriteStale(ShardBatches batches, Timestamp at, int from = 0)
    {
        for (int i = from; i < _keys.Length && _written; i++)
        {
            batches.Of(_shards[i]).Add(_keys[i], at.Milliseconds, StaleMarker.Value);
        }
    }
}
