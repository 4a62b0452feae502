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

        string text = value.ToString("E16", CultureInfo.InvariantCulture);
        int exponent = int.Parse(text.AsSpan(text.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        (bool negative, string digits) = Digits(shortest);
        if (value != 0 && (exponent < ExponentBelow || exponent >= ExponentFrom))
        {
            string fraction = digits.Length > 1 ? "." + digits[1..] : string.Empty;
            string sign = exponent < 0 ? "-" : "+";
            return $"{(negative ? "-" : string.Empty)}{digits[0]}{fraction}e{sign}{Math.Abs(exponent):00}";
        }

        return Plain(negative, digits, exponent);
    }

    /// <summary>Six decimals, Go's <c>%f</c>.</summary>
    public static string Fixed(double value) => Special(value) ?? value.ToString("F6", CultureInfo.InvariantCulture);

    /// <summary>Infinities and NaN; null for everything else.</summary>
    private static string? Special(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : null;

    // The significant digits without point, exponent, leading and trailing zeros.
    private static (bool Negative, string Digits) Digits(string text)
    {
        bool negative = text[0] == '-';
        int exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = exponentAt < 0 ? text : text[..exponentAt];
        string digits = mantissa.TrimStart('-').Replace(".", string.Empty, StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        return (negative, digits.Length == 0 ? "0" : digits);
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
