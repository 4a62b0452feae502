using System.Diagnostics;
using System.Numerics;

namespace Pleiad.Gateway;

/// <summary>The shortest decimal number that reads back as a given double: <c>digits · 10^exponent</c>.</summary>
/// <remarks>
/// Raffaello Giulietti, "The Schubfach way to render doubles" (2021): one table of powers of ten, three 64 × 128 bit products,
/// no loop and no big numbers. Numbers with at most 15 digits take a shorter way. Ties between two shortest candidates go to the one nearer to the double.
/// </remarks>
internal static class ShortestDecimal
{
    private const int SignificandBits = 52;
    private const int ExponentBias = 1075;
    private const int ExponentMin = -1074;
    private const ulong HiddenBit = 1UL << SignificandBits;
    private const int PowerMin = -292;
    private const int PowerMax = 324;

    private const double FewDigitsBelow = 1e15;

    // Powers of ten that a double holds exactly.
    private static ReadOnlySpan<double> ExactPowers =>
        [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    // 10^k for k from PowerMin on, scaled to 128 bits and rounded up.
    private static readonly (ulong High, ulong Low)[] Powers = ComputePowers();

    /// <summary>The decimal of a finite number above zero; digits end in no zero.</summary>
    public static (ulong Digits, int Exponent) Of(double value)
    {
        Debug.Assert(double.IsFinite(value) && value > 0, "zero, negative and special values have their own texts");
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        ulong fraction = bits & (HiddenBit - 1);
        int biased = (int)(bits >> SignificandBits);
        ulong significand = biased == 0 ? fraction : fraction | HiddenBit;
        int exponent = biased == 0 ? ExponentMin : biased - ExponentBias;
        if (TryFewDigits(value, exponent, out ulong few, out int decimals))
        {
            return WithoutTrailingZeros(few, -decimals);
        }

        (ulong digits, int ten) = Shortest(significand, exponent, fraction == 0 && biased > 1);
        return WithoutTrailingZeros(digits, ten);
    }

    // Most readings have few digits. Of decimals with at most 15 digits no two read as the same double, so if the number scaled to 15
    // digits and rounded reads back (a whole number below 2^53 over an exact power of ten is rounded correctly), that is the one.
    private static bool TryFewDigits(double value, int exponent, out ulong digits, out int decimals)
    {
        int power = 14 - (((exponent + SignificandBits + 1) * 1233) >> 12);
        decimals = power;
        if ((uint)power >= (uint)ExactPowers.Length)
        {
            digits = 0;
            return false;
        }

        double scaled = Math.Round(value * ExactPowers[power]);
        digits = (ulong)scaled;
        return scaled < FewDigitsBelow && scaled / ExactPowers[power] == value;
    }

    private static (ulong Digits, int Exponent) Shortest(ulong significand, int exponent, bool lowerNeighbourIsCloser)
    {
        // The interval of decimals that read back as the double, in quarters of its last place.
        ulong left = (4 * significand) - (lowerNeighbourIsCloser ? 1UL : 2UL);
        ulong middle = 4 * significand;
        ulong right = middle + 2;

        int ten = ((exponent * 1262611) - (lowerNeighbourIsCloser ? 524031 : 0)) >> 22;   // floor(log10(width of the interval))
        int shift = exponent + ((-ten * 1741647) >> 19) + 1;
        (ulong, ulong) power = Powers[-ten - PowerMin];
        ulong low = Scaled(power, left << shift);
        ulong mid = Scaled(power, middle << shift);
        ulong high = Scaled(power, right << shift);

        // The ends of the interval read back as the double only where its significand is even.
        ulong outside = significand & 1;
        low += outside;
        high -= outside;

        ulong s = mid / 4;
        if (s >= 10)
        {
            ulong shorter = s / 10;
            bool below = low <= 40 * shorter;
            bool above = (40 * shorter) + 40 <= high;
            if (below != above)
            {
                return (shorter + (above ? 1UL : 0UL), ten + 1);
            }
        }

        bool floorInside = low <= 4 * s;
        bool ceilingInside = (4 * s) + 4 <= high;
        if (floorInside != ceilingInside)
        {
            return (s + (ceilingInside ? 1UL : 0UL), ten);
        }

        ulong half = (4 * s) + 2;
        bool up = mid > half || (mid == half && (s & 1) != 0);
        return (s + (up ? 1UL : 0UL), ten);
    }

    // The upper 64 bits of the product, the last of them set if anything was cut off ("round to odd").
    private static ulong Scaled((ulong High, ulong Low) power, ulong factor)
    {
        ulong carried = Math.BigMul(power.Low, factor, out _);
        ulong upper = Math.BigMul(power.High, factor, out ulong lower);
        lower += carried;
        if (lower < carried)
        {
            upper++;
        }

        return upper | (lower > 1 ? 1UL : 0UL);
    }

    private static (ulong Digits, int Exponent) WithoutTrailingZeros(ulong digits, int ten)
    {
        if (digits % 10 != 0)
        {
            return (digits, ten);
        }

        if (digits % 100_000_000 == 0)
        {
            digits /= 100_000_000;
            ten += 8;
        }

        while (digits % 10_000 == 0)
        {
            digits /= 10_000;
            ten += 4;
        }

        while (digits % 10 == 0)
        {
            digits /= 10;
            ten++;
        }

        return (digits, ten);
    }

    private static (ulong High, ulong Low)[] ComputePowers()
    {
        var powers = new (ulong, ulong)[PowerMax - PowerMin + 1];
        for (int k = PowerMin; k <= PowerMax; k++)
        {
            BigInteger scaled;
            if (k >= 0)
            {
                BigInteger power = BigInteger.Pow(10, k);
                int excess = (int)power.GetBitLength() - 128;
                scaled = excess <= 0 ? power << -excess : CeilingShift(power, excess);
            }
            else
            {
                // 2^n / 10^-k with n chosen so that the quotient has 128 bits, rounded up.
                BigInteger divisor = BigInteger.Pow(10, -k);
                int n = (int)divisor.GetBitLength() + 127;
                scaled = BigInteger.DivRem(BigInteger.One << n, divisor, out BigInteger rest) + (rest.IsZero ? 0 : 1);
            }

            Debug.Assert(scaled.GetBitLength() == 128, "powers are normalised");
            powers[k - PowerMin] = ((ulong)(scaled >> 64), (ulong)(scaled & ulong.MaxValue));
        }

        return powers;
    }

    private static BigInteger CeilingShift(BigInteger value, int bits)
    {
        BigInteger shifted = value >> bits;
        return (shifted << bits) == value ? shifted : shifted + 1;
    }
}
