using System.Globalization;
using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// Random series, whole or spread over shards. Some have no <c>instance</c>, some no <c>le</c>; counters reset, gauges tie, there are gaps,
/// stale markers, NaN, infinities, and native histograms of two kinds beside floats.
/// </summary>
internal sealed class ShardedData
{
    public const long StepMs = 60_000;
    public const int Samples = 30;

    private readonly List<(Labels Labels, Action<SampleColumns, TimeRange> Read)> _series = [];

    /// <param name="seed">The same seed, the same data.</param>
    /// <param name="isExact">Whole numbers only, so that no order of summands rounds differently.</param>
    public ShardedData(int seed, bool isExact)
    {
        var random = new Random(seed);
        string[] bounds = ["0.1", "1", "10", "+Inf"];
        for (int target = 0; target < 8; target++)
        {
            string? instance = target == 7 ? null : $"i{target}";
            string job = $"j{target % 3}";
            foreach (string mode in (string[])["u", "v"])
            {
                Add(random, isExact, isCounter: false, ("__name__", "a"), ("instance", instance), ("job", job), ("mode", mode));
                Add(random, isExact, isCounter: true, ("__name__", "c_total"), ("instance", instance), ("job", job), ("mode", mode));
            }

            Add(random, isExact, isCounter: false, ("__name__", "b"), ("instance", instance), ("job", job), ("mode", target % 2 == 0 ? "u" : null));
            Add(random, isExact: true, isCounter: false, ("__name__", "target_info"), ("instance", instance), ("job", job), ("version", $"v{target % 2}"));
            foreach (string le in bounds)
            {
                Add(random, isExact: true, isCounter: true, ("__name__", "h_bucket"), ("instance", instance), ("job", job), ("le", le));
            }

            if (target % 2 == 0)
            {
                AddHistograms(random, ("__name__", "nh"), ("instance", instance), ("job", job));
            }
        }

        // Without an instance these lie wherever their other labels put them.
        for (int i = 0; i < 5; i++)
        {
            string mode = i.ToString(CultureInfo.InvariantCulture);
            Add(random, isExact, isCounter: false, ("__name__", "a"), ("job", "loose"), ("mode", mode));
            Add(random, isExact, isCounter: false, ("__name__", "b"), ("job", "loose"), ("mode", mode));
        }
    }

    /// <param name="series">Floats as columns.</param>
    public ShardedData(IEnumerable<(Labels Labels, long[] Times, double[] Values)> series)
    {
        foreach ((Labels labels, long[] times, double[] values) in series)
        {
            Add(labels, times, values);
        }
    }

    /// <summary>All of it as one source.</summary>
    public ISeriesSource Whole => new Part(_series);

    /// <summary>The same series on shards.</summary>
    public IFragmentRunner On(int shards, int threads) => new Shards(_series, new ShardMap(shards), threads);

    /// <summary>The series of each shard.</summary>
    public IReadOnlyList<ISeriesSource> Parts(ShardMap map)
    {
        ILookup<int, (Labels Labels, Action<SampleColumns, TimeRange> Read)> byShard = _series.ToLookup(one => map.Of(one.Labels).Value);
        return [.. Enumerable.Range(0, map.Count).Select(shard => new Part([.. byShard[shard]]))];
    }

    private void Add(Random random, bool isExact, bool isCounter, params (string Name, string? Value)[] labels)
    {
        var times = new List<long>();
        var values = new List<double>();
        double value = random.Next(100);
        int oddity = random.Next(12);
        int from = oddity == 0 ? random.Next(Samples) : 0;
        int to = oddity == 1 ? random.Next(1, Samples) : Samples;
        for (int i = from; i < to; i++)
        {
            double step = isExact ? random.Next(5) : random.NextDouble() * 5;
            value = isCounter
                ? random.Next(15) == 0 ? 0 : value + step
                : isExact ? random.Next(1, 20) : 1 + (random.NextDouble() * 20);
            if (random.Next(20) == 0)
            {
                continue;
            }

            times.Add(i * StepMs);
            values.Add(oddity switch
            {
                2 when random.Next(6) == 0 => double.NaN,
                3 when random.Next(6) == 0 => double.PositiveInfinity,
                4 when random.Next(6) == 0 => StaleMarker.Value,
                _ => value,
            });
        }

        Add(Labels.From([.. labels.Where(l => l.Value is not null).Select(l => (l.Name, l.Value!))]), [.. times], [.. values]);
    }

    private void Add(Labels labels, long[] times, double[] values) => _series.Add((labels, (into, range) =>
    {
        for (int i = 0; i < times.Length; i++)
        {
            if (range.Contains(times[i]))
            {
                into.Add(times[i], values[i]);
            }
        }
    }));

    private void AddHistograms(Random random, params (string Name, string? Value)[] labels)
    {
        bool isCustom = random.Next(4) == 0;
        bool isMixed = random.Next(4) == 0;
        double[] counts = [0, 0, 0];
        var histograms = new NativeHistogram?[Samples];
        for (int i = 0; i < Samples; i++)
        {
            if (isMixed && random.Next(4) == 0)
            {
                continue;
            }

            counts = random.Next(15) == 0 ? [1, 0, 1] : [counts[0] + random.Next(3), counts[1] + random.Next(3), counts[2] + random.Next(3)];
            histograms[i] = new NativeHistogram
            {
                Schema = isCustom ? NativeHistogram.CustomBucketsSchema : 1,
                CustomBounds = isCustom ? [1, 2] : [],
                Count = counts.Sum(),
                Sum = 2 * counts.Sum(),
                PositiveSpans = [new BucketSpan(0, 3)],
                PositiveBuckets = counts,
            };
        }

        _series.Add((Labels.From([.. labels.Where(l => l.Value is not null).Select(l => (l.Name, l.Value!))]), (into, range) =>
        {
            for (int i = 0; i < Samples; i++)
            {
                if (!range.Contains(i * StepMs))
                {
                    continue;
                }

                if (histograms[i] is { } histogram)
                {
                    into.Add(i * StepMs, histogram);
                }
                else
                {
                    into.Add(i * StepMs, i);
                }
            }
        }));
    }

    private class Part(IReadOnlyList<(Labels Labels, Action<SampleColumns, TimeRange> Read)> series) : ISeriesSource
    {
        public SeriesCursor Select(SelectRequest request, CancellationToken cancel) =>
            new Cursor([.. series.Where(one => request.Matchers.All(m => m.Matches(one.Labels)))], request.Range);

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
        }

        private sealed class Cursor(List<(Labels Labels, Action<SampleColumns, TimeRange> Read)> found, TimeRange range) : SeriesCursor
        {
            private int _at = -1;

            public override Labels Labels => found[_at].Labels;

            public override bool MoveNext() => ++_at < found.Count;

            public override void Read(SampleColumns into) => found[_at].Read(into, range);
        }
    }

    // As merged source, shard by shard: in another order than whole.
    private sealed class Shards : Part, IFragmentRunner
    {
        private readonly ISeriesSource[] _parts;
        private readonly int _threads;
        private readonly ShardMap _map;

        public Shards(IReadOnlyList<(Labels Labels, Action<SampleColumns, TimeRange> Read)> series, ShardMap map, int threads)
            : base([.. series.OrderBy(one => map.Of(one.Labels).Value)])
        {
            _map = map;
            _threads = threads;
            ILookup<int, (Labels Labels, Action<SampleColumns, TimeRange> Read)> byShard = series.ToLookup(one => map.Of(one.Labels).Value);
            _parts = [.. Enumerable.Range(0, map.Count).Select(shard => new Part([.. byShard[shard]]))];
        }

        ShardMap IFragmentRunner.Shards => _map;

        // As the shards of a node do, and as nodes do that answer for each shard.
        public Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> shards, CancellationToken cancel)
        {
            ISeriesSource[] parts = [.. shards.Select(shard => _parts[shard])];
            return _map.Count % 2 == 0 ? fragment.RunTogetherAsync(parts, _threads) : fragment.RunAllAsync(parts, _threads);
        }
    }
}
