using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What all shards of a node hold together, and which metrics and labels cost most.</summary>
internal static class StorageFigures
{
    /// <summary>Asks every shard for a view and adds up. Takes as long as reading the index does; the shards go on meanwhile.</summary>
    public static async Task<StorageStatus> OfAsync(ShardDirectory shards, int topCount, CancellationToken cancel)
    {
        using ViewLease views = await shards.ViewAsync(threads: 1, cancel);
        return await Task.Run(() => Of(views, topCount, Figures(shards, cancel), cancel), cancel);
    }

    private static async Task<long> Figures(ShardDirectory shards, CancellationToken cancel)
    {
        FiguresTaken[] taken = await Task.WhenAll(shards.Owners.Select(
            owner => Kernel.Asking.Ask<FiguresTaken>(owner, TakeFigures.Instance, TimeSpan.FromSeconds(30), cancel)));
        return taken.Sum(one => one.Figures.SealedChunks + one.Figures.Series);
    }

    private static async Task<StorageStatus> Of(ViewLease views, int topCount, Task<long> chunks, CancellationToken cancel)
    {
        var metrics = new Dictionary<string, long>(StringComparer.Ordinal);
        var pairs = new Dictionary<string, long>(StringComparer.Ordinal);
        long series = 0;
        long oldest = long.MaxValue;
        long newest = long.MinValue;
        foreach (ShardView view in views.Views)
        {
            // A metric may be small in each shard and large over all: the whole lists are added up, then cut.
            Cardinality one = view.Cardinality(int.MaxValue, cancel);
            series += one.Series;
            oldest = Math.Min(oldest, one.OldestTimeMs);
            newest = Math.Max(newest, one.NewestTimeMs);
            AddUp(metrics, one.SeriesByMetric);
            AddUp(pairs, one.SeriesByPair);
        }

        var values = new List<NamedCount>();
        var bytes = new List<NamedCount>();
        foreach (string name in views.Source.LabelNames([], TimeRange.All, cancel))
        {
            IReadOnlyCollection<string> distinct = views.Source.LabelValues(name, [], TimeRange.All, cancel);
            values.Add(new NamedCount(name, distinct.Count));
            bytes.Add(new NamedCount(name, distinct.Sum(value => (long)Encoding.UTF8.GetByteCount(value))));
        }

        return new StorageStatus(
            series, pairs.Count, await chunks, oldest, newest, Top(Counts(metrics), topCount), Top(values, topCount), Top(bytes, topCount), Top(Counts(pairs), topCount));
    }

    private static void AddUp(Dictionary<string, long> sums, IReadOnlyList<CardinalityEntry> entries)
    {
        foreach (CardinalityEntry entry in entries)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, entry.Name, out _) += entry.Value;
        }
    }

    private static IEnumerable<NamedCount> Counts(Dictionary<string, long> sums) => sums.Select(pair => new NamedCount(pair.Key, pair.Value));

    private static List<NamedCount> Top(IEnumerable<NamedCount> counts, int topCount) =>
        [.. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Name, Utf8Order.Comparer).Take(topCount)];
}
