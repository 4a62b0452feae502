using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>When two samples count as the same in a script.</summary>
internal static class SamplesEqual
{
    private const double Tolerance = 1e-6;

    // The smallest normal double; below it a relative difference says nothing.
    private const double SmallestNormal = 2.2250738585072014e-308;

    /// <summary>Identical, both NaN (a stale marker only equals a stale marker), or apart by less than a millionth of their sizes.</summary>
    public static bool Numbers(double a, double b)
    {
        if (StaleMarker.Is(a) || StaleMarker.Is(b))
        {
            return StaleMarker.Is(a) && StaleMarker.Is(b);
        }

        if (a == b || (double.IsNaN(a) && double.IsNaN(b)))
        {
            return true;
        }

        double sizes = Math.Abs(a) + Math.Abs(b);
        double apart = Math.Abs(a - b);
        return a == 0 || b == 0 || sizes < SmallestNormal
            ? apart < Tolerance * SmallestNormal
            : apart / Math.Min(sizes, double.MaxValue) < Tolerance;
    }

    /// <summary>Same schema, bounds, counts and buckets, empty buckets left out; the hint only where the expectation says it.</summary>
    public static bool Histograms(NativeHistogram expected, bool hintWritten, NativeHistogram seen) =>
        expected.NearlyEquals(seen, Tolerance) && (!hintWritten || expected.ResetHint == seen.ResetHint);
}
