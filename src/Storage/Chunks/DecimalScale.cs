using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Pleiad.Storage;

/// <summary>Doubles that are decimals in truth: integers over a power of ten.</summary>
/// <remarks>
/// The idea is that of Afroozeh, Kuffó, Boncz, "ALP: adaptive lossless floating-point compression", SIGMOD 2024. Here the integer is
/// divided by the power, which is rounded correctly: what was parsed from a decimal text comes back for certain.
/// </remarks>
internal readonly struct DecimalScale(int exponent) : IValueScale<DecimalScale>
{
    /// <summary>The largest power of ten tried.</summary>
    public const int ExponentMax = 14;

    private static readonly double[] s_powers =
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];

    private static readonly double[] s_inverses =
        [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14];

    private readonly double _power = s_powers[exponent];
    private readonly double _inverse = s_inverses[exponent];

    /// <inheritdoc/>
    public double Inverse => _power;

    /// <summary>A power of ten.</summary>
    public static double Power(int exponent) => s_powers[exponent];

    /// <summary>The double nearest to one over a power of ten.</summary>
    public static double InverseOf(int exponent) => s_inverses[exponent];

    /// <inheritdoc/>
    public static DecimalScale Of(int exponent) => new(exponent);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double ValueOf(double whole) => whole / _power;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<double> ValueOf(Vector256<double> whole) =>
        _power == 1 ? whole : Divide(whole, Vector256.Create(_power), Vector256.Create(_inverse));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<double> ValueOf(Vector512<double> whole) => Divide(whole, Vector512.Create(_power), Vector512.Create(_inverse));

    /// <summary>Divides integers, as doubles up to 2^53 in magnitude, by a power of ten: bit for bit what the division gives, which takes several times as long.</summary>
    /// <remarks>
    /// The product with the inverse is within two units in the last place of the quotient q. What is left of the dividend then is a multiple of that unit times 2^e and
    /// at most 2 * 5^e of these: the fused operation has it exactly. Adding it over the power leaves an error below 2^-104 q before it is rounded. An odd
    /// multiple of half a unit times 5^e needs more than 53 bits, so that q is no midpoint between two doubles, and from each it is at least
    /// 2^-54 / 5^14 > 2^-87 of itself away: both round alike. (Markstein, "Computation of elementary functions on the IBM RISC System/6000 processor", 1990.)
    /// All of it holds of the dividend times any power of two, hence of any double far enough from the smallest and the largest.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Divide(Vector512<double> whole, Vector512<double> power, Vector512<double> inverse)
    {
        if (!Avx512F.IsSupported)
        {
            return Vector512.Create(
                Divide(whole.GetLower(), power.GetLower(), inverse.GetLower()), Divide(whole.GetUpper(), power.GetUpper(), inverse.GetUpper()));
        }

        Vector512<double> near = whole * inverse;
        Vector512<double> left = Avx512F.FusedMultiplyAddNegated(near, power, whole);
        return Avx512F.FusedMultiplyAdd(left, inverse, near);
    }

    /// <summary>Four of the same.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Divide(Vector256<double> whole, Vector256<double> power, Vector256<double> inverse)
    {
        if (!Fma.IsSupported)
        {
            return whole / power;
        }

        Vector256<double> near = whole * inverse;
        Vector256<double> left = Fma.MultiplyAddNegated(near, power, whole);
        return Fma.MultiplyAdd(left, inverse, near);
    }
}
