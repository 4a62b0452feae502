using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Reads what the outermost operators yield into the result of a query.</summary>
internal static class ResultReader
{
    // The objects of a series of the result beside its labels: of a vector one, of a matrix that and two arrays.
    private const int SampleBytes = 56;
    private const int SeriesBytes = 96;

    /// <summary>The vector of an instant query, in the order it comes.</summary>
    /// <param name="mayRepeat">Whether two series may end up with the same labels.</param>
    public static VectorValue Vector(QueryContext context, SeriesOperator series, bool mayRepeat)
    {
        var at = new Timestamp(series.Steps.Start);
        var samples = new PiecedList<VectorSample>();
        HashSet<Labels>? seen = mayRepeat ? [] : null;
        while (series.MoveNext())
        {
            SeriesBlock block = series.Current;
            Labels labels = FinalLabels(block);
            if (seen is not null && !seen.Add(labels))
            {
                throw QueryContext.SameLabels();
            }

            context.Keep(SampleBytes);
            context.Hold(block.Weight);
            context.Run.Budget.TakeBytes(labels.Bytes);
            samples.Add(new VectorSample(labels, at, block.Values[0], block.HistogramAt(0)));
        }

        return new VectorValue(samples);
    }

    /// <summary>The matrix of a range query, sorted by labels; series with equal labels become one.</summary>
    public static MatrixValue Matrix(QueryContext context, SeriesOperator series)
    {
        var result = new List<MatrixSeries>();
        while (series.MoveNext())
        {
            context.ThrowIfOver();
            context.Keep(SeriesBytes);
            context.Hold(series.Current.Weight);
            MatrixSeries whole = Series(FinalLabels(series.Current), series.Current, series.Steps);
            context.Run.Budget.TakeBytes(whole.Labels.Bytes);
            result.Add(whole);
        }

        context.Sort(result, (a, b) => a.Labels.CompareTo(b.Labels));
        int last = 0;
        for (int i = 1; i < result.Count; i++)
        {
            context.ThrowIfOver();
            if (result[i].Labels.Equals(result[last].Labels))
            {
                result[last] = Joined(result[last], result[i]);
            }
            else
            {
                result[++last] = result[i];
            }
        }

        if (last + 1 < result.Count)
        {
            result.RemoveRange(last + 1, result.Count - last - 1);
        }

        return new MatrixValue(result);
    }

    /// <summary>The raw samples an instant query's range selector or subquery sees.</summary>
    public static MatrixValue Ranges(QueryContext context, RangeOperator ranges)
    {
        var result = new List<MatrixSeries>();
        using var windows = new SampleWindows(ranges.Steps, ranges.Window);
        while (ranges.MoveNext())
        {
            SampleColumns samples = ranges.Samples;
            windows.Slide(samples.Times);
            if (windows.Touched == 0)
            {
                continue;
            }

            context.SamplesRead += windows.Touched;
            context.Counts.Add(windows, samples, CountedAs.EachStep);
            Range all = windows.First[0]..windows.Behind[0];
            context.Keep(SeriesBytes);
            context.Hold(samples.WeightOf(windows.First[0], windows.Behind[0]));
            context.Run.Budget.TakeBytes(ranges.Labels.Bytes);
            Labels labels = ranges.Name == NameFate.Kept ? ranges.Labels : MetadataLabels.Without(ranges.Labels);
            if (ranges.Window.Mode == WindowMode.Plain)
            {
                result.Add(new MatrixSeries(
                    labels,
                    samples.Times[all].ToArray(),
                    samples.Values[all].ToArray(),
                    samples.HasHistograms ? samples.Histograms[all].ToArray() : null));
            }
            else if (EdgedRange.Of(ranges, all) is { } edged)
            {
                result.Add(new MatrixSeries(labels, edged.Times, edged.Values, null));
            }
        }

        context.Sort(result, (a, b) => a.Labels.CompareTo(b.Labels));
        return new MatrixValue(result);
    }

    private static Labels FinalLabels(SeriesBlock block) =>
        block.Name == NameFate.Kept ? block.Labels : MetadataLabels.Without(block.Labels);

    // Two pieces of one series: never at the same step.
    private static MatrixSeries Joined(MatrixSeries left, MatrixSeries right)
    {
        int count = left.Times.Length + right.Times.Length;
        var times = new long[count];
        var values = new double[count];
        NativeHistogram?[]? histograms = left.Histograms is null && right.Histograms is null ? null : new NativeHistogram?[count];
        int l = 0;
        int r = 0;
        for (int i = 0; i < count; i++)
        {
            if (l < left.Times.Length && r < right.Times.Length && left.Times[l] == right.Times[r])
            {
                throw QueryContext.SameLabels();
            }

            bool fromLeft = r >= right.Times.Length || (l < left.Times.Length && left.Times[l] < right.Times[r]);
            MatrixSeries from = fromLeft ? left : right;
            int at = fromLeft ? l++ : r++;
            times[i] = from.Times[at];
            values[i] = from.Values[at];
            if (from.Histograms is not null)
            {
                histograms![i] = from.Histograms[at];
            }
        }

        return new MatrixSeries(left.Labels, times, values, histograms);
    }

    private static MatrixSeries Series(Labels labels, SeriesBlock block, Steps steps)
    {
        int count = StepBits.Count(block.Present);
        var times = new long[count];
        var values = new double[count];
        NativeHistogram?[]? histograms = block.HasHistograms ? new NativeHistogram?[count] : null;
        if (block.IsDense)
        {
            for (int step = 0; step < count; step++)
            {
                times[step] = steps.At(step);
            }

            block.Values.CopyTo(values);
            return new MatrixSeries(labels, times, values, null);
        }

        int at = 0;
        foreach (int step in StepBits.Each(block.Present))
        {
            times[at] = steps.At(step);
            if (block.HistogramAt(step) is { } histogram)
            {
                histograms![at] = histogram;
            }
            else
            {
                values[at] = block.Values[step];
            }

            at++;
        }

        return new MatrixSeries(labels, times, values, histograms);
    }
}
