using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>Answers queries over all shards. Limits, admission and cancellation are its business; a partial answer says so in its warnings.</summary>
/// <remarks>Evaluates on the caller's thread where nothing has to be waited for: an actor, whose turn must be short, asks through <c>Task.Run</c>.</remarks>
public interface IQueryFrontend
{
    /// <summary>Evaluates at one time.</summary>
    /// <exception cref="QueryException">The query is refused, fails, or is cut off.</exception>
    Task<QueryResult> InstantAsync(string query, Timestamp at, QueryOptions options, CancellationToken cancel);

    /// <summary>Evaluates at <c>start, start + step, …</c> up to and including <c>end</c>.</summary>
    /// <exception cref="QueryException">The query is refused, fails, or is cut off.</exception>
    Task<QueryResult> RangeAsync(string query, Timestamp start, Timestamp end, TimeSpan step, QueryOptions options, CancellationToken cancel);

    /// <summary>How a query is evaluated; if it is run, with what each node of its plan and each shard cost.</summary>
    /// <param name="query">PromQL.</param>
    /// <param name="times">When.</param>
    /// <param name="run">Whether to run it.</param>
    /// <param name="options">Of the run.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    /// <exception cref="QueryException">The query is refused, fails, or is cut off.</exception>
    Task<QueryExplanation> ExplainAsync(string query, QueryTimes times, bool run, QueryOptions options, CancellationToken cancel);

    /// <summary>The labels of the series that satisfy any of the matcher lists and may have samples in the range.</summary>
    Task<LabelAnswer<Labels>> SeriesAsync(IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel);

    /// <summary>Sorted label names.</summary>
    /// <param name="anyOf">Empty for all series.</param>
    /// <param name="range">Where samples must be expected.</param>
    /// <param name="limit">At most so many; 0 for all.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    Task<LabelAnswer<string>> LabelNamesAsync(IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel);

    /// <summary>Sorted values of one label; parameters as for the names.</summary>
    Task<LabelAnswer<string>> LabelValuesAsync(string name, IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, int limit, CancellationToken cancel);

    /// <summary>The newest sample of each series that satisfies any of the matcher lists; none of a series that ended there.</summary>
    /// <param name="anyOf">No list for no series.</param>
    /// <param name="range">Where the sample must lie.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    /// <returns>In order of metric names, then of labels.</returns>
    Task<LabelAnswer<NewestSample>> NewestAsync(IReadOnlyList<IReadOnlyList<Matcher>> anyOf, TimeRange range, CancellationToken cancel);

    /// <summary>Reads the raw samples of the series that satisfy all matchers, in no particular order.</summary>
    /// <param name="matchers">At least one.</param>
    /// <param name="range">Which samples.</param>
    /// <param name="take">Called for each series that has samples there, one at a time; the columns are used again for the next.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    /// <returns>What <paramref name="take"/> made of them; never a part of them.</returns>
    /// <exception cref="QueryException">Some of them cannot be read, or they are of more series than the limit.</exception>
    Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<Matcher> matchers, TimeRange range, Func<Labels, SampleColumns, T> take, CancellationToken cancel);

    /// <summary>The exemplars of the series that satisfy any of the matcher lists, in order of labels.</summary>
    /// <param name="anyOf">No list for no series.</param>
    /// <param name="from">The earliest wanted.</param>
    /// <param name="through">The latest wanted.</param>
    /// <param name="cancel">Given up when the client goes away.</param>
    Task<IReadOnlyList<SeriesExemplars>> ExemplarsAsync(
        IReadOnlyList<IReadOnlyList<Matcher>> anyOf, Timestamp from, Timestamp through, CancellationToken cancel);
}

/// <summary>Per-query settings that a client may give.</summary>
/// <param name="Timeout">Shorter than the engine's, or null.</param>
/// <param name="Lookback">Instead of the engine's, or null.</param>
public readonly record struct QueryOptions(TimeSpan? Timeout, TimeSpan? Lookback)
{
    /// <summary>As <see cref="QueryRunOptions.CountsSteps"/>.</summary>
    public bool CountsSteps { get; init; }

    /// <summary>As <see cref="QueryRunOptions.KeepsMemory"/>.</summary>
    public bool KeepsMemory { get; init; }

    /// <summary>
    /// Whether it has to see every sample that any node of the cluster acknowledged before it began. It may take longer, and it is refused
    /// rather than answered without some of them.
    /// </summary>
    public bool IsStrong { get; init; }

    /// <summary>What it may read of rollups.</summary>
    public RollupMode Rollups { get; init; }
}

/// <summary>What a query may read of rollups.</summary>
public enum RollupMode
{
    /// <summary>What the node's settings say.</summary>
    AsSet,

    /// <summary>Nothing: samples alone.</summary>
    Never,

    /// <summary>Where samples are gone.</summary>
    WhereSamplesAreGone,

    /// <summary>Wherever step and range allow.</summary>
    Preferred,
}

/// <summary>The newest sample of a series.</summary>
/// <param name="Series">Its labels.</param>
/// <param name="At">When.</param>
/// <param name="Value">Unused where it is a histogram.</param>
/// <param name="Histogram">Null where it is a float.</param>
public sealed record NewestSample(Labels Series, Timestamp At, double Value, NativeHistogram? Histogram);

/// <summary>The exemplars of one series.</summary>
/// <param name="Series">Its labels.</param>
/// <param name="Exemplars">In order of time.</param>
public sealed record SeriesExemplars(Labels Series, IReadOnlyList<Exemplar> Exemplars);

/// <summary>A list with what there is to say about it.</summary>
/// <param name="Items">Sorted.</param>
/// <param name="Warnings">For instance that the list was cut at the limit: "results truncated due to limit".</param>
public sealed record LabelAnswer<T>(IReadOnlyList<T> Items, IReadOnlyList<string> Warnings)
{
    /// <summary>Whether items may be missing, because nobody answered for the shards they lie on; a warning says so too.</summary>
    public bool IsPartial { get; init; }
}
