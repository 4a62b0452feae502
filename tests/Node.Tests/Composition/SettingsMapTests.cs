using Pleiad.Actors;
using Pleiad.Scraping;

namespace Pleiad.Node.Tests;

public sealed class SettingsMapTests
{
    [Theory]
    [InlineData("{}", 15 * 24, 0)]
    [InlineData("{tsdb: {retention: {time: 90d, size: 1GB}}}", 90 * 24, 1L << 30)]
    [InlineData("{tsdb: {retention: {time: 1h}}}", 2, 0)]
    [InlineData("{tsdb: {retention: {time: 0s, size: 0}}}", 15 * 24, 0)]
    public void Retention_of_the_configuration_wins_where_it_names_one(string storage, int hours, long bytes)
    {
        NodeSettings settings = SettingsFile.Load(null, static _ => null);
        StorageSettings map = SettingsMap.Actors(settings, ScrapeConfigFile.Parse($"storage: {storage}\n", "test.yml")).Storage;
        Assert.Equal((TimeSpan.FromHours(hours), bytes), (map.Retention, map.RetentionBytes));
    }

    [Theory]
    [InlineData(0, 64 << 20)]
    [InlineData(100L << 30, 64 << 20)]
    [InlineData(160L << 20, 10 << 20)]
    [InlineData(300L << 10, 64 << 10)]
    public void Segments_of_the_journal_are_a_small_part_of_what_is_kept(long retentionBytes, int segmentBytes) =>
        Assert.Equal(segmentBytes, SettingsMap.Journal(SettingsFile.Load(null, static _ => null), retentionBytes).SegmentBytes);

    [Fact]
    public void Retention_by_selector_is_a_duration_and_a_selector_each()
    {
        StorageSettings map = Rules("2d {job=\"debug\"}", "0 slo:errors", "400d {__name__=~\"slo:.*\", env!=\"test\"}");
        Assert.Equal([TimeSpan.FromDays(2), TimeSpan.Zero, TimeSpan.FromDays(400)], map.RetentionRules.Select(static rule => rule.Keep));
        Assert.Equal([1, 1, 2], map.RetentionRules.Select(static rule => rule.Matchers.Count));
    }

    [Theory]
    [InlineData("2d", "is not a duration")]
    [InlineData("1h up", "at least 2h")]
    [InlineData("{job=\"a\"} 2d", "is not a duration")]
    [InlineData("2d {job=}", "parse error")]
    [InlineData("2d {job=\"\"}", "parse error")]
    public void A_rule_that_is_none_is_named(string rule, string expected)
    {
        UsageException wrong = Assert.Throws<UsageException>(() => Rules(rule));
        Assert.Contains(rule, wrong.Message, StringComparison.Ordinal);
        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_may_be_a_thousand_rules()
    {
        Assert.Equal(1000, Rules([.. Enumerable.Repeat("2d up", 1000)]).RetentionRules.Count);
        Assert.Contains("1001", Assert.Throws<UsageException>(() => Rules([.. Enumerable.Repeat("2d up", 1001)])).Message, StringComparison.Ordinal);
    }

    private static StorageSettings Rules(params string[] rules)
    {
        NodeSettings settings = SettingsFile.Load(null, static _ => null);
        settings = settings with { Storage = settings.Storage with { RetentionRules = rules } };
        return SettingsMap.Actors(settings, ScrapeConfigFile.Parse("storage: {}\n", "test.yml")).Storage;
    }
}
