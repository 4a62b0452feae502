using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The results of an inner expression on its own steps, read back as range vectors. Start timestamps are lost on the way.</summary>
internal sealed class SubquerySource(QueryContext context, SubqueryNode node, SeriesOperator inner)
    : RangeOperator(context, node.Steps, node.Window, inner)
{
    private readonly SampleColumns _samples = new();
    private long _held;

    public override Labels Labels => inner.Current.SeenLabels;

    public override NameFate Name => inner.Current.Name == NameFate.Dropped ? NameFate.Kept : inner.Current.Name;

    public override SampleColumns Samples => _samples;

    public override bool MoveNext()
    {
        Context.Release(_held);
        _held = 0;
        if (!inner.MoveNext())
        {
            return false;
        }

        Context.ThrowIfOver();
        SeriesBlock block = inner.Current;
        _samples.Clear();
        if (block.IsDense)
        {
            _samples.Reserve(block.Steps, out Span<long> times, out Span<double> values);
            for (int step = 0; step < block.Steps; step++)
            {
                times[step] = inner.Steps.At(step);
            }

            block.Values.CopyTo(values);
            _samples.Advance(block.Steps);
        }
        else
        {
            foreach (int step in StepBits.Each(block.Present))
            {
                if (block.HistogramAt(step) is { } histogram)
                {
                    // What a hint says of the sample before says nothing of the step before.
                    bool isGauge = histogram.ResetHint == CounterResetHint.Gauge;
                    _samples.Add(inner.Steps.At(step), isGauge ? histogram : histogram.WithHint(CounterResetHint.Unknown));
                }
                else
                {
                    _samples.Add(inner.Steps.At(step), block.Values[step]);
                }
            }
        }

        _held = _samples.Weight;
        Context.Hold(_held);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        _samples.Dispose();
        base.Dispose(disposing);
    }
}
