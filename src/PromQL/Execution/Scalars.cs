using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>The same number at every step.</summary>
internal sealed class ConstantScalar(QueryContext context, ConstantNode node) : ScalarOperator(context, node.Steps)
{
    public override void Read(Span<double> into) => into.Fill(node.Value);
}

/// <summary><c>time()</c>: the step itself, in seconds.</summary>
internal sealed class TimeScalar(QueryContext context, Steps steps) : ScalarOperator(context, steps)
{
    public override void Read(Span<double> into)
    {
        for (int step = 0; step < into.Length; step++)
        {
            into[step] = Steps.At(step) / 1000.0;
        }
    }
}

/// <summary>A number evaluated at one instant, repeated for all steps.</summary>
internal sealed class RepeatedScalar(QueryContext context, Steps steps, ScalarOperator inner) : ScalarOperator(context, steps, inner)
{
    public override void Read(Span<double> into)
    {
        inner.Read(into[..1]);
        into.Fill(into[0]);
    }
}

/// <summary>Minus.</summary>
internal sealed class NegatedScalar(QueryContext context, ScalarOperator inner) : ScalarOperator(context, inner.Steps, inner)
{
    public override void Read(Span<double> into)
    {
        inner.Read(into);
        for (int step = 0; step < into.Length; step++)
        {
            into[step] = -into[step];
        }
    }
}

/// <summary>Two numbers and an operator; <c>min_of</c> and <c>max_of</c> come here as functions.</summary>
internal sealed class BinaryScalar(QueryContext context, ScalarOperator left, ScalarOperator right, BinaryScalar.Combine combine)
    : ScalarOperator(context, left.Steps, left, right)
{
    public delegate void Combine(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> into);

    public override void Read(Span<double> into)
    {
        var other = new double[into.Length];
        left.Read(into);
        right.Read(other);
        for (int from = 0; from < into.Length;)
        {
            Range piece = Context.NextPiece(from, into.Length);
            combine(into[piece], other[piece], into[piece]);
            from = piece.End.Value;
        }
    }
}

/// <summary><c>scalar(v)</c>: the value of the only float at a step, else NaN.</summary>
internal sealed class ScalarOfVector(QueryContext context, SeriesOperator vector) : ScalarOperator(context, vector.Steps, vector)
{
    public override void Read(Span<double> into)
    {
        var found = new int[into.Length];
        into.Fill(double.NaN);
        while (vector.MoveNext())
        {
            Context.ThrowIfOver();
            SeriesBlock series = vector.Current;
            foreach (int step in StepBits.Each(series.Present))
            {
                if (series.HistogramAt(step) is null)
                {
                    into[step] = ++found[step] == 1 ? series.Values[step] : double.NaN;
                }
            }
        }
    }
}

/// <summary><c>vector(s)</c>, and a scalar where a subquery or a range result wants series: one series without labels.</summary>
internal sealed class ScalarAsVector : OwnBlockOperator
{
    private readonly ScalarOperator _scalar;
    private bool _done;

    public ScalarAsVector(QueryContext context, ScalarOperator scalar)
        : base(context, scalar.Steps, scalar) => _scalar = scalar;

    public override bool MoveNext()
    {
        if (_done)
        {
            return false;
        }

        _done = true;
        Current.Labels = Labels.Empty;
        Current.Name = NameFate.Kept;
        Current.FillPresent();
        _scalar.Read(Current.Values);
        return true;
    }
}
