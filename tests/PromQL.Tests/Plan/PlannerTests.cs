using Pleiad.Model;
using Xunit;

namespace Pleiad.PromQL.Tests;

public sealed class PlannerTests
{
    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.AllForScripts };

    [Fact]
    public void A_plan_prints_as_a_tree_of_what_will_run() =>
        Assert.Equal(
            """
            sum by (job)  [0..600000 by 60000]
              rate  [0..600000 by 60000]
                select {__name__="up"} [300000ms] offset 60000ms  [0..600000 by 60000]

            """,
            Explain("sum by (job) (rate(up[5m] offset 1m))"),
            ignoreLineEndingDifferences: true);

    [Fact]
    public void Constants_are_folded() => Assert.Equal("constant 7\n", Explain("1 + 2 * 3"));

    [Fact]
    public void What_does_not_depend_on_the_step_is_evaluated_once() =>
        Assert.Equal(
            """
            + OneToOne ignoring ()  [0..600000 by 60000]
              select {__name__="up"} lookback 300000ms  [0..600000 by 60000]
              once for all steps  [0..600000 by 60000]
                sum by ()  [at 0]
                  select {__name__="up"} lookback 300000ms @ 600000ms  [at 0]

            """,
            Explain("up + sum(up @ end())"),
            ignoreLineEndingDifferences: true);

    [Fact]
    public void Steps_of_a_subquery_are_multiples_of_its_step_whatever_the_query_starts_at()
    {
        PlanNode plan = Plan("max_over_time(up[5m:1m])", Steps.Once(90_500));

        PlanNode inner = plan.Inputs[0].Inputs[0];

        // (-209.5 s, 90.5 s]
        Assert.Equal(new Steps(-180_000, 60_000, 5), inner.Steps);
    }

    [Fact]
    public void The_left_end_of_a_subquery_is_outside() =>
        Assert.Equal(new Steps(60_000, 60_000, 5), Plan("max_over_time(up[5m:1m])", Steps.Once(300_000)).Inputs[0].Inputs[0].Steps);

    [Fact]
    public void A_plan_knows_what_it_reads_of_storage() =>
        Assert.Equal(
            new TimeRange(-600_000, 900_000),
            Plan("rate(up[5m] offset 5m) + up offset -5m", new Steps(0, 60_000, 11)).Reads);

    [Fact]
    public void A_subquery_with_more_steps_than_samples_are_allowed_is_refused_in_the_plan() =>
        Assert.StartsWith(
            "query processing would load too many samples",
            Assert.Throws<QueryException>(() => Plan("max_over_time(up[10y:1ms])", Steps.Once(0))).Message,
            StringComparison.Ordinal);

    private static string Explain(string query) => PromQL.Explain.Of(Plan(query, new Steps(0, 60_000, 11)));

    private static PlanNode Plan(string query, Steps steps) =>
        Planner.Plan(Parser.Parse(query, Settings), new QuerySpan(steps, 300_000, 60_000, 50_000_000));
}
