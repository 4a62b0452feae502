using System.Globalization;

namespace Pleiad.PromQL;

/// <summary>Floats as Go's formats write them, which is how Prometheus prints queries and messages.</summary>
internal static class GoFloat
{
    private const int ExponentBelow = -4;
    private const int ExponentFrom = 21;

    /// <summary>Shortest text that reads back as the same value, Go's <c>%v</c>: <c>1e+21</c>, <c>0.3</c>, <c>+Inf</c>, <c>NaN</c>.</summary>
    public static string Shortest(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        (bool negative, string digits, int exponent) = Parts(value);
        if (value != 0 && (exponent < ExponentBelow || exponent >= ExponentFrom))
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : string.Empty;
            string sign = exponent < 0 ? "-" : "+";
            return $"{(negative ? "-" : string.Empty)}{digits[0]}{fraction}e{sign}{Math.Abs(exponent):00}";
        }

        return Plain(negative, digits, exponent);
    }

    /// <summary>Shortest text without an exponent, Go's <c>FormatFloat(v, 'f', -1, 64)</c>.</summary>
    public static string Plain(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        (bool negative, string digits, int exponent) = Parts(value);
        return Plain(negative, digits, exponent);
    }

    /// <summary>Six decimals, Go's <c>%f</c>.</summary>
    public static string Fixed(double value) => Special(value) ?? value.ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>Infinities and NaN; null for everything else.</summary>
    private static string? Special(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : null;

    // Takes the shortest text apart: significant digits without leading and trailing zeros, and the power of ten of the first of them.
    private static (bool Negative, string Digits, int Exponent) Parts(double value)
    {
        ReadOnlySpan<char> text = value.ToString("R", CultureInfo.InvariantCulture);
        bool negative = text[0] == '-';
        text = negative ? text[1..] : text;
        int exponent = 0;
        int exponentAt = text.IndexOf('E');
        if (exponentAt >= 0)
        {
            exponent = int.Parse(text[(exponentAt + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..exponentAt];
        }

        int point = text.IndexOf('.');
        int whole = point < 0 ? text.Length : point;
        string digits = text.ToString().Replace(".", string.Empty, StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        return significant.Length == 0
            ? (negative, "0", 0)
            : (negative, significant.TrimEnd('0'), exponent + whole - 1 - (digits.Length - significant.Length));
    }

    private static string Plain(bool negative, string digits, int exponent)
    {
        string sign = negative ? "-" : string.Empty;
        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
