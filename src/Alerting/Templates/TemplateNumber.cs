using System.Globalization;

namespace Pleiad.Alerting;

/// <summary>Numbers as Go's templates and <c>strconv</c> read them.</summary>
internal static class TemplateNumber
{
    /// <summary>Whether the text is a number literal.</summary>
    public static bool IsNumber(string text) => TryLiteral(text, out _);

    /// <summary>Reads a literal: <c>long</c>, or <c>double</c> where it has a point or an exponent.</summary>
    public static bool TryLiteral(string text, out object value)
    {
        if (TryWhole(text, out long whole))
        {
            value = whole;
            return true;
        }

        bool read = TryFloat(text.Replace("_", string.Empty, StringComparison.Ordinal), out double number);
        value = number;
        return read && text.Any(char.IsAsciiDigit);
    }

    /// <summary>Reads what <c>strconv.ParseFloat</c> reads: decimal, <c>Inf</c>, <c>Infinity</c>, <c>NaN</c> in any case.</summary>
    public static bool TryFloat(ReadOnlySpan<char> text, out double value)
    {
        ReadOnlySpan<char> unsigned = text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
        bool negative = text.Length > 0 && text[0] == '-';
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (text.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NaN;
            return true;
        }

        const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        value = 0;
        return unsigned.Length > 0
            && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
            && double.TryParse(text, Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryWhole(string text, out long value)
    {
        value = 0;
        string digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        bool negative = digits.StartsWith('-');
        string body = digits.TrimStart('+', '-');
        int radix = body.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 16
            : body.StartsWith("0b", StringComparison.OrdinalIgnoreCase) ? 2
            : body.StartsWith("0o", StringComparison.OrdinalIgnoreCase) ? 8
            : body.Length > 1 && body[0] == '0' && char.IsAsciiDigit(body[1]) ? 8
            : 10;
        string magnitude = radix == 10 ? body : char.IsAsciiDigit(body[1]) ? body[1..] : body[2..];
        Int128 sum = 0;
        foreach (char c in magnitude)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            sum = (sum * radix) + digit;
            if (digit >= radix || sum > (Int128)long.MaxValue + 1)
            {
                return false;
            }
        }

        sum = negative ? -sum : sum;
        value = sum <= long.MaxValue ? (long)sum : 0;
        return magnitude.Length > 0 && sum <= long.MaxValue;
    }
}
