using System.Globalization;
using System.Numerics;

namespace Pleiad.Alerting;

/// <summary>The decimal digits of a double, exact or shortest, rounded half to even on the exact value as Go rounds.</summary>
/// <param name="Digits">Significant digits; the first is zero only where the value is.</param>
/// <param name="Exponent">The power of ten of the first digit.</param>
internal readonly record struct ExactDecimal(string Digits, int Exponent)
{
    /// <summary>The shortest digits that read back as the same value.</summary>
    public static ExactDecimal Shortest(double value)
    {
        if (value == 0)
        {
            return new("0", 0);
        }

        string text = Math.Abs(value).ToString("E16", CultureInfo.InvariantCulture);
        for (int digits = 0; digits < 17; digits++)
        {
            string candidate = Math.Abs(value).ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture).Equals(Math.Abs(value)))
            {
                text = candidate;
                break;
            }
        }

        int e = text.IndexOf('E', StringComparison.Ordinal);
        string significant = text[..e].Replace(".", string.Empty, StringComparison.Ordinal).TrimEnd('0');
        return new(significant, int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    /// <summary>Every digit there is.</summary>
    public static ExactDecimal Whole(double value)
    {
        if (value == 0)
        {
            return new("0", 0);
        }

        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xFFFFFFFFFFFFF;
        (mantissa, exponent) = exponent == 0 ? (mantissa, -1074) : (mantissa | (1L << 52), exponent - 1075);

        // m * 2^-k is m * 5^k / 10^k.
        BigInteger number = exponent >= 0 ? new BigInteger(mantissa) << exponent : mantissa * BigInteger.Pow(5, -exponent);
        string digits = number.ToString(CultureInfo.InvariantCulture);
        return new(digits, digits.Length - 1 + Math.Min(exponent, 0));
    }

    /// <summary>Rounded to a number of significant digits, which may be zero or less: then it is 0, or 1 of the next higher place.</summary>
    public ExactDecimal Rounded(int count)
    {
        if (count >= Digits.Length)
        {
            return this with { Digits = Digits.PadRight(count, '0') };
        }

        if (count < 0)
        {
            return new("0", 0);
        }

        int middle = string.CompareOrdinal(Digits[count..].TrimEnd('0'), "5");
        bool up = middle > 0 || (middle == 0 && count > 0 && ((Digits[count - 1] - '0') & 1) == 1);
        if (!up)
        {
            return count == 0 ? new("0", 0) : this with { Digits = Digits[..count] };
        }

        char[] rounded = Digits[..count].ToCharArray();
        int at = count - 1;
        while (at >= 0 && rounded[at] == '9')
        {
            rounded[at--] = '0';
        }

        if (at < 0)
        {
            return new("1" + new string(rounded), Exponent + 1);
        }

        rounded[at]++;
        return this with { Digits = new string(rounded) };
    }
}
