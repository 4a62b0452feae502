using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A function of floats, sample by sample; histograms are left out.</summary>
/// <param name="apply">Changes the values in place; told of presence and may change that too.</param>
internal sealed class FloatFunction(
    QueryContext context, SeriesOperator inner, ScalarOperator[] scalars, FloatFunction.Apply apply)
    : SeriesOperator(context, inner.Steps, [inner, .. scalars])
{
    /// <param name="block">Floats only.</param>
    /// <param name="arguments">The scalar arguments, a value a step.</param>
    public delegate void Apply(SeriesBlock block, IReadOnlyList<double[]> arguments);

    private List<double[]>? _arguments;

    public override bool MoveNext()
    {
        _arguments ??= [.. scalars.Select(scalar =>
        {
            var values = new double[Steps.Count];
            scalar.Read(values);
            return values;
        })];
        while (inner.MoveNext())
        {
            SeriesBlock block = inner.Current;
            block.KeepFloats();
            Context.ThrowIfOver();
            apply(block, _arguments);
            if (!block.IsEmpty)
            {
                block.Name = Context.DropName;
                Current = block;
                return true;
            }
        }

        return false;
    }
}

/// <summary>The functions of floats.</summary>
internal static class FloatFunctions
{
    public static FloatFunction.Apply? Find(QueryContext context, string name) => name switch
    {
        "round" => Round,
        "clamp" => Clamp,
        "clamp_min" => (block, arguments) => Clamp(block, arguments[0], null),
        "clamp_max" => (block, arguments) => Clamp(block, null, arguments[0]),
        _ => Maths.Find(name) is { } function ? (block, _) => InPieces(context, block.Values, function) : null,
    };

    private static void InPieces(QueryContext context, Span<double> column, Maths.ColumnFunction function)
    {
        for (int from = 0; from < column.Length;)
        {
            Range piece = context.NextPiece(from, column.Length);
            function(column[piece]);
            from = piece.End.Value;
        }
    }

    private static void Round(SeriesBlock block, IReadOnlyList<double[]> arguments)
    {
        Span<double> values = block.Values;
        for (int step = 0; step < values.Length; step++)
        {
            // Times the inverse: 0.1 has no exact form, 10 has.
            double inverse = 1.0 / (arguments.Count > 0 ? arguments[0][step] : 1);
            values[step] = Math.Floor((values[step] * inverse) + 0.5) / inverse;
        }
    }

    private static void Clamp(SeriesBlock block, IReadOnlyList<double[]> arguments) => Clamp(block, arguments[0], arguments[1]);

    private static void Clamp(SeriesBlock block, double[]? low, double[]? high)
    {
        Span<double> values = block.Values;
        for (int step = 0; step < values.Length; step++)
        {
            double least = low is null ? double.NegativeInfinity : low[step];
            double most = high is null ? double.PositiveInfinity : high[step];
            if (most < least)
            {
                StepBits.Unset(block.Present, step);
            }

            values[step] = Larger.Of(least, Larger.NotOf(most, values[step]));
        }
    }
}

/// <summary>A number of each histogram; floats are left out.</summary>
internal sealed class HistogramFunction : OwnBlockOperator
{
    private readonly SeriesOperator _inner;
    private readonly Func<NativeHistogram, double> _function;

    public HistogramFunction(QueryContext context, SeriesOperator inner, Func<NativeHistogram, double> function)
        : base(context, inner.Steps, inner)
    {
        _inner = inner;
        _function = function;
    }

    public override bool MoveNext()
    {
        while (_inner.MoveNext())
        {
            SeriesBlock block = _inner.Current;
            if (!block.HasHistograms)
            {
                continue;
            }

            Current.Clear();
            foreach (int step in StepBits.Each(block.Present))
            {
                if (block.HistogramAt(step) is { } histogram)
                {
                    Context.ThrowIfOver();
                    Current.Set(step, _function(histogram));
                }
            }

            if (!Current.IsEmpty)
            {
                TakeLabelsOf(block);
                return true;
            }
        }

        return false;
    }

    // Dropped at once the name goes alone: type and unit of the metric stay.
    private void TakeLabelsOf(SeriesBlock block)
    {
        Current.Labels = Context.DelaysNameRemoval
            ? block.Labels
            : new LabelsBuilder(block.SeenLabels).Set(LabelName.MetricName, string.Empty).ToLabels();
        Current.Name = Context.DelaysNameRemoval ? NameFate.DroppedAtEnd : NameFate.Kept;
    }
}

/// <summary><c>timestamp</c> and <c>start_timestamp</c>: the time of the sample where the argument is a selector, which then yields it; else of the step.</summary>
internal sealed class TimestampFunction(QueryContext context, SeriesOperator inner, bool isSelector, bool isStart)
    : SeriesOperator(context, inner.Steps, inner)
{
    public override bool MoveNext()
    {
        if ((isStart && !isSelector) || !inner.MoveNext())
        {
            return false;
        }

        Current = inner.Current;
        Current.Name = Context.DropName;
        if (!isSelector)
        {
            Current.DropHistograms();
            for (int step = 0; step < Steps.Count; step++)
            {
                Current.Values[step] = Steps.At(step) / 1000.0;
            }
        }

        return true;
    }
}
