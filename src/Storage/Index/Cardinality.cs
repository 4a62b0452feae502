using System.Runtime.InteropServices;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Which labels and metrics cost what in one shard. Each list largest first, equal ones by name.</summary>
/// <param name="Series">Series the view sees.</param>
/// <param name="LabelPairs">Different pairs among them.</param>
/// <param name="OldestTimeMs">Their oldest sample; <see cref="long.MaxValue"/> for none.</param>
/// <param name="NewestTimeMs">Their newest sample; <see cref="long.MinValue"/> for none.</param>
/// <param name="SeriesByMetric">Series of each metric name.</param>
/// <param name="ValuesByLabel">Different values of each label name.</param>
/// <param name="BytesByLabel">UTF-8 bytes of these values.</param>
/// <param name="SeriesByPair">Series of each pair, written <c>name=value</c>.</param>
public sealed record Cardinality(
    int Series,
    int LabelPairs,
    long OldestTimeMs,
    long NewestTimeMs,
    IReadOnlyList<CardinalityEntry> SeriesByMetric,
    IReadOnlyList<CardinalityEntry> ValuesByLabel,
    IReadOnlyList<CardinalityEntry> BytesByLabel,
    IReadOnlyList<CardinalityEntry> SeriesByPair)
{
    internal static Cardinality Of(LabelIndex index, SlotReader reader, int topCount, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topCount);
        var seriesByPair = new Dictionary<int, long>();
        int series = 0;
        long oldest = long.MaxValue;
        long newest = long.MinValue;
        for (int number = 0; number < reader.End; number++)
        {
            if (number % 4096 == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            if (reader.TryRead(number, TimeRange.All, out SeriesSlot slot, out _))
            {
                series++;
                oldest = Math.Min(oldest, slot.OldestTime);
                newest = Math.Max(newest, slot.Tail.Time);
                foreach (int pair in reader.PairsOf(slot))
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(seriesByPair, pair, out _)++;
                }
            }
        }

        var values = new Dictionary<string, long>(StringComparer.Ordinal);
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        var metrics = new List<CardinalityEntry>();
        var pairs = new List<CardinalityEntry>(seriesByPair.Count);
        foreach ((int number, long count) in seriesByPair)
        {
            ref LabelPair pair = ref index.Pairs[number];
            string name = pair.Name.Name;
            string value = pair.Value!;
            values[name] = values.GetValueOrDefault(name) + 1;
            bytes[name] = bytes.GetValueOrDefault(name) + Encoding.UTF8.GetByteCount(value);
            pairs.Add(new CardinalityEntry($"{name}={value}", count));
            if (name == LabelName.MetricName)
            {
                metrics.Add(new CardinalityEntry(value, count));
            }
        }

        return new Cardinality(
            series,
            seriesByPair.Count,
            oldest,
            newest,
            Top(metrics, topCount),
            Top(values.Select(static entry => new CardinalityEntry(entry.Key, entry.Value)), topCount),
            Top(bytes.Select(static entry => new CardinalityEntry(entry.Key, entry.Value)), topCount),
            Top(pairs, topCount));
    }

    private static CardinalityEntry[] Top(IEnumerable<CardinalityEntry> entries, int count) =>
        [.. entries.OrderByDescending(static entry => entry.Value).ThenBy(static entry => entry.Name, StringComparer.Ordinal).Take(count)];
}

/// <summary>A name and how many or how much.</summary>
public readonly record struct CardinalityEntry(string Name, long Value);
