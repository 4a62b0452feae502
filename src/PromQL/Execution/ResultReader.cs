using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Reads what the outermost operators yield into the result of a query.</summary>
internal static class ResultReader
{
    /// <summary>The vector of an instant query, in the order it comes.</summary>
    public static VectorValue Vector(QueryContext context, SeriesOperator series)
    {
        var at = new Timestamp(series.Steps.Start);
        var samples = new List<VectorSample>();
        var seen = new HashSet<Labels>();
        while (series.MoveNext())
        {
            SeriesBlock block = series.Current;
            Labels labels = FinalLabels(block);
            if (!seen.Add(labels))
            {
                throw QueryContext.SameLabels();
            }

            context.Hold(1);
            samples.Add(new VectorSample(labels, at, block.Values[0], block.HistogramAt(0)));
        }

        return new VectorValue(samples);
    }

    /// <summary>The matrix of a range query, sorted by labels; series with equal labels become one.</summary>
    public static MatrixValue Matrix(QueryContext context, SeriesOperator series)
    {
        var blocks = new Dictionary<Labels, SeriesBlock>();
        while (series.MoveNext())
        {
            SeriesBlock block = series.Current;
            Labels labels = FinalLabels(block);
            context.Hold(StepBits.Count(block.Present));
            if (!blocks.TryGetValue(labels, out SeriesBlock? whole))
            {
                blocks.Add(labels, block.Copy());
            }
            else if (StepBits.Overlap(whole.Present, block.Present))
            {
                throw QueryContext.SameLabels();
            }
            else
            {
                whole.Merge(block);
            }
        }

        var result = new List<MatrixSeries>(blocks.Count);
        foreach ((Labels labels, SeriesBlock block) in blocks)
        {
            result.Add(Series(labels, block, series.Steps));
            block.Dispose();
        }

        result.Sort((a, b) => a.Labels.CompareTo(b.Labels));
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

            context.SamplesTotal += windows.Touched;
            Range all = windows.First[0]..windows.Behind[0];
            context.Hold(windows.Touched);
            result.Add(new MatrixSeries(
                ranges.Name == NameFate.Kept ? ranges.Labels : MetadataLabels.Without(ranges.Labels),
                samples.Times[all].ToArray(),
                samples.Values[all].ToArray(),
                samples.HasHistograms ? samples.Histograms[all].ToArray() : null));
        }

        result.Sort((a, b) => a.Labels.CompareTo(b.Labels));
        return new MatrixValue(result);
    }

    private static Labels FinalLabels(SeriesBlock block) =>
        block.Name == NameFate.Kept ? block.Labels : MetadataLabels.Without(block.Labels);

    private static MatrixSeries Series(Labels labels, SeriesBlock block, Steps steps)
    {
        int count = StepBits.Count(block.Present);
        var times = new long[count];
        var values = new double[count];
        NativeHistogram?[]? histograms = block.HasHistograms ? new NativeHistogram?[count] : null;
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
