using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

public sealed class DistributeTests
{
    private static readonly EngineSettings Settings = new() { Features = PromQLFeatures.AllForScripts };
    private static readonly ShardMap Map = new(4);

    [Fact]
    public void Functions_of_single_series_run_in_the_shards() => Same(
        """
        exchange with 4 shards
          rate
            select up
        """,
        "rate(up[5m])");

    [Fact]
    public void Sums_are_added_up_in_each_shard_and_then_together() => Same(
        """
        sum by (job)
          exchange with 4 shards
            partial sum by (job)
              rate
                select up
        """,
        "sum by (job) (rate(up[5m]))");

    [Fact]
    public void Counts_of_the_shards_are_added() => Same(
        """
        sum by ()
          exchange with 4 shards
            count by ()
              select up
        """,
        "count(up)");

    [Fact]
    public void Each_shard_names_its_candidates_for_topk() => Same(
        """
        topk by ()
          exchange with 4 shards
            topk by ()
              select up
              constant 3
          constant 3
        """,
        "topk(3, up)");

    [Fact]
    public void A_join_on_all_labels_runs_in_the_shards() => Same(
        """
        exchange with 4 shards
          / OneToOne ignoring ()
            select a
            select b
        """,
        "a / b");

    [Fact]
    public void A_join_on_instance_runs_in_the_shards_but_for_series_without_one() => Same(
        """
        one behind the other
          exchange with 4 shards
            / OneToOne on (instance)
              select a instance!=""
              select b instance!=""
          / OneToOne on (instance)
            exchange with 4 shards
              select a instance=""
            exchange with 4 shards
              select b instance=""
        """,
        "a / on (instance) b");

    [Fact]
    public void Where_every_series_has_an_instance_nothing_is_left_over() => Same(
        """
        exchange with 4 shards
          / OneToOne on (instance)
            select a instance=~".+"
            select b instance!=""
        """,
        "a{instance=~\".+\"} / on (instance) b{instance!=\"\"}");

    [Fact]
    public void A_join_on_anything_else_runs_on_what_the_shards_send() => Same(
        """
        / OneToOne on (job)
          exchange with 4 shards
            select a
          exchange with 4 shards
            select b
        """,
        "a / on (job) b");

    [Fact]
    public void Buckets_of_one_histogram_lie_in_one_shard() => Same(
        """
        exchange with 4 shards
          histogram_quantile
            constant 0.9
            rate
              select h_bucket
        """,
        "histogram_quantile(0.9, rate(h_bucket[5m]))");

    [Fact]
    public void Quantiles_need_all_values_in_one_place() => Same(
        """
        quantile by ()
          exchange with 4 shards
            select up
          constant 0.5
        """,
        "quantile(0.5, up)");

    [Fact]
    public void A_number_that_comes_from_series_is_not_known_in_the_shards() => Same(
        """
        *
          exchange with 4 shards
            select a
          scalar
            exchange with 4 shards
              select b
        """,
        "a * scalar(b)");

    [Fact]
    public void A_label_that_decides_the_shard_is_not_replaced_there() => Same(
        """
        label_replace
          exchange with 4 shards
            select a
          text "instance"
          text "x"
          text "job"
          text ".*"
        """,
        "label_replace(a, \"instance\", \"x\", \"job\", \".*\")");

    [Fact]
    public void Matchers_on_instance_leave_shards_out()
    {
        int[] homes = [.. new[] { "host1", "host2" }.Select(host => Map.OfInstance(host).Value).Distinct().Order()];
        Assert.Equal(2, homes.Length);

        var exchange = Assert.IsType<ExchangeNode>(Plan("rate(up{instance=~\"host1|host2\"}[5m])"));

        Assert.Equal(homes, exchange.Shards);
    }

    [Fact]
    public void A_query_of_one_shard_is_no_different_from_one_over_all_there_is() => Same(
        """
        sum by ()
          select up instance="host1"
        """,
        "sum(up{instance=\"host1\"})");

    private static void Same(string expected, string query) =>
        Assert.Equal(expected.ReplaceLineEndings("\n") + "\n", Lines(Plan(query), 0));

    private static PlanNode Plan(string query) => Distribute.Run(
        Planner.Plan(Parser.Parse(query, Settings), new QuerySpan(Steps.Once(600_000), 300_000, 60_000, 50_000_000)), Map);

    private static string Lines(PlanNode node, int depth) =>
        new string(' ', 2 * depth)
        + node switch
        {
            InstantSelectNode select => Select(select.Matchers),
            RangeSelectNode select => Select(select.Matchers),
            _ => node.Describe(),
        }
        + "\n" + string.Concat(node.Inputs.Select(input => Lines(input, depth + 1)));

    private static string Select(IReadOnlyList<Matcher> matchers) => "select " + string.Join(
        ' ', matchers.OrderBy(m => m.Name == LabelName.MetricName ? 0 : 1).Select(m => m.Name == LabelName.MetricName ? m.Value : m.ToString()));
}
