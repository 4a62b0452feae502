using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>Arithmetic over native histograms whose trouble becomes annotations at a place.</summary>
internal readonly struct HistogramArithmetic(Annotations annotations, SourceSpan at)
{
    public NativeHistogram? Between(
        long leftMs, NativeHistogram left, long rightMs, NativeHistogram right, long atMs, bool isCounter, string metric)
    {
        _ = annotations;
        _ = at;
        throw Histograms.NotYet("interpolation");
    }

    public NativeHistogram? Binary(BinaryOp op, NativeHistogram left, NativeHistogram right) => throw Histograms.NotYet("arithmetic");

    public static bool AreEqual(NativeHistogram left, NativeHistogram right) => throw Histograms.NotYet("comparison");

    public static NativeHistogram Times(NativeHistogram histogram, double factor) => throw Histograms.NotYet("arithmetic");

    public static NativeHistogram Over(NativeHistogram histogram, double divisor) => throw Histograms.NotYet("arithmetic");

    public static bool IsReset(NativeHistogram before, NativeHistogram after) => throw Histograms.NotYet("resets");

    public NativeHistogram? InstantGain(NativeHistogram before, NativeHistogram after, bool isCounter, bool restarted, string metric) =>
        throw Histograms.NotYet("irate and idelta");

    public static NativeHistogram Trim(NativeHistogram histogram, double bound, bool upper) => throw Histograms.NotYet("trim");
}

/// <summary>A sum or mean of native histograms a step.</summary>
internal sealed class HistogramColumn(QueryContext context, Steps steps, SourceSpan at, bool averages)
{
    public void Add(int step, NativeHistogram histogram, string metric)
    {
        _ = context;
        _ = steps;
        _ = at;
        _ = averages;
        throw Histograms.NotYet("sum and avg");
    }

    public void Finish(SeriesBlock into, ReadOnlySpan<ulong> floats)
    {
    }
}

/// <summary>The sum or mean of the histograms of a window.</summary>
internal static class HistogramTotal
{
    public static NativeHistogram? Of(ReadOnlySpan<NativeHistogram?> window, bool averages, in RangeSeries series) =>
        throw Histograms.NotYet("sum_over_time and avg_over_time");
}
