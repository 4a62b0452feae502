using System.Text;

namespace Pleiad.Scraping.Tests;

public sealed class MetricLintTests
{
    // What promtool 2.42 says of the same page, but for "metric not unique", which is newer.
    [Fact]
    public void A_page_is_linted_as_by_promtool()
    {
        LintResult result = Lint("""
            # TYPE a counter
            a{fooBar="1"} 1
            a{fooBar="2"} 1
            # HELP h x
            # TYPE h histogram
            h_bucket{leX="1",le="1"} 1
            h_bucket{leX="1",le="+Inf"} 1
            h_sum{leX="1"} 1
            h_count{leX="1"} 1
            b_total{le="1",quantile="x"} 3
            # TYPE c gauge
            c{le="1",quantile="x"} 3
            c{le="2"} 3
            # HELP d_seconds_gauge z
            # TYPE d_seconds_gauge gauge
            d_seconds_gauge 1
            my_milliseconds 3
            my_ms 4
            x_kilobytes:y 3
            # HELP empty
            empty 1
            # HELP twice x
            twice 1
            twice 2
            # HELP nothing
            # TYPE nothing counter
            """);
        Assert.Null(result.Error);
        Assert.Equal(
            [
                "a counter metrics should have \"_total\" suffix",
                "a label names should be written in 'snake_case' not 'camelCase'",
                "a label names should be written in 'snake_case' not 'camelCase'",
                "a no help text",
                "b_total no help text",
                "c no help text",
                "c non-histogram metrics should not have \"le\" label",
                "c non-histogram metrics should not have \"le\" label",
                "c non-summary metrics should not have \"quantile\" label",
                "d_seconds_gauge metric name should not include type 'gauge'",
                "empty no help text",
                "h label names should be written in 'snake_case' not 'camelCase'",
                "my_milliseconds no help text",
                "my_milliseconds use base unit \"seconds\" instead of \"milliseconds\"",
                "my_ms metric names should not contain abbreviated units",
                "my_ms no help text",
                "twice metric not unique",
                "x_kilobytes:y metric names should not contain ':'",
                "x_kilobytes:y no help text",
            ],
            result.Problems.Select(problem => $"{problem.Metric} {problem.Text}"));
    }

    [Theory]
    [InlineData("a 1\n# TYPE a counter\n", "text format parsing error in line 2: second TYPE line for metric name \"a\", or TYPE reported after samples")]
    [InlineData("# HELP a x\n# HELP a y\na 1\n", "text format parsing error in line 2: second HELP line for metric name \"a\"")]
    [InlineData("a{x=\"1\",x=\"2\"} 2\n", "x")]
    [InlineData("a\n", "1")]
    public void What_is_no_page_is_an_error(string page, string expected) => Assert.Contains(expected, Lint(page).Error, StringComparison.Ordinal);

    [Fact]
    public void Series_are_counted_by_family()
    {
        LintResult result = Lint("""
            one 1
            # TYPE h histogram
            h_bucket{le="1"} 1
            h_bucket{le="+Inf"} 1
            h_sum 1
            h_count 1
            # TYPE s summary
            s{x="1",quantile="0.5"} 1
            s{x="2",quantile="0.5"} 1
            s_sum{x="1"} 1
            s_count{x="1"} 1
            """);
        Assert.Equal([new FamilyCardinality("s", 6), new FamilyCardinality("h", 4), new FamilyCardinality("one", 1)], result.Families);
    }

    private static LintResult Lint(string page) => MetricLint.Check(Encoding.UTF8.GetBytes(page.TrimEnd('\n') + "\n"));
}
