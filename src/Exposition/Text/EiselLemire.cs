using System.Numerics;

namespace Pleiad.Exposition;

/// <summary>Decimal to double by one 128-bit multiplication, for most numbers that the fast path cannot take.</summary>
/// <remarks>
/// Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51 (2021), section 5 and algorithm 1.
/// The table spans the exponents that monitoring meets; outside it, and where rounding cannot be decided, the answer is "ask somebody else".
/// </remarks>
internal static class EiselLemire
{
    private const int ExponentMin = -64;
    private const int ExponentMax = 64;

    private static readonly UInt128[] Powers = MakePowers();

    /// <summary>The double nearest to <c>digits * 10^exponent</c>.</summary>
    /// <returns>False where this method cannot tell.</returns>
    internal static bool TryConvert(ulong digits, int exponent, out double value)
    {
        value = 0;
        if (digits == 0)
        {
            return true;
        }

        if (exponent is < ExponentMin or > ExponentMax)
        {
            return false;
        }

        int zeros = BitOperations.LeadingZeroCount(digits);
        ulong normal = digits << zeros;
        UInt128 power = Powers[exponent - ExponentMin];
        ulong high = Math.BigMul(normal, (ulong)(power >> 64), out ulong low);
        if ((high & 0x1FF) == 0x1FF)
        {
            // The 64 upper bits of the power were not enough: take in the lower ones.
            ulong second = Math.BigMul(normal, (ulong)power, out _);
            low += second;
            if (low < second)
            {
                high++;
            }

            if (low == ulong.MaxValue)
            {
                return false;
            }
        }

        int upper = (int)(high >> 63);
        ulong mantissa = high >> (upper + 9);
        int binary = ((217706 * exponent) >> 16) + 63 + 1 - zeros + upper + 1022;
        if (binary is <= 0 or >= 2046)
        {
            return false; // subnormal or too large: seldom
        }

        // Exactly half way between two doubles is possible only for small powers: let the exact method round to even.
        if (low <= 1 && (mantissa & 3) == 1 && exponent is >= -4 and <= 23 && (mantissa << (upper + 9)) == high)
        {
            return false;
        }

        mantissa = (mantissa + (mantissa & 1)) >> 1;
        if (mantissa == 1UL << 53)
        {
            mantissa >>= 1;
            binary++;
        }

        value = BitConverter.UInt64BitsToDouble((mantissa & ((1UL << 52) - 1)) | ((ulong)binary << 52));
        return true;
    }

    // The 128 leading bits of each power of five, rounded down; up for reciprocals of powers below 2^64 (section 5 of the paper).
    private static UInt128[] MakePowers()
    {
        var powers = new UInt128[ExponentMax - ExponentMin + 1];
        for (int exponent = ExponentMin; exponent <= ExponentMax; exponent++)
        {
            BigInteger five = BigInteger.Pow(5, Math.Abs(exponent));
            BigInteger leading;
            if (exponent >= 0)
            {
                int bits = (int)five.GetBitLength();
                leading = bits > 128 ? five >> (bits - 128) : five << (128 - bits);
            }
            else
            {
                leading = (BigInteger.One << ((int)five.GetBitLength() + 127)) / five;
                leading += exponent >= -27 ? 1 : 0;
            }

            powers[exponent - ExponentMin] = (UInt128)leading;
        }

        return powers;
    }
}
