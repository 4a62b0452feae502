namespace Pleiad.PromQL;

/// <summary>The larger and the smaller of two numbers as Go has them: an infinity that wins wins over NaN as well; everything else loses to NaN.</summary>
/// <remarks>Documentation of Go's package math, Max and Min, special cases.</remarks>
internal static class Larger
{
    public static double Of(double x, double y) =>
        double.IsPositiveInfinity(x) || double.IsPositiveInfinity(y) ? double.PositiveInfinity : Math.Max(x, y);

    public static double NotOf(double x, double y) =>
        double.IsNegativeInfinity(x) || double.IsNegativeInfinity(y) ? double.NegativeInfinity : Math.Min(x, y);
}
