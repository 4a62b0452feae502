namespace Pleiad.PromQL;

/// <summary>Quantiles of plain values, linear between the two nearest ranks.</summary>
internal static class Quantiles
{
    /// <param name="values">Sorted by this method.</param>
    public static double Of(double q, Span<double> values)
    {
        if (values.IsEmpty || double.IsNaN(q))
        {
            return double.NaN;
        }

        if (q < 0)
        {
            return double.NegativeInfinity;
        }

        if (q > 1)
        {
            return double.PositiveInfinity;
        }

        // Array order puts NaN first, as the language wants it.
        values.Sort();
        double rank = q * (values.Length - 1);
        double lower = Math.Max(0, Math.Floor(rank));
        double upper = Math.Min(values.Length - 1, lower + 1);
        double weight = rank - Math.Floor(rank);
        return (values[(int)lower] * (1 - weight)) + (values[(int)upper] * weight);
    }
}
