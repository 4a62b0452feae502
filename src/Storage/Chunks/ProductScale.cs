using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>Doubles that some program has multiplied with a constant: integers times the double nearest to 10^-e, as ALP has them, or times 2^-k.</summary>
/// <remarks>node_exporter tells milliseconds so: 15344 * 0.001 is 15.344000000000001.</remarks>
internal readonly struct ProductScale(double factor, double inverse) : IValueScale<ProductScale>
{
    /// <summary>The largest number of binary digits behind the point.</summary>
    public const int BinaryMax = 255;

    private const int MantissaBits = 52;
    private const int ExponentBias = 1023;
    private const int ExponentMask = 0x7FF;

    /// <inheritdoc/>
    public double Inverse => inverse;

    /// <summary>Integers times the double nearest to 10^-e.</summary>
    public static ProductScale Of(int exponent) => new(DecimalScale.InverseOf(exponent), DecimalScale.Power(exponent));

    /// <summary>Integers over 2^k: the product is exact.</summary>
    /// <param name="digits">k, 0 to <see cref="BinaryMax"/>.</param>
    public static ProductScale Binary(int digits) => new(PowerOfTwo(-digits), PowerOfTwo(digits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ValueOf(double whole) => whole * factor;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> ValueOf(Vector256<double> whole) => whole * Vector256.Create(factor);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<double> ValueOf(Vector512<double> whole) => whole * Vector512.Create(factor);

    /// <summary>The fewest binary digits behind the point that all finite values have, or as many as leave the largest of them 53 bits in all.</summary>
    /// <returns>0 where there are none, or more than <see cref="BinaryMax"/>.</returns>
    public static int BinaryDigits(ReadOnlySpan<double> values)
    {
        int digits = 0;
        int magnitude = int.MinValue;
        foreach (double value in values)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(value);
            int exponent = (int)(bits >> MantissaBits) & ExponentMask;

            // Zero and what is smaller than any normal number count for nothing, what is not finite neither.
            if (exponent is 0 or ExponentMask)
            {
                continue;
            }

            int zeros = BitOperations.TrailingZeroCount(bits | (1UL << MantissaBits));
            digits = Math.Max(digits, MantissaBits - zeros - (exponent - ExponentBias));
            magnitude = Math.Max(magnitude, exponent - ExponentBias + 1);
        }

        digits = Math.Min(digits, MantissaBits + 1 - Math.Max(magnitude, -2 * BinaryMax));
        return digits is > 0 and <= BinaryMax ? digits : 0;
    }

    private static double PowerOfTwo(int power) => BitConverter.UInt64BitsToDouble((ulong)(ExponentBias + power) << MantissaBits);
}
