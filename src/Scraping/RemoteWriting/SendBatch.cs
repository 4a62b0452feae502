using System.Runtime.InteropServices;
using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The samples of one request to one destination. Reused from request to request; not thread-safe.</summary>
public sealed class SendBatch
{
    private readonly List<OutgoingSample> _rows = [];
    private readonly RemoteWriteRequest _request;

    /// <param name="config">The destination.</param>
    public SendBatch(RemoteWriteConfig config) => _request = new RemoteWriteRequest(config.Version);

    /// <summary>Samples, histograms and exemplars.</summary>
    public int Count => _rows.Count;

    /// <summary>The time of the oldest of them; <see cref="long.MaxValue"/> where there is none.</summary>
    public long OldestMs { get; private set; } = long.MaxValue;

    /// <summary>The rows, for tests.</summary>
    internal IReadOnlyList<OutgoingSample> Rows => _rows;

    /// <summary>Empties it.</summary>
    public void Clear()
    {
        _rows.Clear();
        OldestMs = long.MaxValue;
    }

    /// <summary>Leaves out what is older than a time.</summary>
    /// <returns>Rows left out.</returns>
    public int DropBefore(long timeMs)
    {
        if (OldestMs >= timeMs)
        {
            return 0;
        }

        int dropped = _rows.RemoveAll(row => row.TimeMs < timeMs);
        OldestMs = _rows.Count == 0 ? long.MaxValue : _rows.Min(static row => row.TimeMs);
        return dropped;
    }

    /// <summary>Leaves out the rows of the oldest time.</summary>
    /// <returns>Rows left out.</returns>
    public int DropOldest() => OldestMs == long.MaxValue ? 0 : DropBefore(OldestMs + 1);

    /// <summary>The request: its message, compressed. Rows of one series that follow each other become one time series.</summary>
    /// <param name="metadata">What is known of metric families; null where it is not to be sent along.</param>
    public byte[] ToBody(IReadOnlyDictionary<string, MetricMetadata>? metadata)
    {
        _request.Clear();
        ReadOnlySpan<OutgoingSample> rows = CollectionsMarshal.AsSpan(_rows);
        while (!rows.IsEmpty)
        {
            OutgoingSeries series = rows[0].Series;
            int count = 1;
            while (count < rows.Length && ReferenceEquals(rows[count].Series, series))
            {
                count++;
            }

            _request.Add(rows[..count], SaidOf(series, metadata));
            rows = rows[count..];
        }

        return _request.ToBody();
    }

    internal void Add(in OutgoingSample row)
    {
        _rows.Add(row);
        OldestMs = Math.Min(OldestMs, row.TimeMs);
    }

    // A histogram's or summary's series are named after the family with a suffix.
    private static MetricMetadata? SaidOf(OutgoingSeries series, IReadOnlyDictionary<string, MetricMetadata>? metadata)
    {
        if (metadata is null)
        {
            return null;
        }

        string name = series.Labels.MetricName;
        if (metadata.TryGetValue(name, out MetricMetadata said))
        {
            return said;
        }

        foreach (string suffix in (ReadOnlySpan<string>)["_bucket", "_count", "_sum", "_total"])
        {
            if (name.EndsWith(suffix, StringComparison.Ordinal) && metadata.TryGetValue(name[..^suffix.Length], out said))
            {
                return said;
            }
        }

        return null;
    }
}
