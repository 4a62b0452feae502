using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

public sealed class ShardedSourceTests : IDisposable
{
    private const int ShardCount = 4;
    private const int Instances = 32;

    private readonly ShardMap _map = new(ShardCount);
    private readonly CountingView[] _views;
    private readonly ShardedSource _source;

    public ShardedSourceTests()
    {
        Shard[] shards = [.. Enumerable.Range(0, ShardCount).Select(static number => new Shard(new ShardId(number), new ShardSettings()))];
        for (int i = 0; i < Instances; i++)
        {
            var labels = Labels.From((LabelName.MetricName, "up"), ("instance", $"host{i}"), ($"extra{i % 3}", "x"));
            using var batch = new SampleBatch(_map.Of(labels));
            batch.Add(new SeriesKey(labels), 1000, i);
            shards[batch.Shard.Value].Apply(shards[batch.Shard.Value].Prepare(batch));
        }

        _views = [.. shards.Select(static shard => new CountingView(shard.View()))];
        Assert.All(shards, static shard => Assert.True(shard.SeriesCount > 0, "a shard is empty: the test shows nothing"));
        _source = new ShardedSource(_views, _map, threads: 2);
    }

    public void Dispose()
    {
        foreach (CountingView view in _views)
        {
            view.Dispose();
        }
    }

    [Fact]
    public void All_shards_together_have_every_series_once()
    {
        List<string> found = InstancesOf(new Matcher(LabelName.MetricName, MatchKind.Equal, "up"));
        Assert.Equal(Instances, found.Count);
        Assert.Equal(Instances, found.Distinct().Count());
        Assert.All(_views, static view => Assert.Equal(1, view.Asked));
    }

    [Fact]
    public void A_matcher_for_one_instance_asks_its_shard_alone()
    {
        Matcher[] host7 = [new(LabelName.MetricName, MatchKind.Equal, "up"), new("instance", MatchKind.Equal, "host7")];
        Assert.Equal(["host7"], InstancesOf(host7));
        Assert.Equal(["__name__", "extra1", "instance"], _source.LabelNames(host7, TimeRange.All, CancellationToken.None));
        Assert.Equal(["host7"], _source.LabelValues("instance", host7, TimeRange.All, CancellationToken.None));
        int home = _map.OfInstance("host7").Value;
        Assert.All(_views, (view, shard) => Assert.Equal(shard == home ? 3 : 0, view.Asked));
    }

    [Fact]
    public void A_regex_that_lists_instances_asks_their_shards_alone()
    {
        List<string> found = InstancesOf(
            new Matcher(LabelName.MetricName, MatchKind.Equal, "up"), new Matcher("instance", MatchKind.Regex, "host7|host8|nowhere"));
        Assert.Equal(["host7", "host8"], found.Order(StringComparer.Ordinal));
        HashSet<int> homes = [.. new[] { "host7", "host8", "nowhere" }.Select(instance => _map.OfInstance(instance).Value)];
        Assert.True(homes.Count < ShardCount, "the values lie on all shards: the test shows nothing");
        Assert.All(_views, (view, shard) => Assert.Equal(homes.Contains(shard) ? 1 : 0, view.Asked));
    }

    [Theory]
    [InlineData(MatchKind.Equal, "", 0)]
    [InlineData(MatchKind.NotEqual, "host7", Instances - 1)]
    [InlineData(MatchKind.Regex, "host7.*", 1)]
    [InlineData(MatchKind.Regex, "host7|", 1)]
    [InlineData(MatchKind.NotRegex, "host7", Instances - 1)]
    public void Any_other_matcher_on_instance_asks_all_shards(MatchKind kind, string value, int series)
    {
        Assert.Equal(series, InstancesOf(new Matcher(LabelName.MetricName, MatchKind.Equal, "up"), new Matcher("instance", kind, value)).Count);
        Assert.All(_views, static view => Assert.Equal(1, view.Asked));
    }

    [Fact]
    public void Names_and_values_of_all_shards_are_merged_and_sorted()
    {
        Assert.Equal(["__name__", "extra0", "extra1", "extra2", "instance"], _source.LabelNames([], TimeRange.All, CancellationToken.None));
        Assert.Equal(
            Enumerable.Range(0, Instances).Select(static i => $"host{i}").Order(StringComparer.Ordinal),
            _source.LabelValues("instance", [], TimeRange.All, CancellationToken.None));
    }

    [Fact]
    public void A_query_that_is_given_up_ends_between_two_shards()
    {
        using var client = new CancellationTokenSource();
        using SeriesCursor cursor = _source.Select(
            new SelectRequest([new Matcher(LabelName.MetricName, MatchKind.Equal, "up")], TimeRange.All), client.Token);
        Assert.True(cursor.MoveNext());
        client.Cancel();
        Assert.Throws<OperationCanceledException>(() =>
        {
            while (cursor.MoveNext())
            {
            }
        });
        Assert.Contains(_views, static view => view.Asked == 0);
    }

    private List<string> InstancesOf(params Matcher[] matchers)
    {
        var found = new List<string>();
        using SeriesCursor cursor = _source.Select(new SelectRequest(matchers, TimeRange.All), CancellationToken.None);
        while (cursor.MoveNext())
        {
            found.Add(cursor.Labels.Get("instance"));
        }

        return found;
    }

    /// <summary>A view that counts the questions.</summary>
    private sealed class CountingView(ShardView view) : ISeriesSource, IDisposable
    {
        public int Asked { get; private set; }

        public SeriesCursor Select(SelectRequest request, CancellationToken cancel)
        {
            Asked++;
            return view.Select(request, cancel);
        }

        public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
            Asked++;
            view.AddLabelNames(matchers, range, into, cancel);
        }

        public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
        {
            Asked++;
            view.AddLabelValues(name, matchers, range, into, cancel);
        }

        public void Dispose() => view.Dispose();
    }
}
