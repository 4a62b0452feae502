using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Finds the newest sample of each series, as federation asks for it.</summary>
internal static class NewestSamples
{
    /// <summary>Those of the series that satisfy any of the matcher lists, in order of metric names, then of labels.</summary>
    /// <exception cref="QueryException">They are more than <paramref name="seriesMax"/>.</exception>
    public static async Task<IReadOnlyList<NewestSample>> OfAsync(
        IQuerySource source, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, long seriesMax, CancellationToken cancel)
    {
        var found = new Dictionary<Labels, NewestSample?>();
        using var samples = new SampleColumns();
        foreach (IReadOnlyList<Matcher> matchers in anyOf)
        {
            using SeriesCursor cursor = await source.SelectAsync(new SelectRequest(matchers, range) { NewestOnly = true }, labelsOnly: false, cancel);
            while (cursor.MoveNext())
            {
                cancel.ThrowIfCancellationRequested();
                if (found.ContainsKey(cursor.Labels))
                {
                    continue;
                }

                samples.Clear();
                cursor.Read(samples);
                found.Add(cursor.Labels, Last(cursor.Labels, samples));
                if (found.Count > seriesMax)
                {
                    throw QueryException.TooManySeries(seriesMax);
                }
            }
        }

        return InterruptibleSort.Of(found.Values.OfType<NewestSample>(), InOrder, cancel);
    }

    private static int InOrder(NewestSample left, NewestSample right) =>
        Utf8Order.Compare(left.Series.MetricName, right.Series.MetricName) is var order and not 0 ? order : left.Series.CompareTo(right.Series);

    private static NewestSample? Last(Labels series, SampleColumns samples)
    {
        int last = samples.Count - 1;
        if (last < 0)
        {
            return null;
        }

        NativeHistogram? histogram = samples.HasHistograms ? samples.Histograms[last] : null;
        double value = samples.Values[last];
        bool ended = histogram?.IsStale ?? StaleMarker.Is(value);
        return ended ? null : new NewestSample(series, new Timestamp(samples.Times[last]), value, histogram);
    }
}
