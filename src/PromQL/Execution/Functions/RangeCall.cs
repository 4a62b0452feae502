namespace Pleiad.PromQL;

/// <summary>Runs a function of a range vector over each series.</summary>
internal sealed class RangeCall : OwnBlockOperator
{
    private readonly RangeCallNode _node;
    private readonly RangeOperator _range;
    private readonly RangeFunction _function;
    private readonly ScalarOperator[] _scalars;
    private readonly SampleWindows _windows;
    private readonly RollupOverlay? _overlay;
    private readonly bool _keepsName;
    private List<double[]>? _arguments;

    public RangeCall(QueryContext context, RangeCallNode node, RangeOperator range, RangeFunction function, ScalarOperator[] scalars)
        : base(context, node.Steps, [range, .. scalars])
    {
        _node = node;
        _range = range;
        _function = function;
        _scalars = scalars;
        _windows = new SampleWindows(node.Steps, range.Window);
        _overlay = node.Range is RangeSelectNode { Rollup: { } rollup } ? new RollupOverlay(rollup, range.Window, node.Steps, node.Name) : null;
        _keepsName = node.Name is "last_over_time" or "first_over_time";
    }

    public override bool MoveNext()
    {
        _arguments ??= ReadArguments();
        while (_range.MoveNext())
        {
            _windows.Slide(_range.Samples.Times);
            if (_windows.Touched == 0 && _range.Rollups is null)
            {
                continue;
            }

            Context.SamplesRead += _windows.Touched;
            Context.Counts.Add(_windows, _range.Samples, _node.Counted);
            Current.Clear();
            if (_windows.Touched > 0)
            {
                var series = new RangeSeries(Context, _node, _range.Window, _range.Samples, _windows, _range.Labels, _arguments);
                _function.Evaluate(series, Current);
            }

            if (_range.Rollups is { } rollups)
            {
                Context.SamplesRead += rollups.Count;
                _overlay!.Apply(rollups, Current, Context.Annotations, _node.Span);
            }

            if (Current.IsEmpty)
            {
                continue;
            }

            Current.Labels = _range.Labels;
            Current.Name = _keepsName ? _range.Name : Context.DropName;
            return true;
        }

        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _windows.Dispose();
        base.Dispose(disposing);
    }

    private List<double[]> ReadArguments()
    {
        var arguments = new List<double[]>(_scalars.Length);
        foreach (ScalarOperator scalar in _scalars)
        {
            var values = new double[Steps.Count];
            scalar.Read(values);
            arguments.Add(values);
        }

        return arguments;
    }
}
