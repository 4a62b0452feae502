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
    private readonly WorstFirst _worstFirst;
    private long[] _counts = [];
    private IEnumerator<SeriesBlock>? _results;

    public TopK(QueryContext context, AggregateNode node, SeriesOperator inner, ScalarOperator parameter)
        : base(context, node.Steps, inner, parameter)
    {
        _node = node;
        _inner = inner;
        _parameter = parameter;
        _worstFirst = new WorstFirst(_series, node.Op == AggregateOp.TopK);
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.NameLeftOut);
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
                Context.KeepColumn(Steps);
                Context.KeepColumn(Steps);
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
                    Context.Annotations.HistogramIgnoredInAggregation(_node.Op, _node.Span);
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
            List<(double Value, int Series)> bestFirst = [.. _rankings[group][0].Held];
            Context.Sort(bestFirst, (a, b) => _worstFirst.Compare(b, a));
            foreach ((double value, int series) in bestFirst)
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
                Context.ThrowIfOver();
                foreach ((double value, int series) in rankings[step].Held)
                {
                    chosen.Add((series, step, value));
                }
            }
        }

        Context.Sort(chosen, (a, b) => a.Series.CompareTo(b.Series));
        for (int i = 0; i < chosen.Count;)
        {
            Context.ThrowIfOver();
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

    /// <summary>The best candidates of a group at a step: a heap with the worst of them on top, so that most are turned away by one comparison.</summary>
    private struct Ranking
    {
        private (double Value, int Series)[]? _heap;
        private int _count;

        /// <summary>In no order.</summary>
        public readonly ReadOnlySpan<(double Value, int Series)> Held => _heap.AsSpan(0, _count);

        /// <returns>Whether it is among the best so far.</returns>
        public bool Offer(double value, int series, long count, WorstFirst worstFirst, out int grown)
        {
            grown = 0;
            if (_count < count)
            {
                grown = 1;
                _heap ??= new (double, int)[(int)Math.Min(count, 2)];
                if (_count == _heap.Length)
                {
                    Array.Resize(ref _heap, (int)Math.Min(count, 2L * _count));
                }

                int at = _count++;
                for (int above = (at - 1) / 2; at > 0 && worstFirst.Compare((value, series), _heap[above]) < 0; above = (at - 1) / 2)
                {
                    _heap[at] = _heap[above];
                    at = above;
                }

                _heap[at] = (value, series);
                return true;
            }

            (double Value, int Series)[] heap = _heap!;
            if (worstFirst.Compare((value, series), heap[0]) <= 0)
            {
                return false;
            }

            int hole = 0;
            for (int below = 1; below < _count; below = (2 * hole) + 1)
            {
                if (below + 1 < _count && worstFirst.Compare(heap[below + 1], heap[below]) < 0)
                {
                    below++;
                }

                if (worstFirst.Compare((value, series), heap[below]) <= 0)
                {
                    break;
                }

                heap[hole] = heap[below];
                hole = below;
            }

            heap[hole] = (value, series);
            return true;
        }
    }

    // NaN counts as the worst either way; among equals the one with the greater labels is worse.
    private sealed class WorstFirst(List<(Labels Labels, NameFate Name, int Group)> series, bool largest)
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
