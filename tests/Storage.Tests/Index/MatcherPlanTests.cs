using Pleiad.Model;
using static Pleiad.Storage.Tests.ShardDriver;

namespace Pleiad.Storage.Tests;

public sealed class MatcherPlanTests
{
    private static readonly string[] s_patterns =
        ["", "a", "v1", "v1|v2", "v.*", ".*", ".+", "v[0-3]", "(v1|v2)?", "nothing", "v1.*|", "[^v].*", "v\\d"];

    [Fact]
    public void Every_combination_of_matchers_finds_what_trying_every_series_finds()
    {
        var driver = new ShardDriver();
        var random = new Random(7);
        var series = new HashSet<Labels>();
        while (series.Count < 300)
        {
            var builder = new LabelsBuilder();
            builder.Set("__name__", "m" + random.Next(4));
            for (int label = 0; label < 3; label++)
            {
                if (random.Next(3) > 0)
                {
                    builder.Set("l" + label, "v" + random.Next(label == 2 ? 200 : 4));
                }
            }

            series.Add(builder.ToLabels());
        }

        driver.Append([.. series.Select(static labels => (labels, 1L, 1.0))]);
        using ShardView view = driver.Shard.View();
        for (int run = 0; run < 2000; run++)
        {
            var matchers = new Matcher[random.Next(1, 4)];
            for (int i = 0; i < matchers.Length; i++)
            {
                string name = random.Next(5) switch { 0 => "__name__", 1 => "absent", int other => "l" + (other - 2) };
                var kind = (MatchKind)random.Next(4);
                string value = kind is MatchKind.Equal or MatchKind.NotEqual
                    ? random.Next(4) switch { 0 => "", 1 => "m1", _ => "v" + random.Next(6) }
                    : s_patterns[random.Next(s_patterns.Length)];
                matchers[i] = new Matcher(name, kind, value);
            }

            Labels[] expected = [.. series.Where(labels => matchers.All(matcher => matcher.Matches(labels))).Order()];
            Assert.True(
                expected.SequenceEqual(Read(view, matchers, TimeRange.All).Keys),
                $"{{{string.Join(", ", matchers.AsEnumerable())}}} should find {expected.Length}");
            Assert.Equal(expected.Length, view.CountSeries(matchers, TimeRange.All, CancellationToken.None));
            Assert.Equal(
                expected.SelectMany(static labels => labels.Select(static label => label.Name)).Distinct().Order(Utf8Order.Comparer),
                view.LabelNames(matchers, TimeRange.All, CancellationToken.None));
            Assert.Equal(
                expected.Where(static labels => labels.Has("l1")).Select(static labels => labels.Get("l1")).Distinct().Order(Utf8Order.Comparer),
                view.LabelValues("l1", matchers, TimeRange.All, CancellationToken.None));
        }
    }

    [Fact]
    public void A_series_without_samples_in_the_range_is_not_found()
    {
        var driver = new ShardDriver();
        driver.Append((Named("old"), 10, 1), (Named("new"), 1000, 1));
        using ShardView view = driver.Shard.View();
        Assert.Equal([Named("new")], Read(view, [new Matcher("__name__", MatchKind.Regex, ".+")], new TimeRange(500, 2000)).Keys);
        Assert.Equal(["new"], view.LabelValues("__name__", [], new TimeRange(500, 2000), CancellationToken.None));
    }

    [Fact]
    public void Cardinality_names_what_costs_most()
    {
        var driver = new ShardDriver();
        driver.Append((Named("a", ("x", "1")), 1, 1), (Named("a", ("x", "22")), 2, 1), (Named("b", ("x", "1")), 3, 1));
        using ShardView view = driver.Shard.View();
        Cardinality cardinality = view.Cardinality([], string.Empty, 1, CancellationToken.None);
        Assert.Equal((3, 4, 1L, 3L), (cardinality.Series, cardinality.LabelPairs, cardinality.OldestTimeMs, cardinality.NewestTimeMs));
        Assert.Equal(("a", 2L), (cardinality.Metrics.Single().Name, cardinality.Metrics.Single().Series));
        Assert.Equal([new PairCount("__name__", "a", 2)], cardinality.Pairs);
    }
}
