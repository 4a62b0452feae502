namespace Pleiad.PromQL;

/// <summary>The scalar parameter of an aggregation at each step, checked.</summary>
internal static class SelectionParameter
{
    /// <summary>k of <c>topk</c>, <c>bottomk</c>, <c>limitk</c>: whole, at least 0.</summary>
    public static long[] Counts(ScalarOperator parameter)
    {
        double[] values = Values(parameter);
        if (Array.TrueForAll(values, static value => value < 1))
        {
            // Nothing is asked for, however far below zero.
            return new long[values.Length];
        }

        if (Array.Exists(values, double.IsNaN))
        {
            throw new QueryException(QueryErrorKind.Execution, "Parameter value is NaN");
        }

        Refuse(values.Min(), static value => value <= long.MinValue, "underflows");
        Refuse(values.Max(), static value => value >= long.MaxValue, "overflows");
        return Array.ConvertAll(values, static value => Math.Max(0, (long)value));
    }

    /// <summary>The ratio of <c>limit_ratio</c>: from -1 to 1, capped with a warning.</summary>
    public static double[] Ratios(QueryContext context, AggregateNode node, ScalarOperator parameter)
    {
        double[] values = Values(parameter);
        foreach (double value in values)
        {
            if (double.IsNaN(value))
            {
                throw new QueryException(QueryErrorKind.Execution, "Ratio value is NaN");
            }
        }

        if (values.Max() is var high and > 1)
        {
            context.Annotations.InvalidRatio(high, 1, node.ParameterSpan);
        }

        if (values.Min() is var low and < -1)
        {
            context.Annotations.InvalidRatio(low, -1, node.ParameterSpan);
        }

        for (int step = 0; step < values.Length; step++)
        {
            values[step] = Math.Clamp(values[step], -1, 1);
        }

        return values;
    }

    /// <summary>The quantile of <c>quantile</c>; outside 0 to 1 with a warning.</summary>
    public static void Quantiles(QueryContext context, AggregateNode node, ScalarOperator parameter, double[] into)
    {
        parameter.Read(into);
        if (into.Any(double.IsNaN))
        {
            // What else is wrong is not told beside that.
            context.Annotations.InvalidQuantile(double.NaN, node.ParameterSpan);
            return;
        }

        if (into.Max() is var high and > 1)
        {
            context.Annotations.InvalidQuantile(high, node.ParameterSpan);
        }

        if (into.Min() is var low and < 0)
        {
            context.Annotations.InvalidQuantile(low, node.ParameterSpan);
        }
    }

    private static void Refuse(double value, Predicate<double> isBeyond, string how)
    {
        if (isBeyond(value))
        {
            throw new QueryException(QueryErrorKind.Execution, $"Scalar value {FloatText.General(value)} {how} int64");
        }
    }

    private static double[] Values(ScalarOperator parameter)
    {
        var values = new double[parameter.Steps.Count];
        parameter.Read(values);
        return values;
    }
}
