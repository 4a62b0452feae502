using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>
/// All shards of this node as one source: a series lives in exactly one of them, so their answers are put one behind the other. Fragments
/// of a plan run on several shards at once.
/// </summary>
/// <param name="views">The view of shard i at index i.</param>
/// <param name="shards">Which series belongs where, so that matchers on <c>instance</c> ask the shards of its values only.</param>
/// <param name="threads">Threads a query may use.</param>
internal sealed class ShardedSource(IReadOnlyList<ISeriesSource> views, ShardMap shards, int threads) : IQuerySource
{
    private readonly SourceChain _all = new(views);

    /// <inheritdoc/>
    public ShardMap Shards => shards;

    /// <inheritdoc/>
    public Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> asked, CancellationToken cancel) =>
        fragment.RunTogetherAsync([.. asked.Select(shard => views[shard])], threads);

    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => Asked(request.Matchers).Select(request, cancel);

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        Asked(matchers).AddLabelNames(matchers, range, into, cancel);

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        Asked(matchers).AddLabelValues(name, matchers, range, into, cancel);

    /// <inheritdoc/>
    public ValueTask<SeriesCursor> SelectAsync(SelectRequest request, bool labelsOnly, CancellationToken cancel) => new(Select(request, cancel));

    /// <inheritdoc/>
    public ValueTask AddLabelNamesAsync(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        AddLabelNames(matchers, range, into, cancel);
        return default;
    }

    /// <inheritdoc/>
    public ValueTask AddLabelValuesAsync(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        AddLabelValues(name, matchers, range, into, cancel);
        return default;
    }

    private SourceChain Asked(IReadOnlyList<Matcher> matchers) =>
        ShardPruning.ShardsFor(matchers, shards) is { } few ? new SourceChain([.. few.Select(shard => views[shard])]) : _all;
}
