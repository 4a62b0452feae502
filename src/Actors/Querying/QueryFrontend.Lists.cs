using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <content>Lists of series, label names and label values: no samples, but all of them at once in memory.</content>
internal sealed partial class QueryFrontend
{
    private const string Truncated = "results truncated due to limit";

    // Of a series of a list: its labels as an object and an array, its place in a set that doubles, and in a list. Of a text: those places, and the object around its letters.
    private const int ListedBytes = 160;
    private const int ListedTextBytes = 72;

    /// <inheritdoc/>
    public Task<LabelAnswer<Labels>> SeriesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        RunAsync(
            null,
            async (source, _, _, token) =>
            {
                using QueryRoom room = _engine.Room();
                var found = new HashSet<Labels>();
                bool isShort = IsShort;
                long ofShort = isShort ? memory.Status.Settings.QuerySeriesMax : long.MaxValue;
                long max = Math.Min(ofShort, settings.SeriesMax);
                foreach (IReadOnlyList<Matcher> matchers in anyOf)
                {
                    using SeriesCursor cursor = await source.SelectAsync(new SelectRequest(matchers, range) { Function = "series", ListsRollups = true }, labelsOnly: true, token);
                    while (cursor.MoveNext())
                    {
                        token.ThrowIfCancellationRequested();
                        if (!found.Add(cursor.Labels))
                        {
                            continue;
                        }

                        room.Take(ListedBytes + (2L * IntPtr.Size * cursor.Labels.Count));
                        if (found.Count > max)
                        {
                            throw ofShort < settings.SeriesMax ? TooManyListed("series", max) : QueryException.TooManySeries(max);
                        }
                    }
                }

                return Cut(InterruptibleSort.Of(found, Comparer<Labels>.Default.Compare, token), limit);
            },
            cancel,
            TellGaps);

    /// <inheritdoc/>
    public Task<LabelAnswer<string>> LabelNamesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        UnionAsync(anyOf, limit, (source, matchers, union, token) => source.AddLabelNamesAsync(matchers, range, union, token), cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<string>> LabelValuesAsync(
        string name, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        UnionAsync(anyOf, limit, (source, matchers, union, token) => source.AddLabelValuesAsync(name, matchers, range, union, token), cancel);

    private static LabelAnswer<T> Cut<T>(List<T> items, int limit) =>
        limit > 0 && items.Count > limit ? new LabelAnswer<T>(items.GetRange(0, limit), [Truncated]) : new LabelAnswer<T>(items, []);

    private Task<LabelAnswer<string>> UnionAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf,
        int limit,
        Func<IQuerySource, IReadOnlyList<Matcher>, TextUnion, CancellationToken, ValueTask> add,
        CancellationToken cancel) =>
        RunAsync(
            null,
            async (source, _, _, token) =>
            {
                using QueryRoom room = _engine.Room();
                long max = IsShort ? memory.Status.Settings.QuerySeriesMax : long.MaxValue;
                var union = new TextUnion((count, letters) =>
                {
                    room.Take((ListedTextBytes * TextUnion.BetweenCalls) + (sizeof(char) * letters));
                    Check(count);
                });
                foreach (IReadOnlyList<Matcher> matchers in anyOf.Count == 0 ? [[]] : anyOf)
                {
                    await add(source, matchers, union, token);
                }

                Check(union.Count);
                return Cut([.. union.Sorted()], limit);

                void Check(int count)
                {
                    if (count > max)
                    {
                        throw TooManyListed("names or values", max);
                    }
                }
            },
            cancel,
            TellGaps);

    private QueryException TooManyListed(string what, long max)
    {
        ActorsMetrics.QueriesShortOfMemory.Add(1);
        return new QueryException(
            QueryErrorKind.Unavailable, $"memory is short ({memory.Status.InWords}), so at most {max} {what} are listed at present: there are more");
    }
}
