using System.Globalization;

namespace Pleiad.Alerting;

/// <summary>Floats as Go's <c>strconv.FormatFloat</c> writes them.</summary>
internal static class GoNumber
{
    private const int ExponentMin = -4;
    private const int ShortestExponentEnd = 6;

    /// <summary>Go's <c>%v</c> of a float.</summary>
    public static string Shortest(double value) => Format(value, 'g', -1);

    /// <summary>Four significant digits, Go's <c>%.4g</c>.</summary>
    public static string FourDigits(double value) => Format(value, 'g', 4);

    /// <summary>A float by verb and precision.</summary>
    /// <param name="value">The value.</param>
    /// <param name="verb">e, f or g, in either case.</param>
    /// <param name="precision">Digits behind the point, or significant digits for g; -1 for as few as read back as the same value.</param>
    public static string Format(double value, char verb, int precision)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        string sign = double.IsNegative(value) ? "-" : string.Empty;
        string text = char.ToLowerInvariant(verb) switch
        {
            'e' => WithExponent(precision < 0 ? ExactDecimal.Shortest(value) : ExactDecimal.Whole(value).Rounded(precision + 1)),
            'f' => Plain(value, precision),
            _ => General(value, precision),
        };
        return sign + (char.IsAsciiLetterUpper(verb) ? text.ToUpperInvariant() : text);
    }

    private static string General(double value, int precision)
    {
        int significant = precision == 0 ? 1 : precision;
        ExactDecimal shown = precision < 0 ? ExactDecimal.Shortest(value) : ExactDecimal.Whole(value).Rounded(significant);
        string digits = shown.Digits.TrimEnd('0');
        shown = new ExactDecimal(digits.Length == 0 ? "0" : digits, shown.Exponent);
        int length = shown.Digits.Length;
        int end = precision < 0 ? ShortestExponentEnd
            : significant > length && length > shown.Exponent ? length
            : significant;
        return shown.Exponent < ExponentMin || shown.Exponent >= end ? WithExponent(shown) : Point(shown);
    }

    private static string Plain(double value, int precision)
    {
        if (precision < 0)
        {
            return Point(ExactDecimal.Shortest(value));
        }

        ExactDecimal whole = ExactDecimal.Whole(value);
        ExactDecimal rounded = whole.Rounded(whole.Exponent + 1 + precision);
        string text = Point(rounded);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        return precision == decimals ? text
            : decimals > precision ? text[..(point + (precision == 0 ? 0 : precision + 1))]
            : text + (point < 0 ? "." : string.Empty) + new string('0', precision - decimals);
    }

    private static string WithExponent(ExactDecimal shown)
    {
        string fraction = shown.Digits.Length > 1 ? "." + shown.Digits[1..] : string.Empty;
        return string.Create(
            CultureInfo.InvariantCulture, $"{shown.Digits[0]}{fraction}e{(shown.Exponent < 0 ? '-' : '+')}{Math.Abs(shown.Exponent):00}");
    }

    private static string Point(ExactDecimal shown)
    {
        (string digits, int exponent) = shown;
        if (exponent < 0)
        {
            return $"0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? digits.PadRight(exponent + 1, '0')
            : $"{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }
}
