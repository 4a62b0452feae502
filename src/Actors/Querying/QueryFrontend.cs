using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// Answers queries over all shards of this node: asks each shard for a view, which takes its turn no time, and evaluates on pool threads.
/// </summary>
internal sealed class QueryFrontend(Engine engine, ShardDirectory shards, QuerySettings settings) : IQueryFrontend, IDisposable
{
    private const string Truncated = "results truncated due to limit";

    private readonly QueryAdmission _admission = new(settings.ConcurrencyMax, settings.QueueMax);

    /// <inheritdoc/>
    public Task<QueryResult> InstantAsync(string query, Timestamp at, QueryOptions options, CancellationToken cancel) =>
        RunAsync((source, token) => engine.InstantAsync(query, at, source, Options(options), token), cancel);

    /// <inheritdoc/>
    public Task<QueryResult> RangeAsync(
        string query, Timestamp start, Timestamp end, TimeSpan step, QueryOptions options, CancellationToken cancel) =>
        RunAsync((source, token) => engine.RangeAsync(query, start, end, step, source, Options(options), token), cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<Labels>> SeriesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        RunAsync(
            (source, token) =>
            {
                var found = new HashSet<Labels>();
                foreach (IReadOnlyList<Matcher> matchers in anyOf)
                {
                    using SeriesCursor cursor = source.Select(new SelectRequest(matchers, range) { Function = "series" }, token);
                    while (cursor.MoveNext())
                    {
                        token.ThrowIfCancellationRequested();
                        found.Add(cursor.Labels);
                    }
                }

                return Task.FromResult(Cut([.. found.Order()], limit));
            },
            cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<string>> LabelNamesAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        UnionAsync(anyOf, limit, (source, matchers, token) => source.LabelNames(matchers, range, token), cancel);

    /// <inheritdoc/>
    public Task<LabelAnswer<string>> LabelValuesAsync(
        string name, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel) =>
        UnionAsync(anyOf, limit, (source, matchers, token) => source.LabelValues(name, matchers, range, token), cancel);

    /// <inheritdoc/>
    public void Dispose() => _admission.Dispose();

    private static QueryRunOptions Options(QueryOptions options) => new() { Lookback = options.Lookback, Timeout = options.Timeout };

    private static LabelAnswer<T> Cut<T>(List<T> items, int limit) =>
        limit > 0 && items.Count > limit ? new LabelAnswer<T>(items.GetRange(0, limit), [Truncated]) : new LabelAnswer<T>(items, []);

    private Task<LabelAnswer<string>> UnionAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf,
        int limit,
        Func<ISeriesSource, IReadOnlyList<Matcher>, CancellationToken, IReadOnlyCollection<string>> ask,
        CancellationToken cancel) =>
        RunAsync(
            (source, token) =>
            {
                var union = new SortedSet<string>(Utf8Order.Comparer);
                foreach (IReadOnlyList<Matcher> matchers in anyOf.Count == 0 ? [[]] : anyOf)
                {
                    union.UnionWith(ask(source, matchers, token));
                }

                return Task.FromResult(Cut([.. union], limit));
            },
            cancel);

    private async Task<T> RunAsync<T>(Func<ISeriesSource, CancellationToken, Task<T>> run, CancellationToken cancel)
    {
        using QueryAdmission.Slot slot = await _admission.EnterAsync(cancel);
        using ViewLease views = await shards.ViewAsync(settings.ThreadsMax, cancel);
        // The caller may be a thread that reads sockets: evaluation takes as long as it takes, so it gets one of its own.
        return await Task.Run(() => run(views.Source, cancel), cancel);
    }
}
