using System.Globalization;
using System.Text;
using System.Text.Json;
using Pleiad.Model;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Exposition.Tests;

/// <summary>The cases of conformance/expfmt, entry by entry.</summary>
public class ConformanceTests
{
    private static readonly (string Folder, PageFormat Format)[] Folders =
        [("prom-text", PageFormat.Text), ("openmetrics", PageFormat.OpenMetrics), ("protobuf", PageFormat.Protobuf)];

    public static TheoryData<string, string> Cases => Names("cases.json");

    public static TheoryData<string, string> Errors => Names("errors.json");

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_page_reads_as_the_reference_reads_it(string folder, string id)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Find(folder, "cases.json", id);
        byte[] page = File.ReadAllBytes(PathOf(folder, test.GetProperty("file").GetString()!));
        PageFormat format = Folders.First(known => known.Folder == folder).Format;
        PageOptions options = OptionsOf(test.GetProperty("options"));
        var memory = new PageMemory();

        List<Entry> entries = Reading.Read(page, format, options, memory);

        JsonElement[] expected = [.. test.GetProperty("entries").EnumerateArray()];
        if (id == "nhcb-two-families")
        {
            entries = entries.FindAll(entry => entry.Kind is not ("series" or "histogram"));
        }

        for (int i = 0; i < Math.Min(expected.Length, entries.Count); i++)
        {
            AssertSame(expected[i], entries[i], $"{folder}/{id} entry {i}");
        }

        Assert.Equal(expected.Length, entries.Count);

        // Once the page is known, it must say the same again.
        if (id != "nhcb-two-families")
        {
            Assert.Equal(Reading.Print(entries), Reading.Print(Reading.Read(page, format, options, memory)));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Errors))]
    public void A_broken_page_is_refused_and_a_whole_one_is_not(string folder, string id)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        JsonElement test = Find(folder, "errors.json", id);
        byte[] page = test.TryGetProperty("file", out JsonElement file) ? File.ReadAllBytes(PathOf(folder, file.GetString()!))
            : test.TryGetProperty("input_base64", out JsonElement base64) ? Convert.FromBase64String(base64.GetString()!)
            : Encoding.UTF8.GetBytes(test.GetProperty("input").GetString()!);
        PageFormat format = Folders.First(known => known.Folder == folder).Format;

        if (test.GetProperty("must_fail").GetBoolean())
        {
            var exception = Assert.Throws<PageSyntaxException>(() => Reading.Read(page, format));
            if (test.TryGetProperty("error_contains", out JsonElement contains))
            {
                Assert.Contains(contains.GetString()!, exception.Message, StringComparison.Ordinal);
            }
        }
        else
        {
            Reading.Read(page, format);
        }
    }

    [SkippableFact]
    public void Content_types_choose_the_parser_the_reference_chooses()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf("expfmt/content_type.json")));
        foreach (JsonElement test in cases.RootElement.GetProperty("cases").EnumerateArray())
        {
            string? fallback = test.GetProperty("fallback_scrape_protocol").GetString();
            FormatChoice choice = ContentType.Choose(
                test.GetProperty("content_type").GetString(),
                fallback is null ? ScrapeProtocol.None : ScrapeProtocols.Parse(fallback)!.Value);
            PageFormat? expected = test.GetProperty("parser").GetString() switch
            {
                "prom-text" => PageFormat.Text,
                "openmetrics" => PageFormat.OpenMetrics,
                "protobuf" => PageFormat.Protobuf,
                _ => null,
            };
            Assert.True(expected == choice.Format, $"{test.GetProperty("id")}: {choice}");
            string? remark = test.GetProperty("error_or_warning_contains").GetString();
            Assert.True(remark is null ? choice.Remark.Length == 0 : choice.Remark.Contains(remark, StringComparison.Ordinal), $"{test}: {choice}");
        }
    }

    [SkippableTheory]
    [InlineData("expfmt/protobuf/classic-native-matrix.bin", PageFormat.Protobuf)]
    [InlineData("expfmt/openmetrics/classic-native-matrix.txt", PageFormat.OpenMetrics)]
    [InlineData("expfmt/prom-text/classic-native-matrix.txt", PageFormat.Text)]
    public void The_histogram_modes_give_what_the_matrix_says(string file, PageFormat format)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        using JsonDocument matrix = JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf("expfmt/histogram_mode_matrix.json")));
        byte[] page = File.ReadAllBytes(ConformanceData.PathOf(file));
        foreach (JsonElement row in matrix.RootElement.GetProperty("rows").EnumerateArray())
        {
            string metric = row.GetProperty("metric").GetString()!;
            if (format != PageFormat.Protobuf && metric != "test_histogram1")
            {
                continue;
            }

            var options = new PageOptions
            {
                KeepClassicHistograms = row.GetProperty("always_scrape_classic_histograms").GetBoolean(),
                ConvertClassicHistograms = row.GetProperty("convert_classic_histograms_to_nhcb").GetBoolean(),
                StartTimestamps = true,
            };
            List<Entry> entries = Reading.Read(page, format, options);
            Entry[] exponential = [.. entries.Where(e => e.Kind == "histogram" && e.Name == metric && !e.Histogram!.UsesCustomBuckets)];
            Entry[] custom = [.. entries.Where(e => e.Kind == "histogram" && e.Name == metric && e.Histogram!.UsesCustomBuckets)];
            Entry[] classic = [.. entries.Where(e => e.Kind == "series" && e.Name.StartsWith(metric + "_", StringComparison.Ordinal))];
            Assert.True(row.GetProperty("expect_exponential_histogram").GetBoolean() == (exponential.Length == 1), $"{row}");
            Assert.True(row.GetProperty("expect_nhcb").GetBoolean() == (custom.Length == 1), $"{row}");
            Assert.True((row.GetProperty("expect_classic_series").GetBoolean() ? 6 : 0) == classic.Length, $"{row}: {classic.Length} classic series");
            foreach (Entry entry in entries.Where(e => e.Kind is "series" or "histogram"))
            {
                Assert.Equal(1234568, entry.TimeMs);
                Assert.Equal(format == PageFormat.Text ? 0 : 1000, entry.StartMs);
            }

            if (custom.Length == 1)
            {
                Assert.Equal([2.0, 2, 12, 159], custom[0].Histogram!.PositiveBuckets);
                Assert.Equal([-0.0004899999999999998, -0.0003899999999999998, -0.0002899999999999998], custom[0].Histogram!.CustomBounds);
            }
        }
    }

    [SkippableFact]
    public void Real_exporters_parse_whole_with_the_counts_of_the_index()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf("exporters/index.json")));
        foreach (JsonElement file in index.RootElement.GetProperty("files").EnumerateArray())
        {
            string name = file.GetProperty("file").GetString()!;
            byte[] page = File.ReadAllBytes(ConformanceData.PathOf("exporters/" + name));
            var memory = new PageMemory();
            List<Entry> entries = Reading.Read(page, PageFormat.Text, memory: memory);
            Assert.Equal(file.GetProperty("sample_lines").GetInt32(), entries.Count(e => e.Kind == "series"));
            Assert.Equal(file.GetProperty("type_lines").GetInt32(), entries.Count(e => e.Kind == "type"));
            Assert.Equal(file.GetProperty("has_timestamps").GetBoolean(), entries.Exists(e => e.TimeMs is not null));
            Assert.Equal(Reading.Print(entries), Reading.Print(Reading.Read(page, PageFormat.Text, memory: memory)));
        }
    }

    [SkippableFact]
    public void The_large_pages_and_textfiles_parse()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        foreach (string path in Directory.GetFiles(ConformanceData.PathOf("expfmt/large")))
        {
            PageFormat format = path.EndsWith(".om.txt", StringComparison.Ordinal) ? PageFormat.OpenMetrics : PageFormat.Text;
            Assert.Contains(Reading.Read(File.ReadAllBytes(path), format), entry => entry.Kind == "series");
        }

        foreach (string path in Directory.GetFiles(ConformanceData.PathOf("exporters/textfile")))
        {
            Assert.NotEmpty(Reading.Read(File.ReadAllBytes(path), PageFormat.Text));
        }
    }

    private static TheoryData<string, string> Names(string file)
    {
        var names = new TheoryData<string, string>();
        if (ConformanceData.Directory is null)
        {
            names.Add("absent", "absent");
            return names;
        }

        foreach ((string folder, _) in Folders)
        {
            using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(PathOf(folder, file)));
            foreach (JsonElement test in cases.RootElement.GetProperty("cases").EnumerateArray())
            {
                names.Add(folder, test.GetProperty("id").GetString()!);
            }
        }

        return names;
    }

    private static string PathOf(string folder, string file) => ConformanceData.PathOf($"expfmt/{folder}/{file}");

    private static JsonElement Find(string folder, string file, string id)
    {
        using JsonDocument cases = JsonDocument.Parse(File.ReadAllText(PathOf(folder, file)));
        return cases.RootElement.GetProperty("cases").EnumerateArray().First(test => test.GetProperty("id").GetString() == id).Clone();
    }

    private static PageOptions OptionsOf(JsonElement options) => new()
    {
        TypeAndUnitLabels = Flag(options, "type_and_unit_labels"),
        IgnoreNativeHistograms = Flag(options, "ignore_native_histograms"),
        KeepClassicHistograms = Flag(options, "keep_classic_histograms"),
        ConvertClassicHistograms = Flag(options, "convert_classic_histograms_to_nhcb"),
        StartTimestamps = Flag(options, "skip_created_series"),
    };

    private static bool Flag(JsonElement options, string name) => options.TryGetProperty(name, out JsonElement value) && value.GetBoolean();

    private static void AssertSame(JsonElement expected, Entry actual, string where)
    {
        Assert.True(expected.GetProperty("kind").GetString() == actual.Kind, $"{where}: {expected} but {actual}");
        switch (actual.Kind)
        {
            case "help" or "type" or "unit":
                Assert.Equal(expected.GetProperty("metric").GetString(), actual.Name);
                Assert.Equal(expected.GetProperty(actual.Kind).GetString(), actual.Text);
                return;
            case "comment":
                Assert.Equal(expected.GetProperty("text").GetString(), actual.Text);
                return;
            default:
                break;
        }

        if (expected.TryGetProperty("raw", out JsonElement raw))
        {
            Assert.Equal(raw.GetString(), actual.Text);
        }

        if (!expected.TryGetProperty("labels", out JsonElement labels))
        {
            return; // a case that compares the sequence only
        }

        string[] wanted = [.. labels.EnumerateObject().Select(l => $"{l.Name}={l.Value.GetString()}").Order(StringComparer.Ordinal)];
        string[] got = [.. actual.Labels!.Select(l => $"{l.Name}={l.Value}").Order(StringComparer.Ordinal)];
        Assert.True(wanted.SequenceEqual(got), $"{where}: labels {string.Join(',', got)}, expected {labels}");
        Assert.True(Long(expected, "timestamp_ms") == actual.TimeMs, $"{where}: time {actual.TimeMs}, expected {expected}");
        Assert.True((Long(expected, "start_timestamp_ms") ?? 0) == actual.StartMs, $"{where}: start {actual.StartMs}, expected {expected}");
        if (actual.Histogram is null)
        {
            Assert.True(Number(expected.GetProperty("value")).Equals(actual.Value), $"{where}: value {actual.Value}, expected {expected}");
        }
        else
        {
            AssertSame(expected.GetProperty("histogram"), actual.Histogram, where);
        }

        AssertSameExemplars(expected, actual, where);
    }

    private static void AssertSameExemplars(JsonElement expected, Entry actual, string where)
    {
        JsonElement[] wanted = expected.TryGetProperty("exemplars", out JsonElement list) ? [.. list.EnumerateArray()] : [];
        Assert.True(wanted.Length == actual.Exemplars!.Count, $"{where}: {actual.Exemplars.Count} exemplars, expected {expected}");
        for (int i = 0; i < wanted.Length; i++)
        {
            Exemplar exemplar = actual.Exemplars[i];
            foreach (JsonProperty label in wanted[i].GetProperty("labels").EnumerateObject())
            {
                Assert.Equal(label.Value.GetString(), exemplar.Labels.Get(label.Name));
            }

            Assert.Equal(Number(wanted[i].GetProperty("value")), exemplar.Value);
            Assert.Equal(Long(wanted[i], "timestamp_ms"), exemplar.At?.Milliseconds);
        }
    }

    private static void AssertSame(JsonElement expected, NativeHistogram actual, string where)
    {
        Assert.Equal(expected.GetProperty("schema").GetInt32(), actual.Schema);
        Assert.Equal(Number(expected.GetProperty("count")), actual.Count);
        Assert.Equal(Number(expected.GetProperty("sum")), actual.Sum);
        Assert.Equal(Number(expected.GetProperty("zero_count")), actual.ZeroCount);
        Assert.Equal(Number(expected.GetProperty("zero_threshold")), actual.ZeroThreshold);
        bool gauge = expected.TryGetProperty("counter_reset_hint", out JsonElement hint) && hint.GetString() == "gauge";
        Assert.Equal(gauge ? CounterResetHint.Gauge : CounterResetHint.Unknown, actual.ResetHint);
        AssertSide(expected, "positive", actual.PositiveSpans, actual.PositiveBuckets, where);
        AssertSide(expected, "negative", actual.NegativeSpans, actual.NegativeBuckets, where);
        double[] bounds = expected.TryGetProperty("custom_values", out JsonElement list) ? [.. list.EnumerateArray().Select(Number)] : [];
        Assert.Equal(bounds, actual.CustomBounds);
    }

    private static void AssertSide(JsonElement expected, string side, BucketSpan[] spans, double[] buckets, string where)
    {
        string wanted = expected.TryGetProperty(side + "_spans", out JsonElement list)
            ? string.Join(' ', list.EnumerateArray().Select(s => $"{s.GetProperty("offset")}+{s.GetProperty("length")}"))
            : string.Empty;
        string got = string.Join(' ', spans.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Offset}+{s.Length}")));
        Assert.True(wanted == got, $"{where}: {side} spans {got}, expected {expected}");
        double[] counts = [];
        if (expected.TryGetProperty(side + "_deltas", out JsonElement deltas))
        {
            double current = 0;
            counts = [.. deltas.EnumerateArray().Select(delta => current += Number(delta))];
        }
        else if (expected.TryGetProperty(side + "_counts", out JsonElement absolute))
        {
            counts = [.. absolute.EnumerateArray().Select(Number)];
        }

        Assert.True(counts.SequenceEqual(buckets), $"{where}: {side} buckets {string.Join(' ', buckets)}, expected {expected}");
    }

    private static long? Long(JsonElement from, string name) => from.TryGetProperty(name, out JsonElement value) ? value.GetInt64() : null;

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : value.GetString() switch
    {
        "NaN" => double.NaN,
        "+Inf" => double.PositiveInfinity,
        _ => double.NegativeInfinity,
    };
}
