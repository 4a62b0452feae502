namespace Pleiad.Model;

public sealed partial class NativeHistogram : IEquatable<NativeHistogram?>
{
    /// <summary>
    /// Whether the two hold the same observations in the same layout: schema, zero bucket, count, sum, bounds and every populated bucket, bit
    /// for bit. Hints, empty buckets and the way spans are cut do not count.
    /// </summary>
    public bool Equals(NativeHistogram? other) => other is not null && (ReferenceEquals(this, other) || Agree(other, SameBits));

    /// <summary>Whether the two are equal but for rounding: the rule of Prometheus's test scripts.</summary>
    /// <param name="tolerance">By how much numbers may differ, as a part of the sum of their magnitudes.</param>
    public bool NearlyEquals(NativeHistogram other, double tolerance = 1e-6) => Agree(other, (left, right) => Near(left, right, tolerance));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as NativeHistogram);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Schema, Count, Sum, ZeroCount);

    private bool Agree(NativeHistogram other, Func<double, double, bool> same)
    {
        if (Schema != other.Schema
            || !same(Count, other.Count) || !same(Sum, other.Sum)
            || !same(ZeroThreshold, other.ZeroThreshold) || !same(ZeroCount, other.ZeroCount)
            || CustomBounds.Length != other.CustomBounds.Length)
        {
            return false;
        }

        for (int i = 0; i < CustomBounds.Length; i++)
        {
            if (!same(CustomBounds[i], other.CustomBounds[i]))
            {
                return false;
            }
        }

        return Agree(PositiveSpans, PositiveBuckets, other.PositiveSpans, other.PositiveBuckets, same)
            && Agree(NegativeSpans, NegativeBuckets, other.NegativeSpans, other.NegativeBuckets, same);
    }

    private static bool Agree(
        BucketSpan[] leftSpans, double[] leftCounts, BucketSpan[] rightSpans, double[] rightCounts, Func<double, double, bool> same)
    {
        BucketColumn left = BucketColumn.Of(leftSpans, leftCounts);
        BucketColumn right = BucketColumn.Of(rightSpans, rightCounts);
        int at = 0;
        int other = 0;
        while (true)
        {
            while (at < left.Length && left.Counts[at].Value == 0)
            {
                at++;
            }

            while (other < right.Length && right.Counts[other].Value == 0)
            {
                other++;
            }

            if (at == left.Length || other == right.Length)
            {
                return at == left.Length && other == right.Length;
            }

            if (left.Indexes[at] != right.Indexes[other] || !same(left.Counts[at].Value, right.Counts[other].Value))
            {
                return false;
            }

            at++;
            other++;
        }
    }

    private static bool SameBits(double left, double right) =>
        BitConverter.DoubleToInt64Bits(left) == BitConverter.DoubleToInt64Bits(right) || left == right;

    private static bool Near(double left, double right, double tolerance)
    {
        if (double.IsNaN(left) || double.IsNaN(right))
        {
            return double.IsNaN(left) && double.IsNaN(right) && StaleMarker.Is(left) == StaleMarker.Is(right);
        }

        // Halved, so that two numbers near the largest do not overflow.
        return left == right || Math.Abs((left / 2) - (right / 2)) / (Math.Abs(left / 2) + Math.Abs(right / 2)) < tolerance;
    }
}
