using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>All shards as one source: a series lives in exactly one of them, so their answers are put one behind the other.</summary>
/// <param name="views">The view of shard i at index i.</param>
/// <param name="shards">Which series belongs where, so that a matcher on <c>instance</c> asks one shard only.</param>
internal sealed class ShardedSource(IReadOnlyList<ISeriesSource> views, ShardMap shards) : ISeriesSource
{
    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) =>
        OnlyShard(request.Matchers) is int only
            ? views[only].Select(request, cancel)
            : new ChainedCursor(views, request, cancel);

    /// <inheritdoc/>
    public IReadOnlyCollection<string> LabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel) =>
        Merge(matchers, view => view.LabelNames(matchers, range, cancel));

    /// <inheritdoc/>
    public IReadOnlyCollection<string> LabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel) =>
        Merge(matchers, view => view.LabelValues(name, matchers, range, cancel));

    private SortedSet<string> Merge(IReadOnlyList<Matcher> matchers, Func<ISeriesSource, IReadOnlyCollection<string>> ask)
    {
        var merged = new SortedSet<string>(Utf8Order.Comparer);
        IEnumerable<ISeriesSource> asked = OnlyShard(matchers) is int only ? [views[only]] : views;
        foreach (ISeriesSource view in asked)
        {
            merged.UnionWith(ask(view));
        }

        return merged;
    }

    private int? OnlyShard(IReadOnlyList<Matcher> matchers)
    {
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Kind == MatchKind.Equal && matcher.Name == LabelName.Instance && matcher.Value.Length > 0)
            {
                return shards.OfInstance(matcher.Value).Value;
            }
        }

        return null;
    }

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
