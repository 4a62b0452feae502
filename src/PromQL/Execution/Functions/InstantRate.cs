using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary><c>irate</c> and <c>idelta</c>: from the last two samples of a window.</summary>
internal sealed class InstantRate(bool isCounter) : RangeFunction
{
    public override void Evaluate(in RangeSeries series, SeriesBlock into)
    {
        SampleColumns samples = series.Samples;
        for (int step = 0; step < series.Node.Steps.Count; step++)
        {
            int last = series.Windows.Behind[step] - 1;
            if (last - 1 < series.Windows.First[step])
            {
                continue;
            }

            double seconds = (samples.Times[last] - samples.Times[last - 1]) / 1000.0;
            NativeHistogram? before = samples.HasHistograms ? samples.Histograms[last - 1] : null;
            NativeHistogram? after = samples.HasHistograms ? samples.Histograms[last] : null;
            if ((before is null) != (after is null))
            {
                series.Annotations.MixedFloatsAndHistograms(series.Metric, series.ArgSpan);
                continue;
            }

            bool restarted = isCounter && series.Context.UsesStartTimes && samples.HasStartTimes && StartTimes.IsReset(
                samples.StartTimes[last - 1], samples.Times[last - 1], samples.StartTimes[last], samples.Times[last]);
            if (before is not null)
            {
                var arithmetic = new HistogramArithmetic(series.Annotations, series.ArgSpan);
                if (arithmetic.InstantGain(before, after!, isCounter, restarted, series.Metric) is { } gained)
                {
                    into.Set(step, isCounter ? HistogramArithmetic.Over(gained, seconds) : gained);
                }

                continue;
            }

            double left = samples.Values[last - 1];
            double right = samples.Values[last];
            double gain = isCounter && (right < left || restarted) ? right : right - left;
            into.Set(step, isCounter ? gain / seconds : gain);
        }
    }
}
