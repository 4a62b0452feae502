using Pleiad.Model;

namespace Pleiad.PromQL.Tests;

/// <summary>Which rollups a plan reads: the coarsest that step and range allow, none where they say nothing.</summary>
public sealed class UseRollupsTests
{
    private const long Hour = 3_600_000;
    private const long Start = 400_000 * Hour;

    private static readonly RollupUse s_preferred = new(true, [new RollupChoice(300_000, Start - (100 * Hour)), new RollupChoice(Hour, long.MinValue)]);

    [Theory]
    [InlineData("rate(a[1h])", 3600, "1h")]
    [InlineData("rate(a[1h])", 7200, "1h")]
    [InlineData("rate(a[1h])", 1800, "5m")]
    [InlineData("rate(a[30m])", 3600, "5m")]
    [InlineData("rate(a[2h] offset 90m)", 3600, "5m")]
    [InlineData("rate(a[4h] offset 90m)", 3600, "1h")]
    [InlineData("rate(a[5m])", 300, "5m")]
    [InlineData("rate(a[6m])", 300, null)]
    [InlineData("rate(a[21m])", 300, "5m")]
    [InlineData("rate(a[5m])", 60, null)]
    [InlineData("rate(a[4m])", 300, null)]
    [InlineData("a", 3600, "1h")]
    [InlineData("a offset 1m", 3600, "5m")]
    [InlineData("a", 15, null)]
    [InlineData("sum by (x) (max_over_time(a[1d]))", 86400, "1h")]
    [InlineData("avg_over_time(a[30d])", 0, "1h")]
    [InlineData("quantile_over_time(0.9, a[1d])", 86400, null)]
    [InlineData("irate(a[1d])", 86400, null)]
    [InlineData("max_over_time(a[1h] offset 200h)", 300, null)]
    public void The_coarsest_that_step_and_range_allow_is_read(string query, int stepSeconds, string? resolution)
    {
        string plan = Plan(query, stepSeconds, s_preferred);
        if (resolution is null)
        {
            Assert.DoesNotContain("rollups", plan, StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($" or rollups of {resolution} instead", plan, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("rate(a[6m])", 15, "5m")]
    [InlineData("a", 15, "5m")]
    [InlineData("max_over_time(a[1h] offset 200h)", 300, "1h")]
    [InlineData("rate(a[4m])", 15, null)]
    public void Where_samples_are_gone_whatever_holds_the_range_is_better_than_nothing(string query, int stepSeconds, string? resolution) => Assert.Equal(
        resolution is not null,
        Plan(query, stepSeconds, s_preferred with { Prefers = false }).Contains($" or rollups of {resolution} where samples are gone", StringComparison.Ordinal));

    [Fact]
    public void Start_timestamps_are_not_in_rollups() => Assert.DoesNotContain(
        "rollups", Plan("rate(a[1h])", 3600, s_preferred, PromQLFeatures.StartTimestamps), StringComparison.Ordinal);

    [Fact]
    public void Another_node_is_told_which_rollups_there_are()
    {
        foreach (RollupUse? use in (RollupUse?[])[null, s_preferred, s_preferred with { Prefers = false }, new RollupUse(true, [])])
        {
            var origin = new QueryOrigin("a", new Steps(Start, Hour, 3), true, 300_000, 60_000, 1000, PromQLFeatures.None, false) { Rollups = use, EndMs = Start + (3 * Hour) - 1 };
            var message = new MessageWriter();
            origin.Write(message);
            Assert.Equal(origin, QueryOrigin.Read(message.Memory.Span));
        }
    }

    private static string Plan(string query, int stepSeconds, RollupUse use, PromQLFeatures features = PromQLFeatures.None)
    {
        Steps steps = stepSeconds == 0 ? Steps.Once(Start) : new Steps(Start, 1000L * stepSeconds, 10);
        PlanNode plan = Planner.Plan(Parser.Parse(query, new EngineSettings()), new QuerySpan(steps, 300_000, 60_000, 1000));
        return Explain.Of(UseRollups.Run(plan, use, features));
    }
}
