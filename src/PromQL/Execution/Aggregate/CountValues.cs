using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>count_values</c>: how many series of a group have each value, the value in a label.</summary>
internal sealed class CountValues : OwnBlockOperator
{
    private readonly SeriesOperator _inner;
    private readonly string _label;
    private readonly bool _leavesLabelOut;
    private readonly LabelGroups _groups;
    private readonly Dictionary<Labels, int[]> _counts = [];
    private IEnumerator<KeyValuePair<Labels, int[]>>? _results;

    public CountValues(QueryContext context, AggregateNode node, SeriesOperator inner, string label)
        : base(context, node.Steps, inner)
    {
        if (!LabelName.IsValid(label))
        {
            throw new QueryException(QueryErrorKind.Execution, $"invalid label name {QuotedText.Of(label)}");
        }

        _inner = inner;
        _label = label;

        // What "without" names goes, even where it is the label of the values: then all of a group are counted together.
        _leavesLabelOut = node.Without && (node.Grouping.Contains(label) || label == LabelName.MetricName);
        _groups = new LabelGroups(!node.Without, node.Grouping, GroupMetadata.NameLeftOut);
    }

    public override bool MoveNext()
    {
        if (_results is null)
        {
            ReadAll();
            _results = _counts.GetEnumerator();
        }

        if (!_results.MoveNext())
        {
            return false;
        }

        (Labels labels, int[] counted) = _results.Current;
        Current.Clear();
        Current.Labels = labels;
        Current.Name = NameFate.Kept;
        for (int step = 0; step < counted.Length; step++)
        {
            if (counted[step] > 0)
            {
                Current.Set(step, counted[step]);
            }
        }

        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _results?.Dispose();
        base.Dispose(disposing);
    }

    private void ReadAll()
    {
        var builder = new LabelsBuilder();
        while (_inner.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock series = _inner.Current;
            Labels group = _groups.LabelsOf(_groups.Place(series));
            ReadOnlySpan<double> values = series.Values;
            foreach (int step in StepBits.Each(series.Present))
            {
                Context.ThrowIfOver();
                string value = series.HistogramAt(step) is { } histogram
                    ? histogram.ToString()
                    : FloatText.Plain(values[step]);
                Labels labels = _leavesLabelOut ? group : builder.Reset(group).Set(_label, value).ToLabels();
                if (!_counts.TryGetValue(labels, out int[]? counted))
                {
                    Context.Hold(Steps.Count);
                    LabelFunctions.Counted(Context, value, value.Length, "count_values");
                    counted = new int[Steps.Count];
                    _counts.Add(labels, counted);
                }

                counted[step]++;
            }
        }
    }
}
