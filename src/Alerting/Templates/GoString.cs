using System.Buffers;
using System.Globalization;
using System.Text;

namespace Pleiad.Alerting;

/// <summary>String and character literals of Go.</summary>
internal static class GoString
{
    /// <summary>Unescapes a literal in double, single or back quotes; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="FormatException">An escape that Go does not know.</exception>
    public static string Unquote(string quoted)
    {
        ReadOnlySpan<char> inner = quoted.AsSpan(1, quoted.Length - 2);
        if (quoted[0] == '`')
        {
            return inner.ToString().Replace("\r", string.Empty, StringComparison.Ordinal);
        }

        var bytes = new ArrayBufferWriter<byte>();
        while (!inner.IsEmpty)
        {
            int plain = inner.IndexOf('\\');
            ReadOnlySpan<char> run = plain < 0 ? inner : inner[..plain];
            Encoding.UTF8.GetBytes(run, bytes);
            inner = inner[run.Length..];
            if (!inner.IsEmpty)
            {
                inner = inner[Escape(inner, quoted[0], bytes)..];
            }
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static int Escape(ReadOnlySpan<char> text, char quote, ArrayBufferWriter<byte> bytes)
    {
        char c = text.Length > 1 ? text[1] : '\0';
        switch (c)
        {
            case 'x':
                return PutByte(text, 2, 2, 16, bytes);
            case >= '0' and <= '7':
                return PutByte(text, 1, 3, 8, bytes);
            case 'u':
                return PutRune(text, 4, bytes);
            case 'U':
                return PutRune(text, 8, bytes);
        }

        int plain = c switch
        {
            'a' => 7,
            'b' => 8,
            't' => 9,
            'n' => 10,
            'v' => 11,
            'f' => 12,
            'r' => 13,
            '\\' => '\\',
            _ => c == quote ? c : throw new FormatException("invalid syntax"),
        };
        bytes.Write([(byte)plain]);
        return 2;
    }

    private static int PutByte(ReadOnlySpan<char> text, int from, int digits, int radix, ArrayBufferWriter<byte> bytes)
    {
        uint value = Digits(text, from, digits, radix);
        bytes.Write([value <= byte.MaxValue ? (byte)value : throw new FormatException("invalid syntax")]);
        return from + digits;
    }

    private static int PutRune(ReadOnlySpan<char> text, int digits, ArrayBufferWriter<byte> bytes)
    {
        uint value = Digits(text, 2, digits, 16);
        Rune rune = Rune.IsValid(value) ? new Rune(value) : throw new FormatException("invalid syntax");
        bytes.Advance(rune.EncodeToUtf8(bytes.GetSpan(4)));
        return 2 + digits;
    }

    private static uint Digits(ReadOnlySpan<char> text, int from, int digits, int radix)
    {
        if (text.Length < from + digits)
        {
            throw new FormatException("invalid syntax");
        }

        uint value = 0;
        foreach (char c in text.Slice(from, digits))
        {
            int digit = char.IsAsciiHexDigit(c) ? int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : radix;
            value = digit < radix ? (value * (uint)radix) + (uint)digit : throw new FormatException("invalid syntax");
        }

        return value;
    }
}
