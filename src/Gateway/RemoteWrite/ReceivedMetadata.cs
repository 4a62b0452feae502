using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>What senders of remote write said of metric families, the last word on each. Kept in memory: they say it again every minute.</summary>
/// <param name="familiesMax">Families at most; of others nothing is noted.</param>
internal sealed class ReceivedMetadata(int familiesMax)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MetricMetadata> _families = [];

    /// <summary>Notes what was said.</summary>
    /// <returns>How many families were beyond the limit.</returns>
    public int Put(IReadOnlyList<KeyValuePair<string, MetricMetadata>> said)
    {
        int refused = 0;
        lock (_lock)
        {
            foreach ((string family, MetricMetadata what) in said)
            {
                if (_families.ContainsKey(family) || _families.Count < familiesMax)
                {
                    _families[family] = what;
                }
                else
                {
                    refused++;
                }
            }
        }

        return refused;
    }

    /// <summary>Everything, or what was said of one family.</summary>
    /// <param name="metric">Empty for all.</param>
    public IReadOnlyList<KeyValuePair<string, MetricMetadata>> Find(string metric)
    {
        lock (_lock)
        {
            return metric.Length == 0 ? [.. _families]
                : _families.TryGetValue(metric, out MetricMetadata said) ? [new(metric, said)]
                : [];
        }
    }
}
