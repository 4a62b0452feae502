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
}
