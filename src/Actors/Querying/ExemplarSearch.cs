using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>Finds exemplars among those that the shards hold.</summary>
internal static class ExemplarSearch
{
    /// <summary>Those whose series satisfies any of the matcher lists, by series.</summary>
    /// <param name="held">Of all shards; those of one series in order of time.</param>
    /// <param name="anyOf">No list for none.</param>
    /// <param name="from">Earlier ones are left out.</param>
    /// <param name="through">Later ones are left out.</param>
    /// <param name="cancel">Looked at now and then.</param>
    public static IReadOnlyList<SeriesExemplars> Find(
        IEnumerable<StoredExemplar> held, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, Timestamp from, Timestamp through, CancellationToken cancel)
    {
        // Null for a series that is not wanted: each is matched once.
        var bySeries = new Dictionary<Labels, List<Exemplar>?>();
        foreach (StoredExemplar stored in held)
        {
            cancel.ThrowIfCancellationRequested();
            if (!bySeries.TryGetValue(stored.Series, out List<Exemplar>? found))
            {
                found = anyOf.Any(matchers => matchers.All(matcher => matcher.Matches(stored.Series))) ? [] : null;
                bySeries.Add(stored.Series, found);
            }

            if (found is not null && stored.Exemplar.At is { } at && at >= from && at <= through)
            {
                found.Add(stored.Exemplar);
            }
        }

        return [.. bySeries.Where(series => series.Value is { Count: > 0 })
            .OrderBy(series => series.Key)
            .Select(series => new SeriesExemplars(series.Key, series.Value!))];
    }
}
