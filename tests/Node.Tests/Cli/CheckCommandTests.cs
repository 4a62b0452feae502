using System.Text;
using System.Text.Json;
using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

/// <summary>What <c>pleiad check</c> and <c>pleiad test rules</c> say and how they end, case by case as in promtool's own tests.</summary>
public sealed class CheckCommandTests
{
    private const string Absent = "(no conformance data)";

    public static TheoryData<int, string> Configs => Numbered("config/check_config/expectations.json");

    public static TheoryData<int, string> Rules => Numbered("rules/unit_tests/check_rules.json");

    [SkippableTheory]
    [MemberData(nameof(Configs))]
    public async Task A_configuration_is_checked_as_by_promtool(int place, string name)
    {
        Skip.If(name == Absent, ConformanceData.Absent);
        JsonElement test = Cases("config/check_config/expectations.json")[place];

        // Rule files are named as if they lay beside the configuration, where promtool's own tests have them.
        using var directory = new TempDirectory();
        CopyTo(directory, "config/check_config");
        CopyTo(directory, "rules/unit_tests");
        var args = new List<string> { "check", "config", directory[test.GetProperty("file").GetString()!] };
        if (Flag(test, "syntax_only") == true)
        {
            args.Add("--syntax-only");
        }

        if (test.TryGetProperty("lint_option", out JsonElement lint))
        {
            args.AddRange(["--lint", lint.GetString()!, "--query.lookback-delta", test.GetProperty("lookback_delta").GetString()!]);
        }

        if (Flag(test, "lint_issue") is { } issue)
        {
            (int relaxed, _) = await RunAsync([.. args]);
            Assert.Equal(0, relaxed);
            (int fatal, string said) = await RunAsync([.. args, "--lint-fatal"]);
            Assert.True(fatal == (issue ? 3 : 0), said);
            return;
        }

        (int code, string text) = await RunAsync([.. args]);
        Assert.True(code == (test.GetProperty("ok").GetBoolean() ? 0 : 1), text);
        if (test.TryGetProperty("error_contains", out JsonElement wanted))
        {
            Assert.Contains(wanted.GetString()!, text, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Rules))]
    public async Task A_rule_file_is_checked_as_by_promtool(int place, string name)
    {
        Skip.If(name == Absent, ConformanceData.Absent);
        JsonElement test = Cases("rules/unit_tests/check_rules.json")[place];
        var args = new List<string> { "check", "rules", ConformanceData.PathOf($"rules/unit_tests/{test.GetProperty("file").GetString()}") };
        if (test.TryGetProperty("lint", out JsonElement lint))
        {
            args.AddRange(["--lint", lint.GetString()!]);
        }

        if (Flag(test, "lint_fatal") == true)
        {
            args.Add("--lint-fatal");
        }

        if (test.TryGetProperty("enable_feature", out JsonElement features))
        {
            args.Add("--enable-feature=" + string.Join(',', features.EnumerateArray().Select(feature => feature.GetString())));
        }

        (int code, string text) = await RunAsync([.. args]);
        Assert.True(code == (test.TryGetProperty("exit_code", out JsonElement wanted) ? wanted.GetInt32() : 0), text);
        if (test.TryGetProperty("duplicate_rules", out JsonElement duplicates))
        {
            Assert.Contains($"{duplicates.GetArrayLength()} duplicate rule(s) found.", text, StringComparison.Ordinal);
            Assert.All(duplicates.EnumerateArray(), duplicate => Assert.Contains($"Metric: {duplicate.GetProperty("metric").GetString()}\n", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Rules_of_a_configuration_are_checked_with_it()
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["prometheus.yml"], "rule_files: ['rules/*.yml']\nscrape_configs: [{job_name: a, static_configs: [{targets: ['b:1']}]}]\n");
        Directory.CreateDirectory(directory["rules"]);
        await File.WriteAllTextAsync(directory["rules/a.yml"], "groups: [{name: g, rules: [{record: r, expr: up}]}]\n");
        (int good, string said) = await RunAsync("check", "config", directory["prometheus.yml"]);
        Assert.True(good == 0, said);
        Assert.Contains("  SUCCESS: 1 rule files found\n SUCCESS: ", said, StringComparison.Ordinal);
        Assert.Contains($"Checking {directory["rules/a.yml"]}\n  SUCCESS: 1 rules found\n", said, StringComparison.Ordinal);

        await File.WriteAllTextAsync(directory["rules/b.yml"], "groups:\n- name: g\n  rules:\n  - {record: r, expr: up(}\n");
        (int bad, string wrong) = await RunAsync("check", "config", directory["prometheus.yml"]);
        Assert.Equal(1, bad);
        Assert.Contains($"{directory["rules/b.yml"]}: 4:23: group \"g\", rule 1, \"r\": could not parse expression: ", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rules_are_read_from_the_standard_input_where_no_file_is_given()
    {
        (int code, string said) = await RunWithAsync("groups: [{name: g, rules: [{record: r, expr: up}]}]", "check", "rules");
        Assert.Equal((0, "Checking standard input\n  SUCCESS: 1 rules found\n\n"), (code, said));
    }

    [Theory]
    [InlineData("# HELP a_total x\n# TYPE a_total counter\na_total 1\n", 0, "")]
    [InlineData("a 1\n", 3, "a no help text\n")]
    [InlineData("a {\n", 1, "error while linting: ")]
    public async Task A_page_is_linted(string page, int expected, string text)
    {
        (int code, string said) = await RunWithAsync(page, "check", "metrics");
        Assert.Equal(expected, code);
        Assert.StartsWith(text, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_of_a_page_are_counted()
    {
        (int code, string said) = await RunWithAsync("a 1\nbb{x=\"1\"} 1\nbb{x=\"2\"} 1\n", "check", "metrics", "--extended", "--lint=none");
        Assert.Equal(0, code);
        Assert.Equal(
            "Metric    Cardinality    Percentage    \nbb        2              66.67%        \na         1              33.33%        \nTotal     3              100%          \n",
            said);
        (int nothing, _) = await RunWithAsync("a 1\n", "check", "metrics", "--lint=none");
        Assert.Equal(1, nothing);
    }

    [Theory]
    [InlineData("true", 0, "  SUCCESS\n")]
    [InlineData("false", 1, "  FAILED:\n")]
    public async Task Unit_tests_of_rules_end_as_in_promtool(string passes, int expected, string text)
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(directory["rules.yml"], "groups: [{name: g, rules: [{record: r, expr: vector(1)}]}]\n");
        await File.WriteAllTextAsync(
            directory["test.yml"],
            $"rule_files: ['r*.yml']\ntests: [{{name: a, promql_expr_test: [{{expr: r, eval_time: 1m, exp_samples: [{{labels: r, value: {(passes == "true" ? 1 : 2)}}}]}}]}}]\n");
        (int code, string said) = await RunAsync("test", "rules", directory["test.yml"]);
        Assert.Equal(expected, code);
        Assert.Contains(text, said, StringComparison.Ordinal);
        (int other, _) = await RunAsync("test", "rules", "--run=^b", directory["test.yml"]);
        Assert.Equal(0, other);
    }

    [Fact]
    public async Task A_bad_pattern_of_tests_is_told()
    {
        (int code, string said) = await RunAsync("test", "rules", "--run=(", "x.yml");
        Assert.Equal(1, code);
        Assert.StartsWith("pleiad: --run: ", said, StringComparison.Ordinal);
    }

    private static TheoryData<int, string> Numbered(string file)
    {
        var data = new TheoryData<int, string>();
        JsonElement[] cases = Cases(file);
        for (int i = 0; i < cases.Length; i++)
        {
            data.Add(i, cases[i].GetProperty("file").GetString()!);
        }

        if (cases.Length == 0)
        {
            data.Add(0, Absent);
        }

        return data;
    }

    private static JsonElement[] Cases(string file)
    {
        if (ConformanceData.Directory is null)
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf(file)));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(one => one.Clone())];
    }

    private static bool? Flag(JsonElement test, string name) => test.TryGetProperty(name, out JsonElement flag) ? flag.GetBoolean() : null;

    private static void CopyTo(TempDirectory directory, string folder)
    {
        foreach (string file in Directory.EnumerateFiles(ConformanceData.PathOf(folder), "*.yml"))
        {
            File.Copy(file, directory[Path.GetFileName(file)]);
        }
    }

    private static Task<(int Code, string Said)> RunAsync(params string[] args) => RunWithAsync(string.Empty, args);

    private static async Task<(int Code, string Said)> RunWithAsync(string input, params string[] args)
    {
        var said = new StringWriter { NewLine = "\n" };
        int code = await PleiadCommand.InvokeAsync(args, said, said, () => new MemoryStream(Encoding.UTF8.GetBytes(input)));
        return (code, said.ToString());
    }
}
