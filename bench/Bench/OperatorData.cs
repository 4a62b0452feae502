using System.Globalization;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Bench;

/// <summary>
/// An hour at 15 s in one shard: 1 000 gauges <c>load</c>, 1 000 counters <c>requests_total</c>, 100 classic histograms of 12 buckets
/// <c>seconds_bucket</c>, 50 native histograms <c>latency</c>, and what they are joined with.
/// </summary>
internal static class OperatorData
{
    private const int Instances = 50;
    private const int Cores = 20;
    private const int Samples = 241;
    private const int StepMs = 15_000;

    private static readonly string[] Bounds = ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

    public static Shard Load()
    {
        var shard = new Shard(new ShardId(0), new ShardSettings());
        var random = new Random(1);
        (SeriesKey Key, Func<double> Next)[] floats = [.. Floats(random).Select(one => (new SeriesKey(one.Labels), one.Next))];
        SeriesKey[] natives = [.. Enumerable.Range(0, Instances).Select(i => new SeriesKey(Labels.From(("__name__", "latency"), ("instance", Instance(i)), ("job", Job(i)))))];
        var counts = new double[Instances][];
        for (int i = 0; i < Instances; i++)
        {
            counts[i] = new double[20];
        }

        for (int sample = 0; sample < Samples; sample++)
        {
            long at = (long)sample * StepMs;
            using var batch = new SampleBatch(shard.Id);
            foreach ((SeriesKey key, Func<double> next) in floats)
            {
                batch.Add(key, at, next());
            }

            for (int i = 0; i < Instances; i++)
            {
                counts[i][random.Next(20)] += 1 + random.Next(5);
                batch.Add(natives[i], at, Native(counts[i]));
            }

            shard.Apply(shard.Prepare(batch));
        }

        return shard;
    }

    private static NativeHistogram Native(double[] counts) => new()
    {
        Schema = 2,
        ZeroThreshold = 0.001,
        Count = counts.Sum(),
        Sum = counts.Select((count, bucket) => count * Math.Pow(2, (bucket - 15) / 4.0)).Sum(),
        PositiveSpans = [new BucketSpan(-14, (uint)counts.Length)],
        PositiveBuckets = [.. counts],
    };

    private static IEnumerable<(Labels Labels, Func<double> Next)> Floats(Random random)
    {
        yield return (Labels.From(("__name__", "up_everywhere"), ("job", "node")), () => 1);
        for (int i = 0; i < Instances; i++)
        {
            (string, string) instance = ("instance", Instance(i));
            (string, string) job = ("job", Job(i));
            yield return (Labels.From(("__name__", "build_info"), instance, job, ("release", $"1.{i % 3}")), () => 1);
            yield return (Labels.From(("__name__", "target_info"), instance, job, ("version", $"2.{i % 5}")), () => 1);
            for (int core = 0; core < Cores; core++)
            {
                (string, string) place = ("core", core.ToString(CultureInfo.InvariantCulture));
                yield return (Labels.From(("__name__", "load"), instance, job, place), Gauge(random));
                yield return (Labels.From(("__name__", "requests_total"), instance, job, place), Counter(random));
            }

            foreach (string handler in (string[])["/", "/api"])
            {
                // A bucket counts what the one below it counts, and some of its own.
                var buckets = new double[Bounds.Length];
                for (int bound = 0; bound < Bounds.Length; bound++)
                {
                    int own = bound;
                    yield return (
                        Labels.From(("__name__", "seconds_bucket"), instance, job, ("handler", handler), ("le", Bounds[bound])),
                        () => buckets[own] = Math.Max(buckets[own] + random.Next(3), own > 0 ? buckets[own - 1] : 0));
                }
            }
        }
    }

    private static string Instance(int number) => $"host-{number.ToString(CultureInfo.InvariantCulture)}:9100";

    private static string Job(int number) => $"job-{(number % 4).ToString(CultureInfo.InvariantCulture)}";

    private static Func<double> Gauge(Random random) => () => Math.Round(random.NextDouble() * 8, 2);

    private static Func<double> Counter(Random random)
    {
        double value = 0;
        return () => value = random.Next(1000) == 0 ? 0 : value + random.Next(50);
    }
}
