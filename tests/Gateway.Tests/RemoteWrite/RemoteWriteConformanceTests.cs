using System.Globalization;
using System.Text.Json;
using Pleiad.Model;
using static Pleiad.TestKit.RemoteWriteMessages;

namespace Pleiad.Gateway.Tests;

/// <summary>Every case of conformance/remote-write that concerns a receiver.</summary>
public sealed class RemoteWriteConformanceTests
{
    public static TheoryData<string> Cases => Ids("cases");

    public static TheoryData<string> HeaderCases => Ids("header_cases");

    public static TheoryData<string> Scenarios => ConformanceData.Directory is null ? new(ConformanceData.Absent) : new(ScenarioTexts());

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task A_request_is_answered_and_stored_as_the_case_says(string id)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Find("cases", id);
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync();
        Written answer = await SendAsync(gateway, test);
        AssertStatus(test, answer);
        if (test.TryGetProperty("reference_error_contains", out JsonElement error))
        {
            Assert.Contains(error.GetString()!, answer.Text, StringComparison.Ordinal);
        }

        if (test.TryGetProperty("expect_headers", out JsonElement headers))
        {
            foreach (JsonProperty header in headers.EnumerateObject())
            {
                Assert.Equal(header.Value.GetString(), answer.Headers.GetValues(header.Name).Single());
            }
        }

        string[] written = [.. gateway.Node.Written.Select(row => row.ToString()).Order(StringComparer.Ordinal)];
        if (test.TryGetProperty("series", out JsonElement series))
        {
            Assert.Equal(series.EnumerateArray().SelectMany(RowsOf).Order(StringComparer.Ordinal), written);
        }
        else if (test.TryGetProperty("valid_series", out JsonElement valid))
        {
            Assert.Equal(
                valid.EnumerateArray().Select(LabelsOf).Select(labels => labels.ToString()).Order(StringComparer.Ordinal),
                gateway.Node.Written.Select(row => row.Series.ToString()).Order(StringComparer.Ordinal));
        }
        else
        {
            Assert.Empty(written);
        }

        if (test.TryGetProperty("series", out JsonElement all))
        {
            Assert.Equal(all.EnumerateArray().SelectMany(ExemplarsOf), gateway.Node.WrittenExemplars);
        }

        await AssertMetadataAsync(gateway, test);
    }

    [SkippableTheory]
    [MemberData(nameof(HeaderCases))]
    public async Task Headers_choose_the_message_or_refuse_it(string id)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Find("header_cases", id);
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync();
        Written answer = await SendAsync(gateway, test);
        AssertStatus(test, answer);
        if (test.TryGetProperty("reference_error", out JsonElement error))
        {
            Assert.Equal(error.GetString() + "\n", answer.Text);
        }

        Assert.Equal(answer.Status == 204, gateway.Node.Written.Count > 0);
    }

    [SkippableTheory]
    [MemberData(nameof(Scenarios))]
    public async Task A_receiver_does_what_the_compliance_suite_asks(string what)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement scenario = Load("receiver_scenarios.json").GetProperty("scenarios").EnumerateArray().First(s => s.GetProperty("what").GetString() == what);
        JsonElement expect = scenario.GetProperty("expect");
        string wanted = expect.ValueKind == JsonValueKind.Number ? expect.GetRawText() : expect.GetString()!;
        Assert.True(ReceiverScenarios.All.TryGetValue(what, out Func<RunningGateway, IAsyncEnumerable<Written>>? run), "a scenario that no test knows: " + what);
        int answers = 0;
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync();
        await foreach (Written answer in run(gateway))
        {
            answers++;
            string status = answer.Status.ToString(CultureInfo.InvariantCulture);
            Assert.True(wanted[0] == status[0] && (wanted[1] == 'x' || wanted == status), $"{answer.Status} {answer.Text}");
            foreach (string kind in (string[])["samples", "histograms"])
            {
                int at = wanted.IndexOf(kind + " written ", StringComparison.Ordinal);
                if (at >= 0)
                {
                    Assert.Equal(wanted[(at + kind.Length + " written ".Length)..], answer.Count(char.ToUpperInvariant(kind[0]) + kind[1..]));
                }
            }

            if (wanted.Contains("exemplars written counted", StringComparison.Ordinal))
            {
                Assert.Equal("1", answer.Count("Exemplars"));
            }
        }

        Assert.True(answers > 0, "nothing was sent");
    }

    private static void AssertStatus(JsonElement test, Written answer)
    {
        JsonElement status = test.GetProperty("expect_status");
        Assert.True(
            status.ValueKind == JsonValueKind.String ? answer.Status / 100 == status.GetString()![0] - '0' : answer.Status == status.GetInt32(),
            $"{answer.Status} {answer.Text}");
    }

    private static Task<Written> SendAsync(RunningGateway gateway, JsonElement test) => gateway.WriteAsync(
        File.ReadAllBytes(PathOf(test.GetProperty("body").GetString()!)),
        [.. test.GetProperty("headers").EnumerateObject().Select(header => (header.Name, header.Value.GetString()!))]);

    private static async Task AssertMetadataAsync(RunningGateway gateway, JsonElement test)
    {
        var wanted = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (test.TryGetProperty("metadata", out JsonElement families))
        {
            foreach (JsonElement family in families.EnumerateArray())
            {
                wanted[family.GetProperty("family").GetString()!] = TextOf(family);
            }
        }

        foreach (JsonElement series in test.TryGetProperty("series", out JsonElement all) ? all.EnumerateArray() : default)
        {
            if (series.TryGetProperty("metadata", out JsonElement said))
            {
                wanted[series.GetProperty("labels").GetProperty("__name__").GetString()!] = TextOf(said);
            }
        }

        if (wanted.Count > 0)
        {
            JsonElement data = Json.DataOf(await gateway.GetAsync("/api/v1/metadata"));
            Assert.Equal(wanted, data.EnumerateObject().ToDictionary(family => family.Name, family => TextOf(family.Value.EnumerateArray().Single())));
        }
    }

    private static string TextOf(JsonElement said) =>
        $"{said.GetProperty("type").GetString()} {said.GetProperty("help").GetString()} {said.GetProperty("unit").GetString()}";

    // In the text of WrittenRow.
    private static IEnumerable<string> RowsOf(JsonElement series)
    {
        var labels = LabelsOf(series.GetProperty("labels"));
        long start = series.TryGetProperty("start_timestamp_ms", out JsonElement of) ? of.GetInt64() : 0;
        foreach (JsonElement sample in series.TryGetProperty("samples", out JsonElement samples) ? samples.EnumerateArray() : default)
        {
            yield return new WrittenRow(labels, sample[0].GetInt64(), ValueOf(sample[1].GetString()!), start, null).ToString();
        }

        foreach (JsonElement histogram in series.TryGetProperty("histograms", out JsonElement histograms) ? histograms.EnumerateArray() : default)
        {
            long started = histogram.TryGetProperty("start_timestamp_ms", out JsonElement own) ? own.GetInt64() : start;
            yield return new WrittenRow(labels, histogram.GetProperty("timestamp_ms").GetInt64(), 0, started, HistogramOf(histogram)).ToString();
        }
    }

    private static IEnumerable<string> ExemplarsOf(JsonElement series)
    {
        Labels labels = LabelsOf(series.GetProperty("labels"));
        return (series.TryGetProperty("exemplars", out JsonElement exemplars) ? exemplars.EnumerateArray() : default)
            .Select(e => $"{labels} {LabelsOf(e.GetProperty("labels"))} {e.GetProperty("value").GetRawText()} {e.GetProperty("timestamp_ms").GetInt64()}")
            .ToArray();
    }

    private static NativeHistogram HistogramOf(JsonElement said)
    {
        double Number(string name) => said.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;
        double[] Numbers(string name) => said.TryGetProperty(name, out JsonElement values) ? [.. values.EnumerateArray().Select(v => v.GetDouble())] : [];
        BucketSpan[] Spans(string name) => said.TryGetProperty(name, out JsonElement spans)
            ? [.. spans.EnumerateArray().Select(span => new BucketSpan(span[0].GetInt32(), span[1].GetUInt32()))]
            : [];
        return new NativeHistogram
        {
            Schema = said.GetProperty("schema").GetInt32(),
            Count = Number("count"),
            Sum = Number("sum"),
            ZeroThreshold = Number("zero_threshold"),
            ZeroCount = Number("zero_count"),
            PositiveSpans = Spans("positive_spans"),
            PositiveBuckets = Numbers("positive_bucket_counts"),
            NegativeSpans = Spans("negative_spans"),
            NegativeBuckets = Numbers("negative_bucket_counts"),
            CustomBounds = Numbers("custom_values"),
            ResetHint = said.GetProperty("reset_hint").GetString() switch
            {
                "gauge" => CounterResetHint.Gauge,
                "not_reset" => CounterResetHint.NotReset,
                "reset" => CounterResetHint.Reset,
                _ => CounterResetHint.Unknown,
            },
        };
    }

    private static double ValueOf(string text) => text switch
    {
        "stale" => StaleMarker.Value,
        "NaN" => StaleMarker.NormalNaN,
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static Labels LabelsOf(JsonElement labels) =>
        Labels.From([.. labels.EnumerateObject().Select(label => (label.Name, label.Value.GetString()!))]);

    private static IEnumerable<string> ScenarioTexts() =>
        Load("receiver_scenarios.json").GetProperty("scenarios").EnumerateArray().Select(s => s.GetProperty("what").GetString()!);

    private static TheoryData<string> Ids(string list) => ConformanceData.Directory is null
        ? new(ConformanceData.Absent)
        : new(Load("cases.json").GetProperty(list).EnumerateArray().Select(c => c.GetProperty("id").GetString()!));

    private static JsonElement Find(string list, string id) =>
        Load("cases.json").GetProperty(list).EnumerateArray().First(c => c.GetProperty("id").GetString() == id);

    private static JsonElement Load(string file)
    {
        using JsonDocument parsed = JsonDocument.Parse(File.ReadAllBytes(PathOf(file)));
        return parsed.RootElement.Clone();
    }

    private static string PathOf(string file) => ConformanceData.PathOf("remote-write/" + file);
}
