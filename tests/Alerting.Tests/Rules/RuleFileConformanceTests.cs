using System.Text.Json;
using Pleiad.PromQL;
using Pleiad.TestKit;

namespace Pleiad.Alerting.Tests;

/// <summary>Rule files of the reference's tests: which are accepted, and what is said of the others.</summary>
public sealed class RuleFileConformanceTests
{
    private const string Absent = "(no conformance data)";

    private static readonly RuleFileOptions AllFeatures = new() { Expressions = new EngineSettings { Features = PromQLFeatures.AllForScripts } };

    public static TheoryData<string> Accepted => [.. Cases("accept").DefaultIfEmpty(Absent)];

    public static TheoryData<string> Rejected => [.. Cases("reject").DefaultIfEmpty(Absent)];

    public static TheoryData<string> Fixtures => [.. FixtureFiles().DefaultIfEmpty(Absent)];

    [SkippableTheory]
    [MemberData(nameof(Accepted))]
    public void A_good_file_is_accepted(string file)
    {
        Skip.If(file == Absent, ConformanceData.Absent);
        bool legacy = Case("accept", file).TryGetProperty("name_validation_scheme", out JsonElement scheme) && scheme.GetString() == "legacy";
        RuleFile read = RuleFile.Load(ConformanceData.PathOf($"rules/rulefmt/{file}"), new RuleFileOptions { LegacyNames = legacy });
        Assert.Empty(read.Problems);
        Assert.NotEmpty(read.Rules);
    }

    [SkippableTheory]
    [MemberData(nameof(Rejected))]
    public void A_bad_file_is_rejected_with_its_place(string file)
    {
        Skip.If(file == Absent, ConformanceData.Absent);
        string path = ConformanceData.PathOf($"rules/rulefmt/{file}");
        RuleProblem problem = Assert.Single(RuleFile.Load(path, new RuleFileOptions()).Problems);
        Assert.Contains(Case("reject", file).GetProperty("error_contains").GetString()!, problem.Text, StringComparison.Ordinal);
        Assert.StartsWith(path + ": ", problem.ToString(), StringComparison.Ordinal);
        Assert.InRange(problem.Line, 1, File.ReadAllLines(path).Length);
    }

    [SkippableTheory]
    [MemberData(nameof(Fixtures))]
    public void A_fixture_is_read(string file)
    {
        Skip.If(file == Absent, ConformanceData.Absent);
        RuleFile read = RuleFile.Load(ConformanceData.PathOf(file), AllFeatures);
        if (Path.GetFileName(file) == "invalid_rules.yaml")
        {
            Assert.Contains("line 6: field unexpected_field not found", Assert.Single(read.Problems).Text, StringComparison.Ordinal);
            return;
        }

        Assert.Empty(read.Problems);
        Assert.NotEmpty(read.Rules);
        Assert.Equal(Path.GetFileName(file) == "rules_multi_doc.yaml", read.MoreDocuments);
    }

    [SkippableFact]
    public void Duplicates_are_found_once_each()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        RuleFile read = RuleFile.Load(ConformanceData.PathOf("rules/unit_tests/rules_duplicates.yml"), new RuleFileOptions());
        (string name, IReadOnlyList<Model.Label> labels) = Assert.Single(DuplicateRules.Find(read.Rules));
        Assert.Equal("job:test:count_over_time1m", name);
        Assert.Empty(labels);
    }

    private static IEnumerable<string> FixtureFiles() => ConformanceData.Directory is null
        ? []
        : Directory.EnumerateFiles(ConformanceData.PathOf("rules/fixtures"))
            .Append(ConformanceData.PathOf("rules/alert-generator/rules.yaml"))
            .Append(ConformanceData.PathOf("rules/unit_tests/rules_large.yml"))
            .Append(ConformanceData.PathOf("rules/unit_tests/rules.yml"))
            .Append(ConformanceData.PathOf("config/testdata/first.rules"))
            .Select(path => Path.GetRelativePath(ConformanceData.Directory, path))
            .Order(StringComparer.Ordinal);

    private static JsonElement Case(string list, string file) =>
        Expectations().GetProperty(list).EnumerateArray().Single(one => one.GetProperty("file").GetString() == file);

    private static IEnumerable<string> Cases(string list) => ConformanceData.Directory is null
        ? []
        : Expectations().GetProperty(list).EnumerateArray().Select(one => one.GetProperty("file").GetString()!);

    private static JsonElement Expectations()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf("rules/rulefmt/expectations.json")));
        return file.RootElement.Clone();
    }
}
