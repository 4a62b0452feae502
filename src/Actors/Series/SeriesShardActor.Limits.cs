using Pleiad.Storage;

namespace Pleiad.Actors;

/// <content>New series that are refused: counted by reason, and told once in a while.</content>
internal sealed partial class SeriesShardActor
{
    private static readonly TimeSpan RefusalLogInterval = TimeSpan.FromMinutes(1);

    private long _refusedUntold;
    private long _refusalToldAt;
    private bool _hasToldRefusal;

    private void CountRefusedSeries(AppendCounts counts)
    {
        if (counts.SeriesOverLimit == 0)
        {
            return;
        }

        Count("series-limit", counts.SeriesOverLimit - counts.ShortOfMemory - counts.OverNode - counts.OverTarget - counts.OverMetric);
        Count("memory", counts.ShortOfMemory);
        Count("node-series-limit", counts.OverNode);
        Count("target-series-limit", counts.OverTarget);
        Count("metric-series-limit", counts.OverMetric);
        _refusedUntold += counts.SeriesOverLimit;
        if (Shard.RefusedLast is { } last && (!_hasToldRefusal || Context.Time.GetElapsedTime(_refusalToldAt) >= RefusalLogInterval))
        {
            _log.SeriesRefused(_id.Value, _refusedUntold, last.Reason, last.Series.ToString());
            _hasToldRefusal = true;
            _refusalToldAt = Context.Time.GetTimestamp();
            _refusedUntold = 0;
        }
    }
}
