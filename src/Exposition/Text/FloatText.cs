using System.Buffers.Text;
using System.Globalization;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>Numbers of the text formats.</summary>
/// <remarks>
/// What is a number is what Go's <c>strconv.ParseFloat</c> takes, less hexadecimal forms and underscores, which Prometheus refuses.
/// Decimals are rounded correctly: Clinger's fast path (PLDI 1990), then Eisel-Lemire (<see cref="EiselLemire"/>), then the library.
/// </remarks>
internal static class FloatText
{
    private const int DigitsMax = 19;

    // Powers of ten that a double holds exactly. An array: a span over constants costs an object at each use in unoptimised builds.
    private static readonly double[] ExactPowers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads the number that the text begins with.</summary>
    /// <param name="text">May go on after the number.</param>
    /// <param name="value">NaN has the bits of <see cref="StaleMarker.NormalNaN"/>.</param>
    /// <param name="length">Bytes of the number.</param>
    /// <returns>False where no number begins, or it is too large for a double.</returns>
    internal static bool TryReadPrefix(ReadOnlySpan<byte> text, out double value, out int length)
    {
        int at = 0;
        bool negative = false;
        if (text.Length > 0 && (text[0] == (byte)'-' || text[0] == (byte)'+'))
        {
            negative = text[0] == (byte)'-';
            at = 1;
        }

        ulong digits = 0;
        int start = at;
        uint digit;
        while ((uint)at < (uint)text.Length && (digit = (uint)(text[at] - '0')) <= 9)
        {
            digits = (digits * 10) + digit;
            at++;
        }

        int count = at - start;
        int exponent = 0;
        if ((uint)at < (uint)text.Length && text[at] == (byte)'.')
        {
            at++;
            int fraction = at;
            while ((uint)at < (uint)text.Length && (digit = (uint)(text[at] - '0')) <= 9)
            {
                digits = (digits * 10) + digit;
                at++;
            }

            exponent = fraction - at;
            count += at - fraction;
        }

        if (count == 0)
        {
            return TryReadSpecial(text, out value, out length);
        }

        if ((uint)at < (uint)text.Length && (text[at] | 0x20) == 'e' && !TryReadExponent(text, ref at, ref exponent))
        {
            value = 0;
            length = 0;
            return false;
        }

        length = at;
        if (count > DigitsMax)
        {
            count -= LeadingZeros(text[start..at]);
        }

        if (count <= DigitsMax)
        {
            if (digits <= 1UL << 53 && exponent is >= -22 and <= 22)
            {
                value = exponent < 0 ? digits / ExactPowers[-exponent] : digits * ExactPowers[exponent];
                value = negative ? -value : value;
                return true;
            }

            if (EiselLemire.TryConvert(digits, exponent, out value))
            {
                value = negative ? -value : value;
                return true;
            }
        }

        return TryReadSlowly(text[..at], out value);
    }

    /// <summary>Reads a text that is a number and nothing else.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> text, out double value) =>
        TryReadPrefix(text, out value, out int length) && length == text.Length;

    /// <summary>The form of numbers in <c>le</c> and <c>quantile</c>: shortest, as Go's format 'g', with <c>.0</c> where it would look like an integer.</summary>
    /// <param name="value">Any.</param>
    /// <param name="into">At least 40 bytes.</param>
    /// <returns>Bytes written.</returns>
    internal static int FormatCanonical(double value, Span<byte> into)
    {
        int length = Format(value, into);
        if (double.IsFinite(value) && into[..length].IndexOfAny((byte)'.', (byte)'e') < 0)
        {
            ".0"u8.CopyTo(into[length..]);
            length += 2;
        }

        return length;
    }

    /// <summary>Writes the shortest text that reads back the same, as Go's format 'g': exponent form below 1e-4 and from 1e6 on.</summary>
    /// <param name="value">Any.</param>
    /// <param name="into">At least 32 bytes.</param>
    /// <returns>Bytes written.</returns>
    internal static int Format(double value, Span<byte> into)
    {
        if (!double.IsFinite(value))
        {
            ReadOnlySpan<byte> name = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
            name.CopyTo(into);
            return name.Length;
        }

        // The library's shortest form has other thresholds for the exponent: take its digits, lay them out anew.
        Span<byte> shortest = stackalloc byte[32];
        value.TryFormat(shortest, out int length, "R", CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[32];
        int count = 0;
        int point = 0;
        int exponent = 0;
        bool afterPoint = false;
        for (int i = 0; i < length; i++)
        {
            byte b = shortest[i];
            if (b is >= (byte)'0' and <= (byte)'9')
            {
                if (count > 0 || b != (byte)'0')
                {
                    digits[count++] = b;
                    point += afterPoint ? 0 : 1;
                }
                else
                {
                    point -= afterPoint ? 1 : 0;
                }
            }
            else if (b == (byte)'.')
            {
                afterPoint = true;
            }
            else if (b == (byte)'E')
            {
                Utf8Parser.TryParse(shortest[(i + 1 + (shortest[i + 1] == (byte)'+' ? 1 : 0))..length], out exponent, out _);
                break;
            }
        }

        while (count > 1 && digits[count - 1] == (byte)'0')
        {
            count--;
        }

        int at = 0;
        if (double.IsNegative(value))
        {
            into[at++] = (byte)'-';
        }

        if (count == 0)
        {
            into[at++] = (byte)'0';
            return at;
        }

        return Lay(digits[..count], point + exponent - 1, into, at);
    }

    // digits d1 d2 ... mean d1.d2... times ten to the exponent
    private static int Lay(ReadOnlySpan<byte> digits, int exponent, Span<byte> into, int at)
    {
        if (exponent is < -4 or >= 6)
        {
            into[at++] = digits[0];
            if (digits.Length > 1)
            {
                into[at++] = (byte)'.';
                digits[1..].CopyTo(into[at..]);
                at += digits.Length - 1;
            }

            into[at++] = (byte)'e';
            into[at++] = exponent < 0 ? (byte)'-' : (byte)'+';
            int size = Math.Abs(exponent);
            if (size < 10)
            {
                into[at++] = (byte)'0';
            }

            Utf8Formatter.TryFormat(size, into[at..], out int written);
            return at + written;
        }

        if (exponent < 0)
        {
            into[at++] = (byte)'0';
            into[at++] = (byte)'.';
            into.Slice(at, -exponent - 1).Fill((byte)'0');
            at += -exponent - 1;
            digits.CopyTo(into[at..]);
            return at + digits.Length;
        }

        int whole = exponent + 1;
        if (digits.Length <= whole)
        {
            digits.CopyTo(into[at..]);
            into.Slice(at + digits.Length, whole - digits.Length).Fill((byte)'0');
            return at + whole;
        }

        digits[..whole].CopyTo(into[at..]);
        at += whole;
        into[at++] = (byte)'.';
        digits[whole..].CopyTo(into[at..]);
        return at + digits.Length - whole;
    }

    private static int LeadingZeros(ReadOnlySpan<byte> digits)
    {
        int zeros = 0;
        foreach (byte b in digits)
        {
            if (b == (byte)'0')
            {
                zeros++;
            }
            else if (b != (byte)'.')
            {
                break;
            }
        }

        return zeros;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int at, ref int exponent)
    {
        int i = at + 1;
        bool negative = false;
        if ((uint)i < (uint)text.Length && (text[i] == (byte)'-' || text[i] == (byte)'+'))
        {
            negative = text[i] == (byte)'-';
            i++;
        }

        int start = i;
        int size = 0;
        while ((uint)i < (uint)text.Length && (uint)(text[i] - '0') <= 9)
        {
            size = Math.Min((size * 10) + (text[i] - '0'), 100_000); // far beyond what a double holds; no overflow
            i++;
        }

        if (i == start)
        {
            return false;
        }

        exponent += negative ? -size : size;
        at = i;
        return true;
    }

    private static bool TryReadSpecial(ReadOnlySpan<byte> text, out double value, out int length)
    {
        bool signed = text.Length > 0 && (text[0] == (byte)'-' || text[0] == (byte)'+');
        ReadOnlySpan<byte> rest = signed ? text[1..] : text;
        if (!signed && StartsWith(rest, "nan"u8))
        {
            value = StaleMarker.NormalNaN;
            length = 3;
            return true;
        }

        if (StartsWith(rest, "inf"u8))
        {
            value = signed && text[0] == (byte)'-' ? double.NegativeInfinity : double.PositiveInfinity;
            length = (signed ? 1 : 0) + (StartsWith(rest, "infinity"u8) ? 8 : 3);
            return true;
        }

        value = 0;
        length = 0;
        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length >= lower.Length && System.Text.Ascii.EqualsIgnoreCase(text[..lower.Length], lower);

    private static bool TryReadSlowly(ReadOnlySpan<byte> text, out double value) =>
        double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value)
        && double.IsFinite(value);
}
