using System.Globalization;
using System.Text;

namespace Pleiad.Yaml;

/// <summary>What plain scalars mean: YAML 1.1 as Prometheus's parser reads it (<c>yes</c>, <c>on</c>, <c>0x1f</c>, <c>1_000</c> included).</summary>
public static class YamlScalars
{
    /// <summary>What a plain scalar means.</summary>
    public static YamlScalarKind KindOf(string plain)
    {
        if (plain is "" or "~" or "null" or "Null" or "NULL")
        {
            return YamlScalarKind.Null;
        }

        if (TryBool(plain, out _))
        {
            return YamlScalarKind.Bool;
        }

        char first = plain[0];
        if (!char.IsAsciiDigit(first) && first is not ('+' or '-' or '.'))
        {
            return YamlScalarKind.Text;
        }

        return TryInteger(plain, out _) ? YamlScalarKind.Int
            : TryFloat(plain, out _) ? YamlScalarKind.Float
            : YamlScalarKind.Text;
    }

    /// <summary>Reads a boolean, in all the spellings of YAML 1.1.</summary>
    public static bool TryBool(string text, out bool value)
    {
        value = text is "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "y" or "Y" or "on" or "On" or "ON";
        return value || text is "false" or "False" or "FALSE" or "no" or "No" or "NO" or "n" or "N" or "off" or "Off" or "OFF";
    }

    /// <summary>Reads a whole number of at most 64 bits, with a sign or without: decimal, hexadecimal, octal, binary, underscores in between.</summary>
    public static bool TryInteger(string text, out Int128 value)
    {
        string digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        bool negative = digits.StartsWith('-');
        string body = negative || digits.StartsWith('+') ? digits[1..] : digits;
        value = 0;
        if (body.Length is 0 or > 64)
        {
            return false;
        }

        int radix = body.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? 16
            : body.StartsWith("0b", StringComparison.OrdinalIgnoreCase) ? 2
            : body.StartsWith("0o", StringComparison.OrdinalIgnoreCase) || (body.Length > 1 && body[0] == '0') ? 8
            : 10;
        string magnitude = radix == 10 ? body
            : body.Length > 1 && char.IsAsciiLetter(body[1]) ? body[2..]
            : body[1..];
        foreach (char c in magnitude)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return false;
            }

            value = (value * radix) + digit;
            if (value > ulong.MaxValue)
            {
                return false;
            }
        }

        value = negative ? -value : value;
        return magnitude.Length > 0;
    }

    /// <summary>Reads a number, <c>.inf</c> and <c>.nan</c> included.</summary>
    public static bool TryFloat(string text, out double value)
    {
        switch (text)
        {
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                value = double.PositiveInfinity;
                return true;
            case "-.inf" or "-.Inf" or "-.INF":
                value = double.NegativeInfinity;
                return true;
            case ".nan" or ".NaN" or ".NAN":
                value = double.NaN;
                return true;
        }

        return double.TryParse(
            text.Replace("_", string.Empty, StringComparison.Ordinal),
            NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out value);
    }

    /// <summary>The text of a <c>!!binary</c> scalar; null where it is not base64.</summary>
    /// <remarks>A byte that is not UTF-8 becomes a lone low surrogate U+DC00 + byte, which no valid name or value may hold.</remarks>
    public static string? FromBase64(string base64)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            return null;
        }

        var text = new StringBuilder(bytes.Length);
        ReadOnlySpan<byte> left = bytes;
        while (!left.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(left, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
                left = left[used..];
            }
            else
            {
                text.Append((char)(0xDC00 + left[0]));
                left = left[1..];
            }
        }

        return text.ToString();
    }
}
