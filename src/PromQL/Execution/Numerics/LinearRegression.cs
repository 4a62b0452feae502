namespace Pleiad.PromQL;

/// <summary>The straight line through samples with the least squares.</summary>
internal static class LinearRegression
{
    /// <param name="times">Milliseconds.</param>
    /// <param name="values">As many as times, at least two.</param>
    /// <param name="interceptMs">Where the intercept is read.</param>
    /// <returns>Slope a second, and the value at <paramref name="interceptMs"/>.</returns>
    public static (double Slope, double Intercept) Through(ReadOnlySpan<long> times, ReadOnlySpan<double> values, long interceptMs)
    {
        if (values.IndexOfAnyExcept(values[0]) < 0 && !double.IsNaN(values[0]))
        {
            return double.IsInfinity(values[0]) ? (double.NaN, double.NaN) : (0, values[0]);
        }

        CompensatedSum x = default;
        CompensatedSum y = default;
        CompensatedSum xy = default;
        CompensatedSum xx = default;
        for (int i = 0; i < values.Length; i++)
        {
            double seconds = (times[i] - interceptMs) / 1000.0;
            x.Add(seconds);
            y.Add(values[i]);
            xy.Add(seconds * values[i]);
            xx.Add(seconds * seconds);
        }

        double n = values.Length;
        double sumX = x.Sum + x.Lost;
        double sumY = y.Sum + y.Lost;
        double covariance = xy.Sum + xy.Lost - (sumX * sumY / n);
        double variance = xx.Sum + xx.Lost - (sumX * sumX / n);
        double slope = covariance / variance;
        return (slope, (sumY / n) - (slope * sumX / n));
    }
}
