using System.Text.Json;
using Pleiad.Model;
using Xunit;

namespace Pleiad.PromQL.Tests;

public class SeriesCasesTests
{
    private const string Numbers = "series_cases.json";
    private const string Histograms = "histogram_series_cases.json";

    public static TheoryData<string> NumberIds => Ids(Numbers);

    public static TheoryData<string> HistogramIds => Ids(Histograms);

    [SkippableTheory]
    [MemberData(nameof(NumberIds))]
    public void Series_notation_reads_as_the_reference_reads_it(string id)
    {
        JsonElement given = PromQLCases.Find(Numbers, id);
        string input = given.GetProperty("input").GetString()!;
        if (given.GetProperty("must_fail").GetBoolean())
        {
            Assert.Throws<ScriptSyntaxException>(() => SeriesNotation.Read(input));
            return;
        }

        ScriptSeries series = SeriesNotation.Read(input);
        Assert.Equal(
            given.GetProperty("labels").EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()),
            series.Labels.ToDictionary(l => l.Name, l => (string?)l.Value));
        Assert.Equal(given.GetProperty("values").EnumerateArray().Select(Value), series.Values);
    }

    [SkippableTheory]
    [MemberData(nameof(HistogramIds))]
    public void Histogram_notation_reads_as_the_reference_reads_it(string id)
    {
        JsonElement given = PromQLCases.Find(Histograms, id);
        string input = given.GetProperty("input").GetString()!;
        if (given.GetProperty("must_fail").GetBoolean())
        {
            Assert.Throws<ScriptSyntaxException>(() => SeriesNotation.Read(input));
            return;
        }

        ScriptSeries series = SeriesNotation.Read(input);
        JsonElement[] wanted = [.. given.GetProperty("histograms").EnumerateArray()];
        Assert.Equal(wanted.Length, series.Values.Count);
        for (int i = 0; i < wanted.Length; i++)
        {
            NativeHistogram seen = series.Values[i].Histogram!;
            Assert.Equal(Number(wanted[i], "schema"), seen.Schema);
            Assert.Equal(Number(wanted[i], "sum"), seen.Sum);
            Assert.Equal(Number(wanted[i], "count"), seen.Count);
            Assert.Equal(Number(wanted[i], "zero_count"), seen.ZeroCount);
            Assert.Equal(Number(wanted[i], "zero_threshold"), seen.ZeroThreshold);
            Assert.Equal(Buckets(wanted[i], "positive_buckets"), seen.PositiveBuckets);
            Assert.Equal(Buckets(wanted[i], "negative_buckets"), seen.NegativeBuckets);
            Assert.Equal(Spans(wanted[i], "positive_spans"), seen.PositiveSpans);
            Assert.Equal(Spans(wanted[i], "negative_spans"), seen.NegativeSpans);
            Assert.Equal(Hint(wanted[i]), seen.ResetHint);
        }
    }

    [Theory]
    [InlineData("m@st _ -30s _x2 -1m-1mx2 +5ms 0", new object?[] { null, -30_000L, null, null, -60_000L, -120_000L, -180_000L, 5L, 0L })]
    [InlineData("m{a=\"@st \"}@st -59999msx1", new object?[] { -59_999L, -59_999L })]
    public void Start_timestamps_read_as_offsets(string line, object?[] expected)
    {
        Assert.True(SeriesNotation.IsStartTimes(line));
        Assert.Equal(expected, SeriesNotation.ReadStartTimes(line).Offsets.Cast<object?>());
    }

    [Fact]
    public void A_series_longer_than_the_limit_is_refused()
    {
        Assert.Equal(SeriesNotation.PositionsMax, SeriesNotation.Read($"m 1x{SeriesNotation.PositionsMax - 1}").Values.Count);
        Assert.Throws<ScriptSyntaxException>(() => SeriesNotation.Read($"m 1x{SeriesNotation.PositionsMax}"));
        Assert.Throws<ScriptSyntaxException>(() => SeriesNotation.Read($"m _x{SeriesNotation.PositionsMax + 1}"));
    }

    private static ScriptValue Value(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? ScriptValue.Of(value.GetDouble())
        : value.GetString() switch
        {
            "_" => ScriptValue.None,
            "stale" => ScriptValue.Of(StaleMarker.Value),
            "+Inf" => ScriptValue.Of(double.PositiveInfinity),
            "-Inf" => ScriptValue.Of(double.NegativeInfinity),
            _ => ScriptValue.Of(double.NaN),
        };

    private static double Number(JsonElement histogram, string name) =>
        histogram.TryGetProperty(name, out JsonElement value) ? value.GetDouble() : 0;

    private static double[] Buckets(JsonElement histogram, string name) =>
        histogram.TryGetProperty(name, out JsonElement value) ? [.. value.EnumerateArray().Select(b => b.GetDouble())] : [];

    private static BucketSpan[] Spans(JsonElement histogram, string name) =>
        histogram.TryGetProperty(name, out JsonElement value)
            ? [.. value.EnumerateArray().Select(s => new BucketSpan(s[0].GetInt32(), s[1].GetUInt32()))]
            : [];

    private static CounterResetHint Hint(JsonElement histogram) =>
        histogram.TryGetProperty("counter_reset_hint", out JsonElement hint)
            ? hint.GetString() switch
            {
                "gauge" => CounterResetHint.Gauge,
                "reset" => CounterResetHint.Reset,
                "not_reset" => CounterResetHint.NotReset,
                _ => CounterResetHint.Unknown,
            }
            : CounterResetHint.Unknown;

    private static TheoryData<string> Ids(string file) => [.. PromQLCases.All(file).Select(PromQLCases.Id).DefaultIfEmpty(PromQLCases.Absent)];
}
