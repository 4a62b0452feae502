using Pleiad.Model;

namespace Pleiad.Alerting.Tests;

public sealed class RuleFileTests
{
    [Fact]
    public void A_group_is_read_with_all_it_says()
    {
        RuleFile file = Read("""
            groups:
              - name: g
                interval: 30s
                query_offset: 1m
                limit: 7
                labels: {team: a, severity: low}
                rules:
                  - record: job:up:sum
                    expr: sum by (job) (up)
                    labels: {severity: high, gone: ""}
                  - alert: Down
                    expr: up == 0
                    for: 5m
                    keep_firing_for: 10m
                    annotations: {summary: "{{ $labels.instance }} is down"}
            """);
        Assert.Empty(file.Problems);
        RuleGroup group = Assert.Single(file.Groups);
        Assert.Equal(("g", "r.yml", "r.yml;g", 7), (group.Name, group.File, group.Key, group.Limit));
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)), (group.Interval, group.QueryOffset));
        var record = Assert.IsType<RecordingRule>(group.Rules[0]);
        Assert.Equal([new Label("gone", ""), new Label("severity", "high"), new Label("team", "a")], record.Labels);
        Assert.Equal(8, record.Line);
        var alert = Assert.IsType<AlertingRule>(group.Rules[1]);
        Assert.Equal([new Label("severity", "low"), new Label("team", "a")], alert.Labels);
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10)), (alert.For, alert.KeepFiringFor));
        Assert.Equal([new Label("summary", "{{ $labels.instance }} is down")], alert.Annotations);
    }

    [Fact]
    public void All_that_is_wrong_is_said_with_its_place()
    {
        RuleFile file = Read("""
            groups:
              - name: ""
                rules:
                  - record: a{b="c"}
                    alert: b
                    expr: up +
                    for: 1m
                    annotations: {x: y}
                    labels: {__name__: x}
                  - alert: c
                    annotations: {x: "{{ $foo }}"}
            """);
        Assert.Equal(
            [
                "r.yml: 2:5: Groupname must not be empty",
                "r.yml: 4:17: 5:16: group \"\", rule 1, \"b\": only one of 'record' and 'alert' must be set",
                "r.yml: 6:15: group \"\", rule 1, \"b\": could not parse expression: 1:5: parse error: unexpected end of input",
                "r.yml: 4:17: group \"\", rule 1, \"b\": invalid field 'annotations' in recording rule",
                "r.yml: 4:17: group \"\", rule 1, \"b\": invalid field 'for' in recording rule",
                "r.yml: 4:17: group \"\", rule 1, \"b\": braces present in the recording rule name; should it be in expr?: a{b=\"c\"}",
                "r.yml: 9:17: group \"\", rule 1, \"b\": invalid label name: __name__",
                "r.yml: 10:9: group \"\", rule 2, \"c\": field 'expr' must be set in rule",
                "r.yml: 11:22: group \"\", rule 2, \"c\": annotation \"x\": template: __alert_c:1: undefined variable \"$foo\"",
            ],
            file.Problems.Select(problem => problem.ToString()));
    }

    [Theory]
    [InlineData("groups:\n- name: a\n  limit: x\n", "line 3: cannot unmarshal !!str `x` into int")]
    [InlineData("groups:\n- name: a\n  interval: 5x\n", "line 3: not a valid duration string: \"5x\"")]
    [InlineData("groups:\n- name: a\n  name: b\n", "line 3: mapping key \"name\" already defined at line 2")]
    [InlineData("groups: {}\n", "line 1: cannot unmarshal !!map into []rulefmt.RuleGroup")]
    [InlineData("groups:\n- name: a\n  rules:\n  - expr: [1]\n", "line 4: cannot unmarshal !!seq into string")]
    [InlineData("groups: [", "yaml: line")]
    public void What_has_the_wrong_shape_is_said_with_its_line(string text, string expected)
    {
        RuleProblem problem = Assert.Single(Read(text).Problems);
        Assert.Contains(expected, problem.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing")]
    [InlineData("groups:\n")]
    [InlineData("groups:\n- name: a\n  rules:\n")]
    public void An_empty_file_is_no_mistake(string text) => Assert.Empty(Read(text).Problems);

    [Fact]
    public void Unknown_keys_can_be_passed_over()
    {
        const string Text = "groups:\n- name: a\n  owner: {x: y}\n  rules:\n  - {record: b, expr: up, extra: 1}\n";
        Assert.Contains("field owner not found in type rulefmt.RuleGroup", Assert.Single(Read(Text).Problems).Text, StringComparison.Ordinal);
        RuleFile file = RuleFile.Parse(Text, "r.yml", new RuleFileOptions { IgnoreUnknownFields = true });
        Assert.Empty(file.Problems);
        Assert.Single(file.Rules);
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_problem() =>
        Assert.Contains("not-there.yml", Assert.Single(RuleFile.Load("/not-there.yml", new RuleFileOptions()).Problems).ToString(), StringComparison.Ordinal);

    private static RuleFile Read(string text) => RuleFile.Parse(text, "r.yml", new RuleFileOptions());
}
