using System.Globalization;

namespace Pleiad.PromQL;

/// <summary>Number literals: decimal, hexadecimal, octal with a leading zero, underscores between digits, <c>Inf</c> and <c>NaN</c>.</summary>
/// <remarks>Go's <c>strconv.ParseInt</c> with base 0, then <c>strconv.ParseFloat</c>, which is what Prometheus reads numbers with.</remarks>
internal static class NumberText
{
    /// <summary>Reads a number the lexer has accepted.</summary>
    /// <returns>Null and the value, or why it is no number.</returns>
    public static string? Read(ReadOnlySpan<char> text, out double value)
    {
        if (text.Equals("inf", StringComparison.OrdinalIgnoreCase))
        {
            value = double.PositiveInfinity;
            return null;
        }

        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NaN;
            return null;
        }

        value = 0;
        if (text.Contains('_') && !UnderscoresSeparateDigits(text))
        {
            return Reason(text, "invalid syntax");
        }

        string digits = text.ToString().Replace("_", string.Empty, StringComparison.Ordinal);
        if (digits.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (!ulong.TryParse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex)
                || hex > long.MaxValue)
            {
                return Reason(text, "invalid syntax");
            }

            value = hex;
            return null;
        }

        if (ReadOctal(digits, out value))
        {
            return null;
        }

        const NumberStyles Float = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!double.TryParse(digits, Float, CultureInfo.InvariantCulture, out value))
        {
            return Reason(text, "invalid syntax");
        }

        return double.IsInfinity(value) ? Reason(text, "value out of range") : null;
    }

    private static bool ReadOctal(string digits, out double value)
    {
        value = 0;
        if (digits.Length < 2 || digits[0] != '0')
        {
            return false;
        }

        long octal = 0;
        foreach (char c in digits)
        {
            if (c is < '0' or > '7' || octal > long.MaxValue >> 3)
            {
                return false;
            }

            octal = (octal << 3) | (long)(c - '0');
        }

        value = octal;
        return true;
    }

    // An underscore stands between two digits, or between the prefix 0x and a digit.
    private static bool UnderscoresSeparateDigits(ReadOnlySpan<char> text)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '_'
                && (i == 0 || i + 1 == text.Length
                    || !(IsDigit(text[i - 1], hex) || (hex && i == 2)) || !IsDigit(text[i + 1], hex)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsDigit(char c, bool hex) => hex ? char.IsAsciiHexDigit(c) : char.IsAsciiDigit(c);

    private static string Reason(ReadOnlySpan<char> text, string what) =>
        $"error parsing number: strconv.ParseFloat: parsing {GoQuote.Text(text.ToString())}: {what}";
}
