using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// <c>topk</c> and <c>bottomk</c>: the series with the k largest or smallest values of each group and step, with their own labels.
/// Keeps k candidates a group and step, not the series. Among equal values the order of labels decides, so that the choice does not
/// depend on where series lie.
/// </summary>
internal sealed class TopK : OwnBlockOperator
{
    private readonly AggregateNode _node;
    private readonly SeriesOperator _inner;
    private readonly ScalarOperator _parameter;
    private readonly LabelGroups _groups;
    private readonly List<(Labels Labels, NameFate Name, int Group)> _series = [];
    private readonly List<Ranking[]> _rankings = [];
    private readonly IComparer<(double Value, int Series)> _worstFirst;
    private long[] _counts = [];
    private IEnumerator<SeriesBlock>? _results;

    public TopK(QueryContext context, AggregateNode node, SeriesOperator inner, ScalarOperator parameter)
        : base(context, node.Steps, inner, parameter)
    {
        _node = node;
        _inner = inner;
        _parameter = parameter;
        _worstFirst = new WorstFirst(_series, node.Op == AggregateOp.TopK);
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.LeftOut);
    }

    public override bool MoveNext()
    {
        if (_results is null)
        {
            _counts = SelectionParameter.Counts(_parameter);
            ReadAll();
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
            _series.Add((series.Labels, series.Name, group));
            ReadOnlySpan<double> values = series.Values;
            foreach (int step in StepBits.Each(series.Present))
            {
                if (series.HistogramAt(step) is not null)
                {
                    Context.Annotations.HistogramIgnoredInAggregation(_node.Op, _node.InnerSpan);
                }
                else if (_counts[step] > 0)
                {
                    used |= rankings[step].Offer(values[step], index, _counts[step], _worstFirst, out int grown);
                    Context.Hold(grown);
                }
            }

            if (!used)
            {
                _series.RemoveAt(index);
            }
        }
    }

    // An instant result is in order of value, group by group.
    private IEnumerable<SeriesBlock> Ranked()
    {
        foreach (int group in Enumerable.Range(0, _rankings.Count).OrderBy(_groups.LabelsOf))
        {
            foreach ((double value, int series) in _rankings[group][0].Sorted(_worstFirst))
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

        /// <returns>Whether it is among the best so far.</returns>
        public bool Offer(double value, int series, long count, IComparer<(double Value, int Series)> worstFirst, out int grown)
        {
            grown = 0;
            _heap ??= new PriorityQueue<(double Value, int Series), (double Value, int Series)>(worstFirst);
            if (_heap.Count < count)
            {
                _heap.Enqueue((value, series), (value, series));
                grown = 1;
                return true;
            }

            if (worstFirst.Compare((value, series), _heap.Peek()) <= 0)
            {
                return false;
            }

            _heap.DequeueEnqueue((value, series), (value, series));
            return true;
        }

        /// <summary>Best first; NaN last.</summary>
        public readonly IEnumerable<(double Value, int Series)> Sorted(IComparer<(double Value, int Series)> worstFirst) =>
            Items.Order(Comparer<(double Value, int Series)>.Create((a, b) => worstFirst.Compare(b, a)));
    }

    // NaN counts as the worst either way; among equals the one with the greater labels is worse.
    private sealed class WorstFirst(List<(Labels Labels, NameFate Name, int Group)> series, bool largest) : IComparer<(double Value, int Series)>
    {
        public int Compare((double Value, int Series) x, (double Value, int Series) y)
        {
            int order = largest || double.IsNaN(x.Value) || double.IsNaN(y.Value) ? x.Value.CompareTo(y.Value) : y.Value.CompareTo(x.Value);
            return order != 0 ? order : Seen(y.Series).CompareTo(Seen(x.Series));
        }

        private Labels Seen(int index) =>
            series[index].Name == NameFate.Dropped ? MetadataLabels.Without(series[index].Labels) : series[index].Labels;
    }
}
