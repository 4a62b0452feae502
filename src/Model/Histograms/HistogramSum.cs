namespace Pleiad.Model;

/// <summary>
/// Sums or averages native histograms one by one: sums are compensated for rounding, and an average of numbers so large that their sum
/// would overflow is still found. Not thread-safe.
/// </summary>
public sealed class HistogramSum
{
    // Room for as many summands as a long can count; a power of two, so that scaling by it rounds nothing.
    private const double Headroom = 1UL << 63;

    private readonly bool _average;
    private HistogramDraft? _draft;
    private HistogramRemarks _remarks;
    private bool _scaledDown;

    private HistogramSum(bool average) => _average = average;

    /// <summary>Histograms added so far.</summary>
    public long Added { get; private set; }

    /// <summary>What the user should hear of it.</summary>
    public HistogramRemarks Remarks => _remarks;

    /// <summary>Begins a sum.</summary>
    public static HistogramSum Sum() => new(average: false);

    /// <summary>Begins an average.</summary>
    public static HistogramSum Average() => new(average: true);

    /// <summary>Adds one.</summary>
    /// <returns>False, and nothing done, where it has exponential buckets and those before it custom ones, or the other way round.</returns>
    public bool TryAdd(NativeHistogram histogram)
    {
        HistogramDraft next = HistogramDraft.Of(histogram);
        if (_draft is null)
        {
            _draft = next;
            Added = 1;
            return true;
        }

        if (_draft.UsesCustomBuckets != next.UsesCustomBuckets)
        {
            return false;
        }

        if (_average && !_scaledDown && WouldOverflow(_draft, next))
        {
            _scaledDown = true;
            _draft.Scale(1 / Headroom);
        }

        Added++;
        if (_scaledDown)
        {
            next.Scale(1 / Headroom);
        }

        return _draft.TryAdd(next, 1, ref _remarks);
    }

    /// <summary>The sum, or the average; null where nothing was added.</summary>
    public NativeHistogram? Result()
    {
        if (_draft is null || !_average || Added == 1)
        {
            return _draft?.ToHistogram();
        }

        HistogramDraft mean = _draft.Copy();
        mean.Divide(Added);
        mean.Scale(_scaledDown ? Headroom : 1);
        return mean.ToHistogram();
    }

    // May be true a little early, since the largest parts need not be the same: scaling does no harm then.
    private static bool WouldOverflow(HistogramDraft left, HistogramDraft right) => double.IsInfinity(Largest(left) + Largest(right));

    private static double Largest(HistogramDraft draft) => Math.Max(
        Math.Max(draft.Positive.LargestMagnitude(), draft.Negative.LargestMagnitude()),
        Math.Max(Math.Abs(draft.Sum.Value), Math.Max(Math.Abs(draft.Count.Value), Math.Abs(draft.ZeroCount.Value))));
}
