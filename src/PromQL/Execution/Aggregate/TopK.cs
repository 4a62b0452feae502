using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// <c>topk</c> and <c>bottomk</c>: the series with the k largest or smallest values of each group and step, with their own labels.
/// Keeps k candidates a group and step, not the series.
/// </summary>
internal sealed class TopK : OwnBlockOperator
{
    private readonly AggregateNode _node;
    private readonly SeriesOperator _inner;
    private readonly ScalarOperator _parameter;
    private readonly LabelGroups _groups;
    private readonly List<(Labels Labels, NameFate Name, int Group)> _series = [];
    private readonly List<Ranking[]> _rankings = [];
    private readonly bool _largest;
    private long[] _counts = [];
    private IEnumerator<SeriesBlock>? _results;

    public TopK(QueryContext context, AggregateNode node, SeriesOperator inner, ScalarOperator parameter)
        : base(context, node.Steps, inner, parameter)
    {
        _node = node;
        _inner = inner;
        _parameter = parameter;
        _largest = node.Op == AggregateOp.TopK;
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.LeftOut);
    }

    public override bool MoveNext()
    {
        if (_results is null)
        {
            _counts = SelectionParameter.Counts(_parameter);
            if (_counts.Any(count => count > 0))
            {
                ReadAll();
            }

            _results = (Steps.Count == 1 ? Ranked() : BySeries()).GetEnumerator();
        }

        return _results.MoveNext();
    }

    protected override void Dispose(bool disposing)
    {
        _results?.Dispose();
        base.Dispose(disposing);
    }

    private void ReadAll()
    {
        while (_inner.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock series = _inner.Current;
            int group = _groups.Place(series);
            if (group == _rankings.Count)
            {
                _rankings.Add(new Ranking[Steps.Count]);
            }

            Ranking[] rankings = _rankings[group];
            int index = _series.Count;
            bool used = false;
            ReadOnlySpan<double> values = series.Values;
            foreach (int step in StepBits.Each(series.Present))
            {
                if (series.HistogramAt(step) is not null)
                {
                    Context.Annotations.HistogramIgnoredInAggregation(_node.Op, _node.InnerSpan);
                }
                else if (_counts[step] > 0)
                {
                    long grown = rankings[step].Offer(values[step], index, _counts[step], _largest);
                    Context.Hold(grown);
                    used |= true;
                }
            }

            if (used)
            {
                _series.Add((series.Labels, series.Name, group));
            }
        }
    }

    // An instant result is in order of value, group by group.
    private IEnumerable<SeriesBlock> Ranked()
    {
        foreach (Ranking[] rankings in _rankings)
        {
            foreach ((double value, int series) in rankings[0].Sorted(_largest))
            {
                Current.Clear();
                Current.Set(0, value);
                Current.Labels = _series[series].Labels;
                Current.Name = _series[series].Name;
                yield return Current;
            }
        }
    }

    private IEnumerable<SeriesBlock> BySeries()
    {
        // Turned round: from "who is in at this step" to "at which steps is this series in".
        var chosen = new List<(int Series, int Step, double Value)>();
        foreach (Ranking[] rankings in _rankings)
        {
            for (int step = 0; step < rankings.Length; step++)
            {
                foreach ((double value, int series) in rankings[step].Items)
                {
                    chosen.Add((series, step, value));
                }
            }
        }

        chosen.Sort((a, b) => a.Series.CompareTo(b.Series));
        for (int i = 0; i < chosen.Count;)
        {
            int series = chosen[i].Series;
            Current.Clear();
            for (; i < chosen.Count && chosen[i].Series == series; i++)
            {
                Current.Set(chosen[i].Step, chosen[i].Value);
            }

            Current.Labels = _series[series].Labels;
            Current.Name = _series[series].Name;
            yield return Current;
        }
    }

    /// <summary>The best candidates of a group at a step: a heap with the worst of them on top.</summary>
    private struct Ranking
    {
        private PriorityQueue<(double Value, int Series), (double Value, int Series)>? _heap;

        public readonly IEnumerable<(double Value, int Series)> Items =>
            _heap is null ? [] : _heap.UnorderedItems.Select(item => item.Element);

        /// <returns>How many more candidates are held.</returns>
        public long Offer(double value, int series, long count, bool largest)
        {
            _heap ??= new PriorityQueue<(double Value, int Series), (double Value, int Series)>(
                largest ? SmallestFirst.Instance : LargestFirst.Instance);
            if (_heap.Count < count)
            {
                _heap.Enqueue((value, series), (value, series));
                return 1;
            }

            (double worst, _) = _heap.Peek();
            if (Beats(value, worst, largest))
            {
                _heap.DequeueEnqueue((value, series), (value, series));
            }

            return 0;
        }

        /// <summary>Best first; NaN last.</summary>
        public readonly IEnumerable<(double Value, int Series)> Sorted(bool largest)
        {
            IComparer<(double Value, int Series)> worstFirst = largest ? SmallestFirst.Instance : LargestFirst.Instance;
            return Items.Order(Comparer<(double Value, int Series)>.Create((a, b) => worstFirst.Compare(b, a)));
        }

        private static bool Beats(double value, double worst, bool largest) =>
            double.IsNaN(worst) ? !double.IsNaN(value) : largest ? value > worst : value < worst;
    }

    // NaN counts as the worst either way; among equals the one that came later is worse.
    private sealed class SmallestFirst : IComparer<(double Value, int Series)>
    {
        public static readonly SmallestFirst Instance = new();

        public int Compare((double Value, int Series) x, (double Value, int Series) y)
        {
            int order = x.Value.CompareTo(y.Value);
            return order != 0 ? order : y.Series.CompareTo(x.Series);
        }
    }

    private sealed class LargestFirst : IComparer<(double Value, int Series)>
    {
        public static readonly LargestFirst Instance = new();

        public int Compare((double Value, int Series) x, (double Value, int Series) y)
        {
            int order = double.IsNaN(x.Value) || double.IsNaN(y.Value) ? x.Value.CompareTo(y.Value) : y.Value.CompareTo(x.Value);
            return order != 0 ? order : y.Series.CompareTo(x.Series);
        }
    }
}
