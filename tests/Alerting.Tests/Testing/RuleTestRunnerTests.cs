using Pleiad.TestKit;

namespace Pleiad.Alerting.Tests;

public sealed class RuleTestRunnerTests
{
    private const string Rules = """
        groups:
          - name: first
            rules:
              - record: doubled
                expr: 2 * input
              - alert: High
                expr: input > 5
                for: 1m
                labels: {severity: page}
                annotations: {text: "{{ $value }} in {{ $externalLabels.cluster }} at {{ $externalURL }}"}
          - name: second
            rules:
              - record: quadrupled
                expr: 2 * doubled
              - record: peeked
                expr: input offset -1m
        """;

    [Fact]
    public async Task What_is_as_expected_passes()
    {
        (bool passed, string said) = await RunAsync("""
            rule_files: [rules.yml]
            group_eval_order: [first, second]
            tests:
              - interval: 1m
                external_labels: {cluster: eu}
                external_url: http://here
                input_series:
                  - {series: 'input{a="b"}', values: '1+3x5'}
                promql_expr_test:
                  - {expr: 'quadrupled', eval_time: 2m, exp_samples: [{labels: 'quadrupled{a="b"}', value: 28}]}
                  - {expr: 'peeked', eval_time: 2m, exp_samples: [{labels: 'peeked{a="b"}', value: 7}]}
                  - {expr: '1 + 1', eval_time: 0, exp_samples: [{value: 2}]}
                alert_rule_test:
                  - {eval_time: 2m, alertname: High, exp_alerts: []}
                  - eval_time: 3m30s
                    alertname: High
                    exp_alerts:
                      - exp_labels: {severity: page, a: b}
                        exp_annotations: {text: 10 in eu at http://here}
            """);
        Assert.True(passed, said);
        Assert.EndsWith("  SUCCESS\n\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_differs_is_shown_as_promtool_shows_it()
    {
        (bool passed, string said) = await RunAsync("""
            rule_files: [rules.yml]
            tests:
              - name: one
                input_series:
                  - {series: 'input', values: '9x5'}
                promql_expr_test:
                  - {expr: 'input', eval_time: 1m, exp_samples: [{labels: input, value: 1e6}]}
                  - {expr: 'input{', eval_time: 1m}
                alert_rule_test:
                  - {eval_time: 1m, alertname: High, exp_alerts: []}
            """);
        Assert.False(passed);
        Assert.Contains(
            """
                name: one,
                alertname: High, time: 1m, 
                    exp:[], 
                    got:[
                        0:
                          Labels:{alertname="High", severity="page"}
                          Annotations:{text="9 in  at "}
                        ]
            """,
            said,
            StringComparison.Ordinal);
        Assert.Contains(
            "    expr: \"input\", time: 1m,\n        exp: {__name__=\"input\"} 1E+06\n        got: {__name__=\"input\"} 9E+00", said, StringComparison.Ordinal);
        Assert.Contains("    expr: \"input{\", time: 1m, err: 1:7: parse error: ", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Differences_alone_can_be_shown()
    {
        (_, string said) = await RunAsync(
            "rule_files: [rules.yml]\ntests: [{input_series: [{series: input, values: 9x5}], alert_rule_test: [{eval_time: 1m, alertname: High}]}]",
            new RuleTestOptions { Diff = true });
        Assert.Contains("seen, but not expected: Labels:{alertname=\"High\", severity=\"page\"}", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "0.3", false)]
    [InlineData(true, "0.3", true)]
    [InlineData(true, "0.31", false)]
    public async Task Numbers_may_differ_in_their_last_bit_where_the_file_says_so(bool fuzzy, string expected, bool passes)
    {
        string word = fuzzy ? "true" : "false";
        (bool passed, string said) = await RunAsync(
            $"fuzzy_compare: {word}\ntests: [{{promql_expr_test: [{{expr: 'vector(0.1) + 0.2', eval_time: 0, exp_samples: [{{value: {expected}}}]}}]}}]");
        Assert.True(passed == passes, said);
    }

    [Theory]
    [InlineData("2024-01-02T00:00:00Z")]
    [InlineData("1704153600")]
    public async Task A_test_can_begin_at_another_time(string start)
    {
        (bool passed, string said) = await RunAsync($$"""
            rule_files: [rules.yml]
            tests:
              - start_timestamp: {{start}}
                input_series: [{series: input, values: '1 2 3'}]
                promql_expr_test:
                  - {expr: 'timestamp(doubled)', eval_time: 1m, exp_samples: [{value: 1704153660}]}
                  - {expr: 'input', eval_time: 1m, exp_samples: [{labels: input, value: 2}]}
            """);
        Assert.True(passed, said);
    }

    [Theory]
    [InlineData("testz: []", "line 1: field testz not found in type main.unitTestFile")]
    [InlineData("tests: [{interval: x}]", "line 1: not a valid duration string: \"x\"")]
    [InlineData("group_eval_order: [a, a]", "group name repeated in evaluation order: a")]
    [InlineData("tests: [{alert_rule_test: [{eval_time: 1m}], name: n}]", "misses required attribute alertname at eval_time 1m (in TestGroup n)")]
    [InlineData("tests:\n- input_series:\n  - {series: 'a{', values: 1}", "line 3: series \"a{\": ")]
    [InlineData("tests:\n- start_timestamp: soon", "line 2: cannot parse \"soon\" to a valid timestamp")]
    [InlineData("rule_files: [none*.yml]\ntests: [{promql_expr_test: [{expr: 1 +}]}]", "WARNING: no file match pattern")]
    public async Task A_mistake_in_the_file_is_told(string text, string expected)
    {
        (bool passed, string said) = await RunAsync(text);
        Assert.False(passed);
        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_writes_another_value_of_an_input_series_fails()
    {
        (bool passed, string said) = await RunAsync("""
            rule_files: [rules.yml]
            tests:
              - input_series: [{series: input, values: '1 2'}, {series: doubled, values: '7 7'}]
                promql_expr_test: [{expr: doubled, eval_time: 1m}]
            """);
        Assert.False(passed);
        Assert.Contains("    rule: doubled, time: 0s, err: duplicate sample for timestamp", said, StringComparison.Ordinal);
    }

    private static async Task<(bool Passed, string Said)> RunAsync(string text, RuleTestOptions? options = null)
    {
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(directory.Path, "rules.yml"), Rules);
        string file = Path.Combine(directory.Path, "test.yml");
        await File.WriteAllTextAsync(file, text);
        var said = new StringWriter { NewLine = "\n" };
        bool passed = await new RuleTestRunner(options ?? new RuleTestOptions(), path => File.Exists(path) ? [path] : [], TimeProvider.System)
            .RunFilesAsync([file], said, said, default);
        return (passed, said.ToString());
    }
}
