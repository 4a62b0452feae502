using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>A function of the floats of a window; histograms among them are left out, with an info.</summary>
/// <param name="floatsMin">Floats a window needs.</param>
internal abstract class FloatWindows(int floatsMin) : RangeFunction
{
    private readonly List<long> _times = [];
    private readonly List<double> _values = [];

    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        Begin(series);
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int first = series.Windows.First[step];
            int count = series.Windows.Behind[step] - first;
            series.Context.ThrowIfOver();
            if (count <= 0)
            {
                continue;
            }

            ReadOnlySpan<long> times = series.Samples.Times.Slice(first, count);
            ReadOnlySpan<double> values = series.Samples.Values.Slice(first, count);
            if (series.Samples.HasHistograms)
            {
                KeepFloats(times, values, series.Samples.Histograms.Slice(first, count));
                if (_values.Count > 0 && _values.Count < count && (_values.Count >= floatsMin || floatsMin == 2))
                {
                    series.Annotations.HistogramIgnoredInMixedRange(series.Metric, series.ArgSpan);
                }

                times = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_times);
                values = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values);
            }

            if (values.Length >= floatsMin)
            {
                into.Set(step, Of(series, step, times, values));
            }
        }
    }

    /// <summary>Called before the windows of a series.</summary>
    protected virtual void Begin(in RangeSeries series)
    {
    }

    /// <summary>The result for a window.</summary>
    protected abstract double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values);

    private void KeepFloats(ReadOnlySpan<long> times, ReadOnlySpan<double> values, ReadOnlySpan<NativeHistogram?> histograms)
    {
        _times.Clear();
        _values.Clear();
        for (int i = 0; i < times.Length; i++)
        {
            if (histograms[i] is null)
            {
                _times.Add(times[i]);
                _values.Add(values[i]);
            }
        }
    }
}

/// <summary><c>stddev_over_time</c> and <c>stdvar_over_time</c>.</summary>
internal sealed class SpreadOverTime(bool root) : FloatWindows(1)
{
    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        double variance = Variance.Of(values);
        return root ? Math.Sqrt(variance) : variance;
    }
}

/// <summary><c>quantile_over_time</c>.</summary>
internal sealed class QuantileOverTime : FloatWindows
{
    private double[] _scratch = [];

    public QuantileOverTime()
        : base(1)
    {
    }

    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        double q = series.Scalars[0][step];
        if (double.IsNaN(q) || q < 0 || q > 1)
        {
            series.Annotations.InvalidQuantile(q, series.ArgSpan);
        }

        if (_scratch.Length < values.Length)
        {
            _scratch = new double[Math.Max(values.Length, 2 * _scratch.Length)];
        }

        values.CopyTo(_scratch);
        return Quantiles.Of(series.Context, q, _scratch.AsSpan(0, values.Length));
    }
}

/// <summary><c>mad_over_time</c>: the median of the distances from the median.</summary>
internal sealed class MedianDeviationOverTime : FloatWindows
{
    private const double Median = 0.5;

    public MedianDeviationOverTime()
        : base(1)
    {
    }

    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        double[] distances = values.ToArray();
        if (Array.Exists(distances, double.IsNaN))
        {
            return double.NaN;
        }

        double median = Quantiles.Of(series.Context, Median, distances);
        for (int i = 0; i < distances.Length; i++)
        {
            distances[i] = Math.Abs(distances[i] - median);
        }

        return Quantiles.Of(series.Context, Median, distances);
    }
}

/// <summary><c>ts_of_min_over_time</c> and <c>ts_of_max_over_time</c>: when the last of the extreme values was seen.</summary>
internal sealed class TimeOfExtreme(bool max) : FloatWindows(1)
{
    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        int at = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if ((max ? values[i] >= values[at] : values[i] <= values[at]) || double.IsNaN(values[at]))
            {
                at = i;
            }
        }

        return times[at] / 1000.0;
    }
}

/// <summary><c>deriv</c>: the slope of the straight line through the samples, least squares.</summary>
internal sealed class Slope : FloatWindows
{
    public Slope()
        : base(2)
    {
    }

    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values) =>
        LinearRegression.Through(times, values, times[0]).Slope;
}

/// <summary><c>predict_linear</c>: the same line, read some seconds after the step.</summary>
internal sealed class Prediction : FloatWindows
{
    public Prediction()
        : base(2)
    {
    }

    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        (double slope, double intercept) = LinearRegression.Through(times, values, series.Node.Steps.At(step));
        return (slope * series.Scalars[0][step]) + intercept;
    }
}

/// <summary><c>double_exponential_smoothing</c>.</summary>
/// <remarks>Holt's linear method; en.wikipedia.org/wiki/Exponential_smoothing, "Double exponential smoothing".</remarks>
internal sealed class DoubleExponentialSmoothing : FloatWindows
{
    public DoubleExponentialSmoothing()
        : base(2)
    {
    }

    protected override void Begin(in RangeSeries series)
    {
        Check(series.Scalars[0], "smoothing", series.Windows);
        Check(series.Scalars[1], "trend", series.Windows);
    }

    protected override double Of(in RangeSeries series, int step, ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        double smoothing = series.Scalars[0][step];
        double trending = series.Scalars[1][step];
        double level = values[0];
        double trend = values[1] - values[0];
        for (int i = 1; i < values.Length; i++)
        {
            double next = (smoothing * values[i]) + ((1 - smoothing) * (level + trend));
            trend = (trending * (next - level)) + ((1 - trending) * trend);
            level = next;
        }

        return level;
    }

    // At steps where the series has samples: nobody asks elsewhere.
    private static void Check(double[] factors, string name, SampleWindows windows)
    {
        for (int step = 0; step < factors.Length; step++)
        {
            double factor = factors[step];
            if (windows.Behind[step] > windows.First[step] && (factor is <= 0 or >= 1))
            {
                throw new QueryException(
                    QueryErrorKind.Execution, $"invalid {name} factor. Expected: 0 < {name[0]}f < 1, got: {GoFloat.Fixed(factor)}");
            }
        }
    }
}
