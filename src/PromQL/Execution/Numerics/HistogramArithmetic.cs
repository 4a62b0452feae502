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
