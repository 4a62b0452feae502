using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Which labels, metrics and targets cost what in one head. Each list most series first, equal ones by name, and cut.</summary>
/// <param name="Series">Series the view sees.</param>
/// <param name="LabelPairs">Different pairs among them.</param>
/// <param name="OldestTimeMs">Their oldest sample; <see cref="long.MaxValue"/> for none.</param>
/// <param name="NewestTimeMs">Their newest sample; <see cref="long.MinValue"/> for none.</param>
public sealed record Cardinality(int Series, int LabelPairs, long OldestTimeMs, long NewestTimeMs)
{
    /// <summary>A series without a sample in so long before the newest of the shard has ended: churn, which the head holds until it is sealed.</summary>
    public static readonly TimeSpan EndedAfter = TimeSpan.FromMinutes(5);

    private const int PostingBytes = sizeof(int);

    /// <summary>Of the series, those that have ended.</summary>
    public int Ended { get; init; }

    /// <summary>Bytes of memory that the series take in the head, about: their places, label numbers, postings and chunks.</summary>
    public long Bytes { get; init; }

    /// <summary>Series of each pair. All pairs are here where there are as many as <see cref="LabelPairs"/>.</summary>
    public IReadOnlyList<PairCount> Pairs { get; init; } = [];

    /// <summary>What each label name costs.</summary>
    public IReadOnlyList<SeriesCost> Labels { get; init; } = [];

    /// <summary>What the series of each metric name cost.</summary>
    public IReadOnlyList<SeriesCost> Metrics { get; init; } = [];

    /// <summary>What the series of each value of <c>instance</c> cost: a target, in most cases.</summary>
    public IReadOnlyList<SeriesCost> Instances { get; init; } = [];

    /// <summary>What the series of each value of <c>job</c> cost.</summary>
    public IReadOnlyList<SeriesCost> Jobs { get; init; } = [];

    /// <summary>What the series of each value of the label cost that was asked for.</summary>
    public IReadOnlyList<SeriesCost> Focus { get; init; } = [];

    // One pass over the series and one over the pairs; in between, 16 bytes for each pair.
    internal static Cardinality Of(
        LabelIndex index, SlotReader reader, IReadOnlyList<Matcher> matchers, string focus, int topCount, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topCount);
        using SlotList slots = MatcherPlan.Run(index, reader, matchers, cancel);
        var costs = new PairCost[index.Pairs.NumbersEnd];
        Cardinality sums = SumUp(reader, slots, costs, cancel);

        int pairsFound = 0;
        var labels = new Dictionary<string, SeriesCost>(StringComparer.Ordinal);
        var byPair = new LargestOf<PairCount>(topCount, PairCount.MostSeriesFirst);
        LargestOf<SeriesCost> metrics = Largest(topCount);
        LargestOf<SeriesCost> instances = Largest(topCount);
        LargestOf<SeriesCost> jobs = Largest(topCount);
        LargestOf<SeriesCost> focused = Largest(topCount);
        for (int number = 0; number < costs.Length; number++)
        {
            ref readonly PairCost cost = ref costs[number];
            if (cost.Series == 0)
            {
                continue;
            }

            pairsFound++;
            ref readonly LabelPair pair = ref index.Pairs[number];
            string name = pair.Name.Name;
            string value = pair.Value!;
            ref SeriesCost label = ref CollectionsMarshal.GetValueRefOrAddDefault(labels, name, out _);
            label = label.Plus(new SeriesCost(name, cost.Series, cost.Ended, 2L * PostingBytes * cost.Series, 1, Encoding.UTF8.GetByteCount(value)));
            byPair.Add(new PairCount(name, value, cost.Series));
            var ofValue = new SeriesCost(value, cost.Series, cost.Ended, cost.Bytes, 1, 0);
            LargestOf<SeriesCost>? list = name switch
            {
                LabelName.MetricName => metrics,
                "instance" => instances,
                "job" => jobs,
                _ => null,
            };
            list?.Add(ofValue);
            if (name == focus)
            {
                focused.Add(ofValue);
            }
        }

        LargestOf<SeriesCost> byLabel = Largest(topCount);
        foreach (SeriesCost label in labels.Values)
        {
            byLabel.Add(label);
        }

        return sums with
        {
            LabelPairs = pairsFound,
            Pairs = byPair.Take(),
            Labels = byLabel.Take(),
            Metrics = metrics.Take(),
            Instances = instances.Take(),
            Jobs = jobs.Take(),
            Focus = focused.Take(),
        };
    }

    private static Cardinality SumUp(SlotReader reader, SlotList slots, Span<PairCost> costs, CancellationToken cancel)
    {
        int series = 0;
        int ended = 0;
        long bytes = 0;
        long oldest = long.MaxValue;
        long newest = long.MinValue;
        long endedBefore = reader.NewestTime - (long)EndedAfter.TotalMilliseconds;
        int walked = 0;
        foreach (int number in slots.Slots)
        {
            if (walked++ % 4096 == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            // Behind the end are series younger than the view.
            if (number >= reader.End || !reader.TryRead(number, TimeRange.All, out SeriesSlot slot, out _))
            {
                continue;
            }

            ReadOnlySpan<int> pairs = reader.PairsOf(slot);
            int cost = Unsafe.SizeOf<SeriesSlot>() + (2 * PostingBytes * pairs.Length) + reader.ChunkBytesOf(slot);
            bool hasEnded = slot.Tail.Time < endedBefore;
            series++;
            ended += hasEnded ? 1 : 0;
            bytes += cost;
            oldest = Math.Min(oldest, slot.OldestTime);
            newest = Math.Max(newest, slot.Tail.Time);
            foreach (int pair in pairs)
            {
                costs[pair].Series++;
                costs[pair].Ended += hasEnded ? 1 : 0;
                costs[pair].Bytes += cost;
            }
        }

        return new Cardinality(series, 0, oldest, newest) { Ended = ended, Bytes = bytes };
    }

    private static LargestOf<SeriesCost> Largest(int count) => new(count, SeriesCost.MostSeriesFirst);

    private struct PairCost
    {
        public int Series;
        public int Ended;
        public long Bytes;
    }
}
