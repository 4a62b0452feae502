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
    /// <inheritdoc/>
    public ShardMap Shards => shards;

    /// <inheritdoc/>
    public Task<IReadOnlyList<FragmentAnswer>> RunAsync(PlanFragment fragment, IReadOnlyList<int> asked, CancellationToken cancel) =>
        fragment.RunAllAsync([.. asked.Select(shard => views[shard])], threads);

    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel)
    {
        IReadOnlyList<ISeriesSource> asked = Asked(request.Matchers);
        return asked.Count == 1 ? asked[0].Select(request, cancel) : new ChainedCursor(asked, request, cancel);
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> LabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel)
    {
        var names = new TextUnion();
        AddLabelNames(matchers, range, names, cancel);
        return names.Sorted();
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> LabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel)
    {
        var values = new TextUnion();
        AddLabelValues(name, matchers, range, values, cancel);
        return values.Sorted();
    }

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        foreach (ISeriesSource view in Asked(matchers))
        {
            view.AddLabelNames(matchers, range, into, cancel);
        }
    }

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        foreach (ISeriesSource view in Asked(matchers))
        {
            view.AddLabelValues(name, matchers, range, into, cancel);
        }
    }

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

    private IReadOnlyList<ISeriesSource> Asked(IReadOnlyList<Matcher> matchers) =>
        ShardPruning.ShardsFor(matchers, shards) is { } few ? [.. few.Select(shard => views[shard])] : views;

    private sealed class ChainedCursor(IReadOnlyList<ISeriesSource> views, SelectRequest request, CancellationToken cancel) : SeriesCursor
    {
        private int _next;
        private SeriesCursor? _current;

        public override Labels Labels => (_current ?? throw new InvalidOperationException("the cursor stands on no series")).Labels;

        public override bool MoveNext()
        {
            while (true)
            {
                if (_current is not null)
                {
                    if (_current.MoveNext())
                    {
                        return true;
                    }

                    _current.Dispose();
                    _current = null;
                }

                if (_next == views.Count)
                {
                    return false;
                }

                cancel.ThrowIfCancellationRequested();
                _current = views[_next++].Select(request, cancel);
            }
        }

        public override void Read(SampleColumns into) =>
            (_current ?? throw new InvalidOperationException("the cursor stands on no series")).Read(into);

        protected override void Dispose(bool disposing)
        {
            _current?.Dispose();
            _current = null;
        }
    }
}
