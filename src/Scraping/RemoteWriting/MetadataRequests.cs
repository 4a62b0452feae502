using Pleiad.Exposition;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What is known of metric families, as requests of remote write 1.0.</summary>
public static class MetadataRequests
{
    /// <summary>The requests, each with so many families at most.</summary>
    public static IEnumerable<byte[]> Of(IReadOnlyDictionary<string, MetricMetadata> families, int familiesMax)
    {
        var request = new RemoteWriteRequest(RemoteWriteVersion.First);
        foreach (KeyValuePair<string, MetricMetadata>[] some in families.OrderBy(static family => family.Key, StringComparer.Ordinal).Chunk(familiesMax))
        {
            request.Clear();
            foreach ((string family, MetricMetadata said) in some)
            {
                request.Add(family, said);
            }

            yield return request.ToBody();
        }
    }
}
