using System.Globalization;

namespace Pleiad.Model;

/// <summary>Floats as Go's <c>%g</c> writes them: the shortest digits that read back the same, an exponent from 1e+06 on and below 1e-04.</summary>
internal static class ExponentFloat
{
    private const int ExponentMin = -4;
    private const int ShortestEnd = 6;

    /// <summary>The text of a value.</summary>
    public static string Of(double value)
    {
        if (!double.IsFinite(value) || value == 0)
        {
            return double.IsNaN(value) ? "NaN" : value == 0 ? (double.IsNegative(value) ? "-0" : "0") : value > 0 ? "+Inf" : "-Inf";
        }

        (string digits, int exponent) = DigitsOf(Math.Abs(value));
        string sign = value < 0 ? "-" : string.Empty;
        if (exponent is < ExponentMin or >= ShortestEnd)
        {
            string point = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
            return $"{sign}{point}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    // The shortest significant digits, and the power of ten of the first of them.
    private static (string Digits, int Exponent) DigitsOf(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int e = text.IndexOf('E');
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int dot = mantissa.IndexOf('.');
        exponent += (dot < 0 ? mantissa.Length : dot) - 1;
        string digits = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        int zeros = digits.Length - digits.TrimStart('0').Length;
        return (digits[zeros..].TrimEnd('0'), exponent - zeros);
    }
}
