namespace Pleiad.PromQL;

/// <summary>An operator between a vector and a number, either way round; a comparison keeps the vector's value.</summary>
internal sealed class VectorAndScalar : OwnBlockOperator
{
    private readonly SeriesOperator _vector;
    private readonly ScalarOperator _scalar;
    private readonly bool _scalarIsLeft;
    private readonly bool _dropsName;
    private readonly ElementOperator _operator;
    private double[]? _column;

    public VectorAndScalar(QueryContext context, BinaryNode node, SeriesOperator vector, ScalarOperator scalar, bool scalarIsLeft)
        : base(context, node.Steps, vector, scalar)
    {
        _vector = vector;
        _scalar = scalar;
        _scalarIsLeft = scalarIsLeft;
        _dropsName = node.ReturnBool || !Operators.IsComparison(node.Op) && node.Op is not (BinaryOp.TrimLower or BinaryOp.TrimUpper);
        _operator = new ElementOperator(context, node.Op, node.ReturnBool, node.Span);
    }

    public override bool MoveNext()
    {
        if (_column is null)
        {
            _column = new double[Steps.Count];
            _scalar.Read(_column);
        }

        while (_vector.MoveNext())
        {
            SeriesBlock series = _vector.Current;
            Current.Clear();
            if (series.HasHistograms)
            {
                foreach (int step in StepBits.Each(series.Present))
                {
                    if (_scalarIsLeft)
                    {
                        _operator.One(step, _column[step], null, series.Values[step], series.HistogramAt(step), keepsRight: true, Current);
                    }
                    else
                    {
                        _operator.One(step, series.Values[step], series.HistogramAt(step), _column[step], null, keepsRight: false, Current);
                    }
                }
            }
            else if (_scalarIsLeft)
            {
                _operator.Floats(_column, series.Values, series.Values, series.Present, Current);
            }
            else
            {
                _operator.Floats(series.Values, _column, series.Values, series.Present, Current);
            }

            if (!Current.IsEmpty)
            {
                Current.Labels = series.Labels;
                Current.Name = _dropsName ? Context.DropName : series.Name;
                return true;
            }
        }

        return false;
    }
}
