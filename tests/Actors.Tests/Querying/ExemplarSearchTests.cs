using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

public sealed class ExemplarSearchTests
{
    private static readonly StoredExemplar[] s_held =
    [
        Stored("b", 5), Stored("a", 1), Stored("b", 6), Stored("a", 2), Stored("a", 3), Stored("c", 2),
    ];

    [Fact]
    public void Series_come_in_order_of_labels_and_their_exemplars_in_order_of_time() =>
        Assert.Equal(["a 1 2 3", "b 5 6"], Find(0, 10, Named("a"), Named("b")));

    [Fact]
    public void Both_ends_of_the_time_are_inside_and_a_series_with_none_inside_is_left_out() =>
        Assert.Equal(["a 2 3", "c 2"], Find(2, 3, Named("a"), Named("b"), Named("c")));

    [Fact]
    public void All_matchers_of_one_list_must_hold_and_no_list_selects_nothing()
    {
        Assert.Empty(Find(0, 10, [.. Named("a"), new Matcher("job", MatchKind.Equal, "x")]));
        Assert.Empty(Find(0, 10));
    }

    private static IEnumerable<string> Find(long from, long through, params IReadOnlyList<Matcher>[] anyOf) =>
        ExemplarSearch.Find(s_held, anyOf, new Timestamp(from), new Timestamp(through), CancellationToken.None)
            .Select(series => $"{series.Series.MetricName} {string.Join(' ', series.Exemplars.Select(exemplar => exemplar.At))}");

    private static Matcher[] Named(string name) => [new Matcher(LabelName.MetricName, MatchKind.Equal, name)];

    private static StoredExemplar Stored(string name, long time) =>
        new(Labels.From((LabelName.MetricName, name)), new Exemplar(Labels.Empty, time, new Timestamp(time)));
}
