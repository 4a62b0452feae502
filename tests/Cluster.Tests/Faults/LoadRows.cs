using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;
using Xunit.Abstractions;

namespace Pleiad.Cluster.Tests;

/// <summary>Rows of too much to do: queries that are too heavy, and more writes than can be taken.</summary>
[Collection("faults")]
public sealed class LoadRows(ITestOutputHelper output) : FaultRowBase(output)
{
    private const int HeavyQueries = 100;
    private const int Writers = 12;
    private const int SeriesOfABurst = 500;
    // Of one processor: a node of this rig needs five to ten times as much.
    private const double TooLittle = 0.03;
    private const long MemoryLimit = 512L << 20;

    // Ten minutes at every 10 ms, over everything there is.
    private const string Heavy = "max_over_time(sum(rate({instance=~\".+\"}[1m]))[10m:10ms])";

    /// <summary>A hundred heavy queries at once.</summary>
    [SkippableFact]
    [Trait("row", "L2")]
    public Task L2_a_hundred_heavy_queries_end_by_their_budget() => RunAsync(
        "L2",
        async cluster =>
        {
            long before = Stopwatch.GetTimestamp();
            await cluster.UntilWrittenAsync(before);
            await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(before) > TimeSpan.FromSeconds(5)), FaultCluster.Patience, static () => "");
            double[] quiet = cluster.Load.WriteSecondsSince(before);
            var answers = new ConcurrentDictionary<string, int>();
            long began = Stopwatch.GetTimestamp();
            RunFigures run = await FaultAsync(
                cluster,
                async () =>
                {
                    using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(3) };
                    await Task.WhenAll(Enumerable.Range(0, HeavyQueries).Select(async number =>
                    {
                        string answer = await AnswerAsync(http, cluster.UrlsBut().ElementAt(number % FaultCluster.Nodes));
                        answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
                    }));
                },
                check: () => Task.FromResult<IReadOnlyList<string>>([.. answers.Keys.Where(static answer => answer is not ("200" or "422" or "503")).Select(static answer => "a heavy query got " + answer)]));
            double[] busy = cluster.Load.WriteSecondsSince(began);
            return run with
            {
                Note = string.Create(
                    CultureInfo.InvariantCulture,
                    $"answers {string.Join(' ', answers.OrderBy(static answer => answer.Key).Select(static answer => $"{answer.Key}:{answer.Value}"))}, write p99 {P99(quiet):F2} s before, {P99(busy):F2} s meanwhile; "),
            };
        },
        new FaultSetup { Conf = "pleiad.query { samples-max = 1000000, timeout = 30s }" });

    /// <summary>For a while clients write as fast as they are answered.</summary>
    [SkippableFact]
    [Trait("row", "L3")]
    public Task L3_a_burst_of_writes_is_taken_or_refused_within_the_memory_there_is() => RunAsync(
        "L3",
        async cluster =>
        {
            TimeSpan length = TimeSpan.FromSeconds(int.TryParse(Environment.GetEnvironmentVariable("PLEIAD_FAULT_BURST"), CultureInfo.InvariantCulture, out int asked) ? asked : 30);
            string name = "burst" + Chance.Next(1_000_000).ToString(CultureInfo.InvariantCulture);
            var acked = new ConcurrentQueue<(int Writer, long Time)>();
            var answers = new ConcurrentDictionary<string, int>();
            foreach (ClusterNode node in cluster.Running)
            {
                node.ForgetResidentBytesPeak();
            }

            long peak = 0;
            RunFigures run = await FaultAsync(
                cluster,
                async () =>
                {
                    long began = Stopwatch.GetTimestamp();
                    using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(1) };
                    Uri[] gateways = [.. cluster.UrlsBut()];
                    await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
                    {
                        long time = 0;
                        while (Stopwatch.GetElapsedTime(began) < length)
                        {
                            time = Math.Max(time + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
                            string answer = await WriteAsync(http, gateways[writer % gateways.Length], name, writer, time);
                            answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
                            if (answer == "204")
                            {
                                acked.Enqueue((writer, time));
                            }
                        }
                    })));
                    peak = cluster.Running.Max(static node => node.ResidentBytesPeak);
                },
                check: async () =>
                {
                    var wrong = new List<string>();
                    if (peak > MemoryLimit * 11 / 10)
                    {
                        wrong.Add($"a node had {peak} bytes resident, and may use {MemoryLimit}");
                    }

                    wrong.AddRange(answers.Keys.Where(static answer => answer is not ("204" or "429" or "503")).Select(static answer => "a write got " + answer));
                    foreach (ClusterNode node in cluster.Running)
                    {
                        wrong.AddRange(await LostAsync(node, name, acked));
                    }

                    return wrong;
                });
            return run with
            {
                Note = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{acked.Count * SeriesOfABurst} samples of the burst acknowledged, answers {string.Join(' ', answers.OrderBy(static answer => answer.Key).Select(static answer => $"{answer.Key}:{answer.Value}"))}, {peak >> 20} MiB resident at most; "),
            };
        },
        new FaultSetup { Conf = $"pleiad.memory.limit = {MemoryLimit}\npleiad.cluster.commit-queue-size = 1MiB" });

    /// <summary>One node gets far less processor than it needs for a while: it is slow, and stays.</summary>
    [SkippableFact]
    [Trait("row", "O1")]
    public Task O1_a_node_that_gets_too_little_processor_is_slow_and_not_dead() => RunAsync("O1", async cluster =>
    {
        Skip.IfNot(CpuShare.IsAllowed(), "control groups of version 1 are not allowed here: no node can be given less processor");
        int victim = Chance.Next(FaultCluster.Nodes);
        cluster.Load.Use(cluster.UrlsBut(victim));
        int process = cluster.Node(victim).Id;
        string before = cluster.Postgres.Ask("SELECT sum(epoch) FROM shard");
        string after = before;
        return await FaultAsync(cluster, async () =>
        {
            long began = Stopwatch.GetTimestamp();
            using CpuShare share = CpuShare.Limit(process, TooLittle);
            await Pause.UntilAsync(() => Task.FromResult(Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(30)), FaultCluster.Patience, static () => "");
            after = cluster.Postgres.Ask("SELECT sum(epoch) FROM shard");
        }, check: () => Task.FromResult<IReadOnlyList<string>>(
            [.. cluster.Node(victim).Id == process ? [] : (string[])["the node has ended"], .. before == after ? [] : (string[])[$"shards were taken over: {before} terms before, {after} after"]]));
    });

    private static double P99(double[] ordered) => ordered.Length == 0 ? 0 : ordered[(int)(0.99 * (ordered.Length - 1))];

    private static async Task<string> AnswerAsync(HttpClient http, Uri gateway)
    {
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(gateway, "/api/v1/query?query=" + Uri.EscapeDataString(Heavy)));
            return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    // One sample of each of the writer's series; all of one instance, so that they are one record.
    private static async Task<string> WriteAsync(HttpClient http, Uri gateway, string name, int writer, long time)
    {
        var message = new ProtoMessage();
        for (int number = 0; number < SeriesOfABurst; number++)
        {
            message.Message(1, RemoteWriteMessages.FirstSeries(("__name__", name), ("instance", $"b{writer}"), ("n", number.ToString(CultureInfo.InvariantCulture)))
                .Message(2, RemoteWriteMessages.Sample(time, number)));
        }

        using var content = new ByteArrayContent(RemoteWriteMessages.Snappy(message.ToArray()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        try
        {
            using HttpResponseMessage answer = await http.PostAsync(new Uri(gateway, "/api/v1/write"), content);
            return ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return e.Message;
        }
    }

    // The first and the last series stand for those between: a record is there whole or not at all.
    private static async Task<IReadOnlyList<string>> LostAsync(ClusterNode node, string name, IEnumerable<(int Writer, long Time)> acked)
    {
        double now = DateTimeOffset.UtcNow.AddSeconds(5).ToUnixTimeMilliseconds() / 1000.0;
        Dictionary<string, List<(long TimeMs, string Value)>> there = await node.Client.RawAsync($"{name}{{n=~\"0|{SeriesOfABurst - 1}\"}}[20m]", now);
        var times = there.Select(static series => (series.Key, Times: series.Value.Select(static sample => sample.TimeMs).ToHashSet())).ToList();
        return [.. acked
            .Where(one => times.Count(series => series.Key.Contains($"instance=b{one.Writer},", StringComparison.Ordinal) && series.Times.Contains(one.Time)) != 2)
            .Take(10).Select(one => $"the burst of writer {one.Writer} at {one.Time} was acknowledged and is not there")];
    }
}
