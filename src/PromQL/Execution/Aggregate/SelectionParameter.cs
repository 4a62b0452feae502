namespace Pleiad.PromQL;

/// <summary>The scalar parameter of an aggregation at each step, checked.</summary>
internal static class SelectionParameter
{
    /// <summary>k of <c>topk</c>, <c>bottomk</c>, <c>limitk</c>: whole, at least 0.</summary>
    public static long[] Counts(ScalarOperator parameter)
    {
        var counts = new long[parameter.Steps.Count];
        double[] values = Values(parameter);
        for (int step = 0; step < values.Length; step++)
        {
            double value = values[step];
            if (double.IsNaN(value))
            {
                throw new QueryException(QueryErrorKind.Execution, "Parameter value is NaN");
            }

            if (value is <= long.MinValue or >= long.MaxValue)
            {
                string how = value < 0 ? "underflows" : "overflows";
                throw new QueryException(QueryErrorKind.Execution, $"Scalar value {FloatText.General(value)} {how} int64");
            }

            counts[step] = Math.Max(0, (long)value);
        }

        return counts;
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
            context.Annotations.InvalidQuantile(double.NaN, node.ParameterSpan);
        }

        if (into.Max() is var high and > 1)
        {
            context.Annotations.InvalidQuantile(high, node.ParameterSpan);
        }

        if (into.Where(q => !double.IsNaN(q)).DefaultIfEmpty(0).Min() is var low and < 0)
        {
            context.Annotations.InvalidQuantile(low, node.ParameterSpan);
        }
    }

    private static double[] Values(ScalarOperator parameter)
    {
        var values = new double[parameter.Steps.Count];
        parameter.Read(values);
        return values;
    }
}
