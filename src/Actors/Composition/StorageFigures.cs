using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What all shards hold together, and which metrics, labels and targets cost most.</summary>
internal static class StorageFigures
{
    /// <summary>Entries of each list that a shard tells: what is small in every shard cannot be large over all, unless there are very many shards.</summary>
    private const int PerShardMax = 20_000;

    /// <summary>Adds up what the shards say. Takes as long as reading their indexes does; the shards go on meanwhile.</summary>
    public static async Task<StorageStatus> OfAsync(QueryView view, int topCount, CancellationToken cancel)
    {
        IReadOnlyList<ShardCardinality> shards = await view.CardinalitiesAsync([], string.Empty, cancel);
        PairSums pairs = PairSums.Of(shards);
        IReadOnlyCollection<SeriesCost> labels = pairs.Distinct(SumOf(shards, static head => head.Labels));
        return new StorageStatus(
            shards.Sum(static shard => (long)shard.Head.Series),
            pairs.Count,
            shards.Sum(static shard => shard.Chunks),
            shards.Select(static shard => shard.Head.OldestTimeMs).DefaultIfEmpty(long.MaxValue).Min(),
            shards.Select(static shard => shard.Head.NewestTimeMs).DefaultIfEmpty(long.MinValue).Max(),
            Top(SumOf(shards, static head => head.Metrics).Select(static metric => new NamedCount(metric.Name, metric.Series)), topCount),
            Top(labels.Select(static label => new NamedCount(label.Name, label.Values)), topCount),
            Top(labels.Select(static label => new NamedCount(label.Name, label.TextBytes)), topCount),
            TopPairs(pairs, topCount))
        {
            Warnings = WarningsOf(pairs),
        };
    }

    /// <summary>What labels, metrics and targets cost, from one pass over each head.</summary>
    public static async Task<CardinalityReport> CostsAsync(QueryView view, CardinalityRequest request, CancellationToken cancel)
    {
        IReadOnlyList<ShardCardinality> shards = await view.CardinalitiesAsync(request.Matchers, request.FocusLabel, cancel);
        PairSums pairs = PairSums.Of(shards);
        int top = request.TopCount;
        return new CardinalityReport(
            shards.Sum(static shard => (long)shard.Head.Series),
            shards.Sum(static shard => (long)shard.Head.Ended),
            shards.Sum(static shard => shard.Head.Bytes),
            pairs.Count)
        {
            Labels = TopCosts(pairs.Distinct(SumOf(shards, static head => head.Labels)), top),
            Metrics = TopCosts(SumOf(shards, static head => head.Metrics), top),
            Instances = TopCosts(SumOf(shards, static head => head.Instances), top),
            Jobs = TopCosts(SumOf(shards, static head => head.Jobs), top),
            Pairs = TopPairs(pairs, top),
            Focus = request.FocusLabel.Length > 0 ? TopCosts(SumOf(shards, static head => head.Focus), top) : null,
            Warnings = WarningsOf(pairs),
        };
    }

    /// <summary>What costs most in one shard of this node.</summary>
    public static async Task<ShardCardinality> OfShardAsync(
        ILocalShards shards, int shard, ISeriesSource view, IReadOnlyList<Matcher> matchers, string focus, CancellationToken cancel)
    {
        long chunks = await shards.ChunksAsync(shard, cancel);
        return view is ShardView head
            ? new ShardCardinality(head.Cardinality(matchers, focus, PerShardMax, cancel), chunks)
            : throw new InvalidOperationException("only a head has figures");
    }

    private static string[] WarningsOf(PairSums pairs) => pairs.IsWhole
        ? []
        : [$"a shard tells {PerShardMax} label pairs at most: values that several shards have may be counted more than once, what is small in each shard may be missing"];

    private static IReadOnlyCollection<SeriesCost> SumOf(IReadOnlyList<ShardCardinality> shards, Func<Cardinality, IReadOnlyList<SeriesCost>> list)
    {
        var sums = new Dictionary<string, SeriesCost>(StringComparer.Ordinal);
        foreach (SeriesCost cost in shards.SelectMany(shard => list(shard.Head)))
        {
            ref SeriesCost sum = ref CollectionsMarshal.GetValueRefOrAddDefault(sums, cost.Name, out _);
            sum = sum.Plus(cost);
        }

        return sums.Values;
    }

    private static List<NamedCost> TopCosts(IReadOnlyCollection<SeriesCost> costs, int topCount) =>
    [
        .. costs.OrderByDescending(static cost => cost.Series).ThenBy(static cost => cost.Name, Utf8Order.Comparer).Take(topCount)
            .Select(static cost => new NamedCost(cost.Name, cost.Series, cost.Ended, cost.Bytes + cost.TextBytes, cost.Values)),
    ];

    private static List<NamedCount> TopPairs(PairSums pairs, int topCount) =>
        [.. pairs.MostSeriesFirst(topCount).Select(static pair => new NamedCount($"{pair.Name}={pair.Value}", pair.Series))];

    private static List<NamedCount> Top(IEnumerable<NamedCount> counts, int topCount) =>
        [.. counts.OrderByDescending(count => count.Value).ThenBy(count => count.Name, Utf8Order.Comparer).Take(topCount)];

    /// <summary>The pairs of all shards together, as far as they were told.</summary>
    private sealed class PairSums
    {
        private readonly Dictionary<(string Name, string Value), long> _series = [];
        private readonly Dictionary<string, (long Values, long TextBytes)> _twice = new(StringComparer.Ordinal);

        /// <summary>Different pairs; where shards had to cut their lists, those that several of them have may be counted in each.</summary>
        public long Count { get; private set; }

        /// <summary>Whether every shard has told all of its pairs.</summary>
        public bool IsWhole { get; private set; } = true;

        public static PairSums Of(IReadOnlyList<ShardCardinality> shards)
        {
            var sums = new PairSums();
            foreach (ShardCardinality shard in shards)
            {
                sums.IsWhole &= shard.Head.Pairs.Count == shard.Head.LabelPairs;
                sums.Count += shard.Head.LabelPairs;
                foreach (PairCount pair in shard.Head.Pairs)
                {
                    ref long series = ref CollectionsMarshal.GetValueRefOrAddDefault(sums._series, (pair.Name, pair.Value), out bool isThere);
                    series += pair.Series;
                    if (isThere)
                    {
                        sums.Count--;
                        ref (long Values, long TextBytes) twice = ref CollectionsMarshal.GetValueRefOrAddDefault(sums._twice, pair.Name, out _);
                        twice = (twice.Values + 1, twice.TextBytes + Encoding.UTF8.GetByteCount(pair.Value));
                    }
                }
            }

            return sums;
        }

        /// <summary>Labels whose values are counted in each shard, with those that several shards have counted once.</summary>
        public IReadOnlyCollection<SeriesCost> Distinct(IReadOnlyCollection<SeriesCost> labels) =>
        [
            .. labels.Select(label => _twice.GetValueOrDefault(label.Name) is var (values, textBytes)
                ? label with { Values = label.Values - values, TextBytes = label.TextBytes - textBytes }
                : label),
        ];

        public IEnumerable<PairCount> MostSeriesFirst(int count) => _series
            .OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key.Name, Utf8Order.Comparer)
            .ThenBy(static pair => pair.Key.Value, Utf8Order.Comparer).Take(count)
            .Select(static pair => new PairCount(pair.Key.Name, pair.Key.Value, pair.Value));
    }
}
