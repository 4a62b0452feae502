using System.Globalization;

namespace Pleiad.PromQL;

/// <summary>Numbers as Go's strconv writes them, shortest that reads back the same: what Prometheus's texts and label values use.</summary>
internal static class FloatText
{
    private const int DecimalExponentLow = -4;
    private const int DecimalExponentHigh = 6;

    /// <summary>Without an exponent: <c>0.000001</c>, <c>+Inf</c>, <c>NaN</c>.</summary>
    public static string Plain(double value) => Special(value) ?? Decimal(value);

    /// <summary>With an exponent where it is small or large: <c>1e-05</c>, <c>1e+06</c>.</summary>
    public static string General(double value) => WithExponent(value);

    /// <summary>As the formats of metrics write it: like <see cref="General"/>, and always a point: <c>1.0</c>.</summary>
    public static string OpenMetrics(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        string text = WithExponent(value);
        return text.AsSpan().IndexOfAny('.', 'e') >= 0 ? text : text + ".0";
    }

    private static string? Special(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : null;

    private static string WithExponent(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        (bool negative, string digits, int exponent) = Shortest(value);
        if (exponent >= DecimalExponentLow && exponent < DecimalExponentHigh)
        {
            return Decimal(value);
        }

        string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits[1..]}";
        string sign = exponent < 0 ? "-" : "+";
        return $"{(negative ? "-" : string.Empty)}{mantissa}e{sign}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
    }

    private static string Decimal(double value)
    {
        if (value == 0)
        {
            return double.IsNegative(value) ? "-0" : "0";
        }

        (bool negative, string digits, int exponent) = Shortest(value);
        string text;
        if (exponent < 0)
        {
            text = "0." + new string('0', -exponent - 1) + digits;
        }
        else if (exponent + 1 >= digits.Length)
        {
            text = digits + new string('0', exponent + 1 - digits.Length);
        }
        else
        {
            text = digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
        }

        return negative ? "-" + text : text;
    }

    // Digits without trailing zeros, and the power of ten of the first of them.
    private static (bool Negative, string Digits, int Exponent) Shortest(double value)
    {
        string round = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int e = round.IndexOf('E');
        string mantissa = e < 0 ? round : round[..e];
        int power = e < 0 ? 0 : int.Parse(round.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.');
        string whole = point < 0 ? mantissa : mantissa[..point];
        string all = (whole + (point < 0 ? string.Empty : mantissa[(point + 1)..]));
        int leading = all.Length - all.TrimStart('0').Length;
        string digits = all.Trim('0');
        return (value < 0, digits.Length == 0 ? "0" : digits, whole.Length - 1 - leading + power);
    }
}
