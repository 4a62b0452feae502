using Pleiad.Model;

namespace Pleiad.Actors.Tests;

/// <summary>Series of one value each minute from 0.</summary>
internal sealed class ListedSeries(IReadOnlyList<Labels> series, int samples) : ISeriesSource
{
    public const long StepMs = 60_000;

    /// <summary>Called before anything is selected; it may wait.</summary>
    public Action<CancellationToken>? BeforeSelect { get; set; }

    /// <summary>The shards of some series.</summary>
    public static IReadOnlyList<ListedSeries> Spread(IReadOnlyList<Labels> series, int samples, int shards)
    {
        var map = new ShardMap(shards);
        return [.. Enumerable.Range(0, shards).Select(shard => new ListedSeries([.. series.Where(one => map.Of(one).Value == shard)], samples))];
    }

    public SeriesCursor Select(SelectRequest request, CancellationToken cancel)
    {
        BeforeSelect?.Invoke(cancel);
        return new Cursor([.. series.Where(one => request.Matchers.All(matcher => matcher.Matches(one)))], samples, request.Range);
    }

    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        into.Add(series.Where(one => matchers.All(matcher => matcher.Matches(one))).SelectMany(one => one).Select(label => label.Name));

    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        into.Add(series.Where(one => matchers.All(matcher => matcher.Matches(one))).Select(one => one.Get(name)).Where(value => value.Length > 0));

    private sealed class Cursor(List<Labels> found, int samples, TimeRange range) : SeriesCursor
    {
        private int _at = -1;

        public override Labels Labels => found[_at];

        public override bool MoveNext() => ++_at < found.Count;

        public override void Read(SampleColumns into)
        {
            for (int i = 0; i < samples; i++)
            {
                if (range.Contains(i * StepMs))
                {
                    into.Add(i * StepMs, (double)((Labels.Hash % 1000) + (ulong)i));
                }
            }
        }
    }
}
