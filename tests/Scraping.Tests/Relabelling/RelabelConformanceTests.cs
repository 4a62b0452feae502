using System.Globalization;
using System.Text.Json;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class RelabelConformanceTests
{
    public static TheoryData<string> RelabelCases() => Ids("relabel/relabel_cases.json");

    public static TheoryData<string> ValidateCases() => Ids("relabel/validate_cases.json");

    public static TheoryData<string> Pipelines() => Ids("relabel/pipelines.json");

    [SkippableTheory]
    [MemberData(nameof(RelabelCases))]
    public void Rules_rewrite_labels_as_the_reference_does(string id)
    {
        JsonElement test = Case("relabel/relabel_cases.json", id);
        var relabeller = new Relabeller(test.GetProperty("relabel_configs").EnumerateArray().Select(rule => RuleOf(rule, test, RelabelRule.Default)));
        AssertOutcome(test, relabeller);
    }

    [SkippableTheory]
    [MemberData(nameof(ValidateCases))]
    public void A_rule_is_valid_exactly_when_the_reference_says_so(string id)
    {
        JsonElement test = Case("relabel/validate_cases.json", id);
        RelabelRule zero = RelabelRule.Default with { Separator = string.Empty, Regex = AnchoredRegex.Compile(string.Empty), Replacement = string.Empty };
        JsonElement rule = test.GetProperty("relabel_config");
        string? problem = rule.TryGetProperty("action", out _) ? RuleOf(rule, test, zero).Problem() : "relabel action cannot be empty";

        if (test.GetProperty("valid").GetBoolean())
        {
            Assert.Null(problem);
        }
        else
        {
            Assert.Contains(test.GetProperty("error_contains").GetString()!, problem, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Pipelines))]
    public void Whole_pipelines_from_yaml_rewrite_labels_as_the_reference_does(string id)
    {
        JsonElement test = Case("relabel/pipelines.json", id);
        AssertOutcome(test, new Relabeller(ScrapeConfigFile.ParseRelabelRules(test.GetProperty("relabel_configs_yaml").GetString()!, id)));
    }

    [SkippableFact]
    public void Target_labels_under_legacy_names_are_templates_of_legacy_names()
    {
        foreach (JsonElement test in Document("relabel/legacy_target_label.json").GetProperty("cases").EnumerateArray())
        {
            string target = test.GetProperty("target_label").GetString()!;
            RelabelRule rule = RelabelRule.Default with { TargetLabel = target, NameValidation = NameValidation.Legacy };
            Assert.True(test.GetProperty("valid_under_legacy_scheme").GetBoolean() == (rule.Problem() is null), target);
        }
    }

    private static void AssertOutcome(JsonElement test, Relabeller relabeller)
    {
        var labels = new LabelsBuilder(LabelsOf(test.GetProperty("input")));
        bool kept = relabeller.Apply(labels, out RelabelRule? droppedBy);
        Assert.Equal(test.GetProperty("expect").GetString() == "keep", kept);
        Assert.Equal(kept, droppedBy is null);
        if (kept)
        {
            Assert.Equal(LabelsOf(test.GetProperty("output")), labels.ToLabels());
        }
    }

    private static RelabelRule RuleOf(JsonElement rule, JsonElement test, RelabelRule start)
    {
        foreach (JsonProperty field in rule.EnumerateObject())
        {
            string text = field.Value.ToString();
            start = field.Name switch
            {
                "source_labels" => start with { SourceLabels = [.. field.Value.EnumerateArray().Select(item => item.GetString()!)] },
                "separator" => start with { Separator = text },
                "regex" => start with { Regex = AnchoredRegex.Compile(text) },
                "modulus" => start with { Modulus = ulong.Parse(text, CultureInfo.InvariantCulture) },
                "target_label" => start with { TargetLabel = text },
                "replacement" => start with { Replacement = text },
                "action" => RelabelActionNames.TryParse(text, out RelabelAction action) ? start with { Action = action } : throw new InvalidOperationException(text),
                _ => throw new InvalidOperationException(field.Name),
            };
        }

        bool legacy = test.TryGetProperty("name_validation_scheme", out JsonElement scheme) && scheme.GetString() == "legacy";
        return start with { NameValidation = legacy ? NameValidation.Legacy : NameValidation.Utf8 };
    }

    private static Labels LabelsOf(JsonElement labels) =>
        Labels.From([.. labels.EnumerateObject().Select(label => (label.Name, label.Value.GetString()!))]);

    private static JsonElement Document(string path)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        return JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf(path))).RootElement;
    }

    private static JsonElement Case(string path, string id) =>
        Document(path).GetProperty("cases").EnumerateArray().Single(test => test.GetProperty("id").GetString() == id);

    private static TheoryData<string> Ids(string path) => ConformanceData.Directory is null
        ? new TheoryData<string>("absent")
        : new TheoryData<string>(JsonDocument.Parse(File.ReadAllText(ConformanceData.PathOf(path))).RootElement
            .GetProperty("cases").EnumerateArray().Select(test => test.GetProperty("id").GetString()!));
}
