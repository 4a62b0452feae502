using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What all shards hold together, and which metrics and labels cost most.</summary>
internal static class StorageFigures
{
    /// <summary>Adds up what the shards say. Takes as long as reading their indexes does; the shards go on meanwhile.</summary>
    public static async Task<StorageStatus> OfAsync(QueryView view, int topCount, CancellationToken cancel)
    {
        var metrics = new Dictionary<string, long>(StringComparer.Ordinal);
        var pairs = new Dictionary<string, long>(StringComparer.Ordinal);
        long series = 0;
        long chunks = 0;
        long oldest = long.MaxValue;
        long newest = long.MinValue;
        foreach (ShardCardinality one in await view.CardinalitiesAsync(cancel))
        {
            // A metric may be small in each shard and large over all: the whole lists are added up, then cut.
            series += one.Series;
            chunks += one.Chunks;
            oldest = Math.Min(oldest, one.OldestTimeMs);
            newest = Math.Max(newest, one.NewestTimeMs);
            AddUp(metrics, one.SeriesByMetric);
            AddUp(pairs, one.SeriesByPair);
        }

        var values = new List<NamedCount>();
        var bytes = new List<NamedCount>();
        var names = new TextUnion();
        await view.Source.AddLabelNamesAsync([], TimeRange.All, names, cancel);
        foreach (string name in names.Sorted())
        {
            var distinct = new TextUnion();
            await view.Source.AddLabelValuesAsync(name, [], TimeRange.All, distinct, cancel);
            values.Add(new NamedCount(name, distinct.Count));
            bytes.Add(new NamedCount(name, distinct.Sorted().Sum(value => (long)Encoding.UTF8.GetByteCount(value))));
        }

        return new StorageStatus(
            series, pairs.Count, chunks, oldest, newest, Top(Counts(metrics), topCount), Top(values, topCount), Top(bytes, topCount), Top(Counts(pairs), topCount));
    }

    /// <summary>What costs most in one shard of this node.</summary>
    public static async Task<ShardCardinality> OfShardAsync(ILocalShards shards, int shard, ISeriesSource view, CancellationToken cancel)
    {
        long chunks = await shards.ChunksAsync(shard, cancel);
        Cardinality one = view is ShardView head ? head.Cardinality(int.MaxValue, cancel) : throw new InvalidOperationException("only a head has figures");
        return new ShardCardinality(one.Series, one.OldestTimeMs, one.NewestTimeMs, chunks, Named(one.SeriesByMetric), Named(one.SeriesByPair));
    }

    private static List<NamedCount> Named(IReadOnlyList<CardinalityEntry> entries) => [.. entries.Select(static entry => new NamedCount(entry.Name, entry.Value))];

    private static void AddUp(Dictionary<string, long> sums, IReadOnlyList<NamedCount> entries)
    {
        foreach (NamedCount entry in entries)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, entry.Name, out _) += entry.Value;
        }
    }

    private static IEnumerable<NamedCount> Counts(Dictionary<string, long> sums) => sums.Select(pair => new NamedCount(pair.Key, pair.Value));

    private static List<NamedCount> Top(IEnumerable<NamedCount> counts, int topCount) =>
        [.. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Name, Utf8Order.Comparer).Take(topCount)];
}
