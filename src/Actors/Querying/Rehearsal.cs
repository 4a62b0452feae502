using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>
/// Queries that nobody asked, over series that nobody has, once, when a node has started. The runtime compiles code well that has been called some
/// dozens of times; without a rehearsal the first dashboards after a start pay for that. See docs/decisions/0020.
/// </summary>
public static class Rehearsal
{
    // Methods are compiled well after 30 calls, and once more, with what was seen of them, after 30 more.
    private const int Rounds = 64;

    // Below and above the number of sources from which on a query is shared among threads.
    private const int Shards = 4;

    private const long EndMs = 1_700_000_000_000;
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(30);

    // What dashboards ask: each operator and each family of functions is in one of them.
    private static readonly string[] Queries =
    [
        "r_load",
        "{job=\"r\",instance=~\"host-0.*\"}",
        "r_requests_total[5m]",
        "sum by (instance) (rate(r_requests_total{mode!=\"m0\"}[5m]))",
        "100 * (1 - avg by (instance) (rate(r_requests_total{mode=\"m0\"}[5m])))",
        "irate(r_requests_total[5m])",
        "topk(3, sum by (instance) (increase(r_requests_total[10m])))",
        "bottomk(2, delta(r_load[5m]))",
        "histogram_quantile(0.95, sum by (le, handler) (rate(r_seconds_bucket[5m])))",
        "avg_over_time(r_memory_bytes[10m]) / avg_over_time(r_memory_total_bytes[10m])",
        "max(max_over_time(r_load[10m])) by (job) - min(min_over_time(r_load[10m])) by (job)",
        "stddev_over_time(r_load[10m]) + quantile_over_time(0.5, r_load[10m])",
        "sum_over_time(r_load[10m]) / count_over_time(r_load[10m]) - last_over_time(r_load[10m])",
        "label_replace(r_load, \"host\", \"$1\", \"instance\", \"(host-[0-9]+):.*\")",
        "sum by (instance) (rate(r_requests_total[5m])) * on (instance) group_left (release) r_info",
        "r_memory_bytes / ignoring (nothing) r_memory_total_bytes",
        "rate(r_requests_total[5m]) / on (instance) group_left () r_load",
        "(r_load > 0.5) or (r_memory_bytes > 0.1) unless (r_load > 3) and r_load",
        "count(r_load == bool 0) by (instance)",
        "max_over_time(sum by (instance) (rate(r_requests_total{mode=\"m1\"}[5m]))[10m:1m])",
        "count by (__name__) ({job=\"r\"})",
        "quantile by (job) (0.9, rate(r_requests_total[5m]))",
        "sum by (instance) ({__name__=~\"r_memory_.*\",mode!~\"m1|m2.*\"})",
        "absent(r_load{instance=\"none\"})",
        "sum(r_load - r_load offset 10m)",
        "sum by (instance) (rate(r_requests_total[5m] @ 1699999900))",
        "predict_linear(r_memory_bytes[10m], 3600) + deriv(r_memory_bytes[10m])",
        "sum by (instance) (changes(r_load[10m])) + sum by (instance) (resets(r_load[10m]))",
        "sort_desc(round(r_memory_bytes / 1024, 0.5))",
        "vector(scalar(count(r_load)) * 2) + 1",
        "clamp_max(abs(r_load - time()), 10) > 1",
        "stddev by (job) (r_load) + group by (job) (r_load)",
    ];

    /// <summary>Queries that are evaluated before each has been asked a second time.</summary>
    public static int QueriesOfRound => Queries.Sum(static query => query.EndsWith(']') ? 1 : 2);

    /// <summary>Rehearses until every query has been asked some dozens of times, or the time is over.</summary>
    /// <param name="engine">Evaluates; the samples of a query count as held by it while it runs.</param>
    /// <param name="threads">Threads that a query may use.</param>
    /// <param name="show">Does with an answer what is done with one that was asked for.</param>
    /// <param name="longest">The time at most.</param>
    /// <param name="time">Measures it.</param>
    /// <param name="cancel">Gives up: with the exception of whatever was under way.</param>
    /// <returns>Queries that were evaluated.</returns>
    public static async Task<int> RunAsync(
        Engine engine, int threads, Func<QueryResult, CancellationToken, ValueTask> show, TimeSpan longest, TimeProvider time, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(show);
        ArgumentNullException.ThrowIfNull(time);
        long begun = time.GetTimestamp();
        var map = new ShardMap(Shards);
        ShardView[] views = [.. Stage(map).Select(static shard => shard.View())];
        int evaluated = 0;
        try
        {
            var source = new ShardedSource(views, map, threads);
            for (int round = 0; round < Rounds; round++)
            {
                foreach (string query in Queries)
                {
                    if (time.GetElapsedTime(begun) >= longest)
                    {
                        return evaluated;
                    }

                    await show(await engine.InstantAsync(query, new Timestamp(EndMs), source, QueryRunOptions.Default, cancel), cancel);
                    evaluated++;
                    if (!query.EndsWith(']'))
                    {
                        QueryResult range = await engine.RangeAsync(
                            query, new Timestamp(EndMs - (long)Span.TotalMilliseconds), new Timestamp(EndMs), Step, source, QueryRunOptions.Default, cancel);
                        await show(range, cancel);
                        evaluated++;
                    }
                }

                Enumerate(source, cancel);
            }
        }
        finally
        {
            foreach (ShardView view in views)
            {
                view.Dispose();
            }
        }

        return evaluated;
    }

    // What pickers of labels ask.
    private static void Enumerate(ShardedSource source, CancellationToken cancel)
    {
        Matcher[] matchers = [new Matcher(LabelName.MetricName, MatchKind.Regex, "r_mem.*")];
        source.AddLabelNames([], TimeRange.All, new TextUnion(), cancel);
        source.AddLabelValues(LabelName.MetricName, [], TimeRange.All, new TextUnion(), cancel);
        source.AddLabelValues(LabelName.Instance, matchers, TimeRange.All, new TextUnion(), cancel);
        using SeriesCursor cursor = source.Select(new SelectRequest(matchers, TimeRange.All) { Function = "series" }, cancel);
        while (cursor.MoveNext())
        {
        }
    }

    // An hour of a few hosts, every 15 s.
    private static Shard[] Stage(ShardMap map)
    {
        const int hosts = 16;
        const int samples = 240;
        const int everyMs = 15_000;
        Shard[] shards = [.. Enumerable.Range(0, Shards).Select(static number => new Shard(new ShardId(number), new ShardSettings()))];
        for (int host = 0; host < hosts; host++)
        {
            string instance = $"host-{host:00}:9100";
            ShardId home = map.OfInstance(instance);
            SeriesKey[] series = [.. SeriesOf(instance).Select(static labels => new SeriesKey(labels))];
            for (int sample = 0; sample < samples; sample++)
            {
                using var batch = new SampleBatch(home, series.Length);
                for (int i = 0; i < series.Length; i++)
                {
                    // Some fall, some only grow, some are constant, some are no whole numbers.
                    batch.Add(series[i], EndMs - ((samples - 1 - sample) * everyMs), i % 4 == 0 ? Math.Sin(sample + host) : (i % 4 * sample) + host);
                }

                shards[home.Value].Apply(shards[home.Value].Prepare(batch));
            }
        }

        return shards;
    }

    private static IEnumerable<Labels> SeriesOf(string instance)
    {
        yield return Of("r_load");
        yield return Of("r_memory_bytes");
        yield return Of("r_memory_total_bytes");
        yield return Of("r_info", ("release", "1"));
        foreach (string mode in (string[])["m0", "m1", "m2", "m3"])
        {
            yield return Of("r_requests_total", ("mode", mode));
        }

        foreach (string bound in (string[])["0.1", "0.5", "1", "5", "+Inf"])
        {
            yield return Of("r_seconds_bucket", ("le", bound), ("handler", "/"));
        }

        Labels Of(string metric, params (string Name, string Value)[] more) =>
            Labels.From([(LabelName.MetricName, metric), (LabelName.Instance, instance), (LabelName.Job, "r"), .. more]);
    }
}
