using System.Globalization;
using System.Text;

namespace Pleiad.PromQL.Tests;

/// <summary>
/// Series for two servers. Samples lie 13 s beside the full minute and queries 20 s, so that no sample lies on the edge of a window, where
/// Prometheus 2 (closed on both sides) and 3 (open on the left) differ. No two values are equal. Counters start high, and those that
/// start anew have no gaps, so that no extension of a rate meets zero: Prometheus 2 and 3 differ in the order of two limits there.
/// </summary>
internal static class DifferentialData
{
    /// <summary>A full two hours, so that everything is in one block.</summary>
    public const long StartMs = 1_699_999_200_000;
    public const int Samples = 40;
    private const long MinuteMs = 60_000;
    private const long BesideMs = 13_000;

    /// <summary>The instant of a query, some minutes from the start, ms.</summary>
    public static long At(int minutes) => StartMs + (minutes * MinuteMs) + 20_000;

    /// <summary>All series.</summary>
    public static IReadOnlyList<((string Name, string Value)[] Labels, long[] Times, double[] Values)> Series()
    {
        var random = new Random(42);
        var all = new List<((string, string)[], long[], double[])>();
        for (int target = 0; target < 7; target++)
        {
            (string, string)[] where = target == 6 ? [("job", "j0")] : [("instance", $"i{target}"), ("job", $"j{target % 3}")];
            foreach (string mode in (string[])["u", "v"])
            {
                all.Add(Gauge(random, [("__name__", "a"), .. where, ("mode", mode)]));
                all.Add(Counter(random, [("__name__", "c_total"), .. where, ("mode", mode)]));
            }

            all.Add(Restarted(random, [("__name__", "r_total"), .. where]));

            all.Add(Gauge(random, [("__name__", "b"), .. where]));
            all.AddRange(Histogram(random, where));
        }

        return all;
    }

    /// <summary>The same as OpenMetrics, metric by metric.</summary>
    public static string OpenMetrics()
    {
        var text = new StringBuilder();
        foreach (((string Name, string Value)[] labels, long[] times, double[] values) in Series().OrderBy(one => one.Labels[0].Value, StringComparer.Ordinal))
        {
            string others = string.Join(',', labels[1..].Select(label => $"{label.Name}=\"{label.Value}\""));
            for (int i = 0; i < times.Length; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{labels[0].Value}{{{others}}} {values[i]:R} {times[i] / 1000}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    private static ((string, string)[], long[], double[]) Gauge(Random random, (string, string)[] labels) => Sampled(
        random, labels, [.. Enumerable.Range(0, Samples).Select(_ => 1 + (20 * random.NextDouble()))]);

    private static ((string, string)[], long[], double[]) Counter(Random random, (string, string)[] labels)
    {
        var values = new double[Samples];
        double value = 1000 + random.NextDouble();
        for (int i = 0; i < Samples; i++)
        {
            value += 5 * random.NextDouble();
            values[i] = value;
        }

        return Sampled(random, labels, values);
    }

    private static ((string, string)[], long[], double[]) Restarted(Random random, (string, string)[] labels)
    {
        int restart = random.Next(15, 25);
        long[] times = [.. Enumerable.Range(0, Samples).Select(i => StartMs + (i * MinuteMs) + BesideMs)];
        return (labels, times, [.. times.Select((_, i) => 1000 + ((i < restart ? i : i - restart) * 2.5) + random.NextDouble())]);
    }

    // Buckets that grow together and with their bounds, at the same times.
    private static IEnumerable<((string, string)[], long[], double[])> Histogram(Random random, (string, string)[] where)
    {
        string[] bounds = ["0.1", "1", "10", "+Inf"];
        double[][] values = [.. bounds.Select(_ => new double[Samples])];
        double[] counts = [1000, 1000, 1000, 1000];
        for (int i = 0; i < Samples; i++)
        {
            double below = 0;
            for (int bucket = 0; bucket < bounds.Length; bucket++)
            {
                counts[bucket] += 1 + random.Next(5);
                below += counts[bucket];
                values[bucket][i] = below;
            }
        }

        long[] times = [.. Enumerable.Range(0, Samples).Select(i => StartMs + (i * MinuteMs) + BesideMs)];
        return bounds.Select((bound, bucket) => (((string, string)[])[("__name__", "h_bucket"), .. where, ("le", bound)], times, values[bucket]));
    }

    private static ((string, string)[], long[], double[]) Sampled(Random random, (string, string)[] labels, double[] values)
    {
        int[] kept = [.. Enumerable.Range(0, Samples).Where(_ => random.Next(12) != 0)];
        if (random.Next(6) == 0)
        {
            kept = [.. kept.Where(i => i is < 12 or > 22)];
        }

        return (labels, [.. kept.Select(i => StartMs + (i * MinuteMs) + BesideMs)], [.. kept.Select(i => values[i])]);
    }
}
