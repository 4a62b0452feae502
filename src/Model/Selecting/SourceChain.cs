namespace Pleiad.Model;

/// <summary>Several sources, none of which has a series of another, as one: what they have, one behind the other.</summary>
public sealed class SourceChain(IReadOnlyList<ISeriesSource> sources) : ISeriesSource
{
    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) =>
        sources.Count == 1 ? sources[0].Select(request, cancel) : new Cursor(sources, request, cancel);

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            sources[i].AddLabelNames(matchers, range, into, cancel);
        }
    }

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        for (int i = 0; i < sources.Count; i++)
        {
            sources[i].AddLabelValues(name, matchers, range, into, cancel);
        }
    }

    private sealed class Cursor(IReadOnlyList<ISeriesSource> sources, SelectRequest request, CancellationToken cancel) : SeriesCursor
    {
        private int _next;
        private SeriesCursor? _current;

        public override Labels Labels => Current.Labels;

        private SeriesCursor Current => _current ?? throw new InvalidOperationException("the cursor stands on no series");

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

                if (_next == sources.Count)
                {
                    return false;
                }

                cancel.ThrowIfCancellationRequested();
                _current = sources[_next++].Select(request, cancel);
            }
        }

        public override void Read(SampleColumns into) => Current.Read(into);

        public override bool TryReadRollups(RollupColumns into) => Current.TryReadRollups(into);

        protected override void Dispose(bool disposing)
        {
            _current?.Dispose();
            _current = null;
        }
    }
}
