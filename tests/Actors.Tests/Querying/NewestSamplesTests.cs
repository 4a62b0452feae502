using Pleiad.Model;

namespace Pleiad.Actors.Tests;

public sealed class NewestSamplesTests : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ShardNode _node;

    public NewestSamplesTests()
    {
        _node = new ShardNode(_directory.Path);
        _node.Append(("b", 1, 1), ("b", 2, 2), ("a", 1, 7), ("ended", 1, 1), ("late", 9, 1));
        _node.Append(("ended", 3, StaleMarker.Value), ("b", 4, 5));
    }

    public void Dispose()
    {
        _node.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Each_series_gives_its_newest_sample_of_the_range_once_and_none_where_it_ended() =>
        Assert.Equal(["a 1 7", "b 4 5"], await FindAsync(new TimeRange(0, 5), ".*", "a|b"));

    [Fact]
    public async Task A_sample_before_the_range_is_no_sample() => Assert.Equal(["b 4 5", "late 9 1"], await FindAsync(new TimeRange(1, 10), ".*"));

    [Fact]
    public async Task No_selector_selects_nothing() => Assert.Empty(await FindAsync(TimeRange.All));

    private async Task<IEnumerable<string>> FindAsync(TimeRange range, params string[] names)
    {
        using Storage.ShardView view = _node.View();
        IReadOnlyList<NewestSample> found = await NewestSamples.OfAsync(
            new ShardedSource([view], new ShardMap(1), threads: 1),
            [.. names.Select(name => (IReadOnlyList<Matcher>)[new Matcher(LabelName.MetricName, MatchKind.Regex, name)])],
            range,
            long.MaxValue,
            CancellationToken.None);
        return [.. found.Select(sample => $"{sample.Series.MetricName} {sample.At} {sample.Value}")];
    }
}
