namespace Pleiad.Model.Tests;

public sealed class ShardPruningTests
{
    private static readonly ShardMap Map = new(16);

    [Theory]
    [InlineData(MatchKind.Equal, "")]
    [InlineData(MatchKind.Regex, "a|")]
    [InlineData(MatchKind.Regex, "a.*")]
    [InlineData(MatchKind.NotEqual, "a")]
    [InlineData(MatchKind.NotRegex, "a|b")]
    public void A_matcher_that_does_not_list_its_values_prunes_nothing(MatchKind kind, string value) =>
        Assert.Null(ShardPruning.ShardsFor([new Matcher("instance", kind, value)], Map));

    [Fact]
    public void A_matcher_on_another_label_prunes_nothing() =>
        Assert.Null(ShardPruning.ShardsFor([new Matcher("job", MatchKind.Equal, "a")], Map));

    [Fact]
    public void Matchers_that_list_values_are_intersected()
    {
        int[] listed = [.. new[] { "a", "b", "c" }.Select(static value => Map.OfInstance(value).Value).Distinct().Order()];
        var list = new Matcher("instance", MatchKind.Regex, "a|b|c");
        Assert.Equal(listed, ShardPruning.ShardsFor([list], Map));
        Assert.Equal([Map.OfInstance("b").Value], ShardPruning.ShardsFor([list, new Matcher("instance", MatchKind.Equal, "b")], Map));
        string elsewhere = Enumerable.Range(0, 1000).Select(static i => $"z{i}").First(value => !listed.Contains(Map.OfInstance(value).Value));
        Assert.Equal([], ShardPruning.ShardsFor([list, new Matcher("instance", MatchKind.Equal, elsewhere)], Map)!);
    }

    [Fact]
    public void The_shard_of_every_series_that_matches_is_asked()
    {
        Matcher[] matchers = [new("instance", MatchKind.Regex, "node[0-9]"), new("instance", MatchKind.NotEqual, "node3")];
        IReadOnlyList<int> asked = ShardPruning.ShardsFor(matchers, Map)!;
        for (int i = 0; i < 10; i++)
        {
            Labels labels = Labels.From((LabelName.MetricName, "up"), ("instance", $"node{i}"), ("job", "x"));
            Assert.Contains(Map.Of(labels).Value, asked);
        }
    }
}
