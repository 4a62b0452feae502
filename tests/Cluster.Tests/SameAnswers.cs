using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pleiad.Outside.Tests;
using Pleiad.TestKit;

namespace Pleiad.Cluster.Tests;

/// <summary>
/// The same data on a node by itself and in a cluster: every node of the cluster answers as the one does, to the last bit, but for sums, whose order may
/// differ (1e-12), whoever dies meanwhile.
/// </summary>
internal sealed class SameAnswers : IAsyncDisposable
{
    private const int Instances = 30;
    private const int Samples = 60;
    private const long StepMs = 15_000;

    private static readonly string[] Exact =
    [
        "same_gauge", "same_gauge{instance=\"s3\"}", "same_gauge{zone=~\"z[01]\"} offset 2m", "count(same_gauge)", "count by (zone) (same_gauge > 0)", "max by (zone) (same_gauge)",
        "min without (instance) (same_gauge)", "topk(5, same_gauge)", "bottomk by (zone) (2, same_gauge)", "group by (zone) (same_total)", "quantile by (zone) (0.9, same_gauge)",
        "count_values(\"v\", round(same_gauge, 100))", "rate(same_total[5m])", "increase(same_total[4m])", "resets(same_total[10m])", "changes(same_gauge[5m])",
        "max_over_time(same_gauge[5m])", "quantile_over_time(0.5, same_gauge[5m])", "deriv(same_gauge[5m])", "histogram_quantile(0.9, rate(same_bucket[5m]))",
        "same_total / on (instance) group_left () same_gauge", "same_gauge and on (instance) (same_total > 300)", "same_gauge unless same_gauge > 0",
        "label_replace(same_gauge, \"place\", \"$1\", \"zone\", \"z(.*)\")", "sort_desc(max by (instance) (same_gauge))", "absent(same_nothing)", "max_over_time(max by (zone) (same_gauge)[5m:30s])",
    ];

    private static readonly string[] Sums =
    [
        "sum(same_gauge)", "sum by (zone) (rate(same_total[5m]))", "avg by (zone) (same_gauge)", "stddev(same_gauge)", "histogram_quantile(0.9, sum by (le) (rate(same_bucket[5m])))",
        "topk(2, sum by (zone) (same_total))", "sum by (zone) (same_total) / count by (zone) (same_total)", "sum(same_gauge * on (instance) group_left () same_total)",
    ];

    private readonly Scratch _scratch = new();
    private readonly PleiadServer _one;
    private readonly long _firstMs = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / StepMs * StepMs) - (Samples * StepMs);
    private readonly Dictionary<string, JsonElement> _expected = [];

    private SameAnswers() => _one = new PleiadServer(
        _scratch.Folder("data"), _scratch.File("prometheus.yml", "global: {scrape_interval: 1h}\n"), RunningProgram.FreePort(), "--web.enable-remote-write-receiver");

    /// <summary>Writes the data to a node by itself and to a cluster, and takes down what the one answers.</summary>
    /// <param name="cluster">Any node of it.</param>
    public static async Task<SameAnswers> StartAsync(ClusterNode cluster)
    {
        var answers = new SameAnswers();
        try
        {
            OrphanGuard.Add(answers._one.Id);
            await answers._one.ReadyAsync(ClusterRig.Patience);
            byte[] body = answers.Body();
            await WriteAsync(answers._one.Client.Http, body);
            await WriteAsync(cluster.Client.Http, body);
            foreach (string path in answers.Paths())
            {
                (JsonElement data, bool isPartial) = await AskAsync(answers._one.Client.Http, path);
                Assert.False(isPartial, path);
                answers._expected.Add(path, data);
            }

            // Nothing would be compared otherwise.
            Assert.All(answers._expected, static answer => Assert.True(answer.Value.GetProperty("result").GetArrayLength() > 0, answer.Key));
            return answers;
        }
        catch
        {
            await answers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Fails unless every node answers every query as the one does.</summary>
    public async Task CheckAsync(IEnumerable<ClusterNode> nodes)
    {
        foreach (ClusterNode node in nodes)
        {
            // A copy may be a moment behind the write that has just been acknowledged by its leader: asked strongly it waits for it.
            Assert.Equal(0, await PartialAsync(node, "&consistency=strong"));
        }
    }

    /// <summary>Asks nodes until something has happened, once at least: every answer is as the one's, or says that it is partial.</summary>
    /// <returns>Answers, and those of them that were partial.</returns>
    public async Task<(int Answers, int Partial)> CheckWhileAsync(IReadOnlyList<ClusterNode> nodes, Task happens)
    {
        int answers = 0;
        int partial = 0;
        do
        {
            foreach (ClusterNode node in nodes)
            {
                partial += await PartialAsync(node, "");
                answers += _expected.Count;
            }
        }
        while (!happens.IsCompleted);
        await happens;
        return (answers, partial);
    }

    public async ValueTask DisposeAsync()
    {
        await _one.DisposeAsync();
        _scratch.Dispose();
    }

    private async Task<int> PartialAsync(ClusterNode node, string further)
    {
        int partial = 0;
        foreach ((string path, JsonElement expected) in _expected)
        {
            (JsonElement data, bool isPartial) = await AskAsync(node.Client.Http, path + further);
            if (isPartial)
            {
                partial++;
                continue;
            }

            bool isSum = Sums.Any(query => path.Contains("query=" + Uri.EscapeDataString(query) + "&", StringComparison.Ordinal));
            Assert.True(expected.GetProperty("resultType").GetString() == data.GetProperty("resultType").GetString(), path);
            AssertSame(path, isSum, Flat(expected), Flat(data));
        }

        return partial;
    }

    private static void AssertSame(string path, bool isSum, SortedDictionary<string, string> expected, SortedDictionary<string, string> found)
    {
        Assert.True(expected.Keys.SequenceEqual(found.Keys), $"{path}: {string.Join(' ', expected.Keys.Except(found.Keys).Take(5))} are missing, {string.Join(' ', found.Keys.Except(expected.Keys).Take(5))} are too many");
        foreach ((string key, string value) in expected)
        {
            Assert.True(value == found[key] || (isSum && IsClose(value, found[key])), $"{path}: {key} is {found[key]}, not {value}");
        }
    }

    private static bool IsClose(string a, string b)
    {
        double one = double.Parse(a, CultureInfo.InvariantCulture);
        double other = double.Parse(b, CultureInfo.InvariantCulture);
        return Math.Abs(one - other) <= 1e-12 * Math.Max(Math.Abs(one), Math.Abs(other));
    }

    // A value for each series and time.
    private static SortedDictionary<string, string> Flat(JsonElement data)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonElement series in data.GetProperty("result").EnumerateArray())
        {
            string labels = string.Join(',', series.GetProperty("metric").EnumerateObject().Select(static label => $"{label.Name}={label.Value}").Order(StringComparer.Ordinal));
            IEnumerable<JsonElement> points = series.TryGetProperty("values", out JsonElement values) ? values.EnumerateArray() : [series.GetProperty("value")];
            foreach (JsonElement point in points)
            {
                flat.Add($"{{{labels}}} at {point[0].GetRawText()}", point[1].GetString()!);
            }
        }

        return flat;
    }

    private static async Task<(JsonElement Data, bool IsPartial)> AskAsync(HttpClient http, string path)
    {
        using HttpResponseMessage answer = await http.GetAsync(path);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path} was answered {(int)answer.StatusCode}: {text}");
        using JsonDocument json = JsonDocument.Parse(text);
        bool isPartial = json.RootElement.TryGetProperty("warnings", out JsonElement warnings)
            && warnings.EnumerateArray().Any(static warning => warning.GetString()!.StartsWith("partial", StringComparison.Ordinal));
        return (json.RootElement.GetProperty("data").Clone(), isPartial);
    }

    private static async Task WriteAsync(HttpClient http, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage answer = await http.PostAsync("/api/v1/write", content);
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private IEnumerable<string> Paths()
    {
        string middle = Seconds(_firstMs + (Samples / 2 * StepMs) + 7_000);
        string end = Seconds(_firstMs + ((Samples - 1) * StepMs));
        foreach (string query in Exact.Concat(Sums).Select(Uri.EscapeDataString))
        {
            yield return $"/api/v1/query?query={query}&time={middle}";
            yield return $"/api/v1/query_range?query={query}&start={Seconds(_firstMs + 60_000)}&end={end}&step=37";
        }
    }

    private static string Seconds(long ms) => (ms / 1000.0).ToString("F3", CultureInfo.InvariantCulture);

    // Gauges, counters that begin anew now and then, and the buckets of a histogram, of instances that fall into all shards.
    private byte[] Body()
    {
        var chance = new Random(7);
        var message = new ProtoMessage();
        for (int instance = 0; instance < Instances; instance++)
        {
            double total = 0;
            Add("same_gauge", instance, null, _ => (chance.NextDouble() * 2000) - 1000);
            Add("same_total", instance, null, i => total = i % 23 == instance % 23 ? 0.1 : total + (chance.NextDouble() * 100));
            double[] counts = new double[6];
            double[][] buckets = [.. Enumerable.Range(0, Samples).Select(_ =>
            {
                for (int from = chance.Next(6); from < 6; from++)
                {
                    counts[from] += 1;
                }

                return (double[])counts.Clone();
            })];
            for (int bucket = 0; bucket < 6; bucket++)
            {
                int of = bucket;
                Add("same_bucket", instance, bucket == 5 ? "+Inf" : (0.1 * (1 << bucket)).ToString(CultureInfo.InvariantCulture), i => buckets[i][of]);
            }
        }

        return RemoteWriteMessages.Snappy(message.ToArray());

        void Add(string name, int instance, string? le, Func<int, double> value)
        {
            (string, string)[] labels = [("__name__", name), ("instance", $"s{instance}"), ("zone", $"z{instance % 3}")];
            ProtoMessage series = RemoteWriteMessages.FirstSeries(le is null ? labels : [labels[0], labels[1], ("le", le), labels[2]]);
            for (int i = 0; i < Samples; i++)
            {
                series.Message(2, RemoteWriteMessages.Sample(_firstMs + (i * StepMs), value(i)));
            }

            message.Message(1, series);
        }
    }
}
