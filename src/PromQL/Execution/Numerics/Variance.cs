using System.Runtime.Intrinsics;

namespace Pleiad.PromQL;

/// <summary>The variance of a population.</summary>
/// <remarks>
/// Two passes with correction: Chan, Golub and LeVeque, "Algorithms for Computing the Sample Variance", The American Statistician 37 (1983).
/// Distances are taken from the first value at first, so that equal values have a variance of exactly 0.
/// </remarks>
internal static class Variance
{
    /// <param name="values">At least one; anything not finite gives NaN.</param>
    public static double Of(ReadOnlySpan<double> values)
    {
        (double sum, _) = Moments(values, values[0]);
        double mean = values[0] + (sum / values.Length);
        (double rest, double squares) = Moments(values, mean);
        double variance = (squares - (rest * rest / values.Length)) / values.Length;
        return variance < 0 ? 0 : variance;
    }

    // Sums of the distances from a point and of their squares.
    private static (double Sum, double Squares) Moments(ReadOnlySpan<double> values, double from)
    {
        double sum = 0;
        double squares = 0;
        int i = 0;
        if (Vector256.IsHardwareAccelerated && values.Length >= 2 * Vector256<double>.Count)
        {
            Vector256<double> sums = default;
            Vector256<double> ofSquares = default;
            Vector256<double> point = Vector256.Create(from);
            for (; i <= values.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                Vector256<double> distance = Vector256.Create(values[i..]) - point;
                sums += distance;
                ofSquares += distance * distance;
            }

            sum = Vector256.Sum(sums);
            squares = Vector256.Sum(ofSquares);
        }

        for (; i < values.Length; i++)
        {
            double distance = values[i] - from;
            sum += distance;
            squares += distance * distance;
        }

        return (sum, squares);
    }
}
