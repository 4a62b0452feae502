using System.Globalization;
using System.Text.Json;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.Alerting.Tests;

/// <summary>Every case of the reference's table of templates is a case of its own.</summary>
public sealed class TemplateConformanceTests
{
    private const string Absent = "(no conformance data)";

    private static readonly TemplateContext Context = new(
        new Timestamp(1353755652000), "http://testhost:9090/path/prefix", TemplateQueries.None);

    public static TheoryData<string> Ids => [.. Cases().Select(test => test.GetProperty("id").GetString()!).DefaultIfEmpty(Absent)];

    [SkippableTheory]
    [MemberData(nameof(Ids))]
    public void A_template_expands_as_in_prometheus(string id)
    {
        Skip.If(id == Absent, ConformanceData.Absent);
        JsonElement test = Cases().Single(one => one.GetProperty("id").GetString() == id);
        string text = test.GetProperty("text").GetString()!;
        string[] options = test.TryGetProperty("template_options", out JsonElement list)
            ? [.. list.EnumerateArray().Select(option => option.GetString()!)]
            : [];
        bool html = test.TryGetProperty("html", out JsonElement flag) && flag.GetBoolean();
        bool fails = test.TryGetProperty("must_fail", out JsonElement must) && must.GetBoolean();
        object? input = test.TryGetProperty("input", out JsonElement data) ? Input(data, test.GetProperty("input_type").GetString()!) : null;
        TemplateContext context = test.TryGetProperty("query_result", out JsonElement result)
            ? Context with { Queries = Answers(text, result) }
            : Context;
        string seen;
        try
        {
            var missing = options.Contains("missingkey=error") ? MissingKey.Error : MissingKey.Zero;
            seen = Template.Parse("test", text, new TemplateOptions(html, missing)).Expand(input, context);
        }
        catch (TemplateException e)
        {
            Assert.True(fails, e.Message);
            string wanted = test.GetProperty("reference_error").GetString()!;
            Assert.EndsWith(e.Message, wanted, StringComparison.Ordinal);
            return;
        }

        Assert.False(fails, $"expected to fail, gave {seen}");
        Assert.Equal(test.GetProperty("output").GetString(), seen);
    }

    private static JsonElement[] Cases()
    {
        if (ConformanceData.Directory is null)
        {
            return [];
        }

        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf("rules/template_cases.json")));
        return [.. file.RootElement.GetProperty("cases").EnumerateArray().Select(test => test.Clone())];
    }

    // Every query of the reference's table gets the same answer.
    private static TemplateQueries Answers(string text, JsonElement result)
    {
        TemplateSample[] samples =
        [
            .. result.EnumerateArray().Select(sample => new TemplateSample(
                sample.TryGetProperty("labels", out JsonElement labels)
                    ? Labels.From([.. labels.EnumerateObject().Select(label => (label.Name, label.Value.GetString()!))])
                    : Labels.Empty,
                sample.GetProperty("value").GetDouble())),
        ];
        TemplateQueries queries = TemplateQueries.None;
        while (true)
        {
            try
            {
                Template.Parse("test", text, TemplateOptions.Text).Expand(null, Context with { Queries = queries });
                return queries;
            }
            catch (TemplateQueryWantedException e)
            {
                queries = queries.With(e.Query, samples);
            }
            catch (TemplateException)
            {
                return queries;
            }
        }
    }

    private static object?[] Input(JsonElement data, string type) =>
        [.. data.EnumerateArray().Select(item => Item(item, type))];

    private static object Item(JsonElement item, string type) => type switch
    {
        "[]float64" => item.GetDouble(),
        "[]string" => item.GetString()!,
        "[]int64" or "[]int" => item.GetInt64(),
        "[]uint64" or "[]uint" => ulong.Parse(item.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture),
        _ => throw new InvalidDataException($"no test data of type {type}"),
    };
}
