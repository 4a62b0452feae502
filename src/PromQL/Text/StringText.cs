using System.Buffers;
using System.Text;

namespace Pleiad.PromQL;

/// <summary>
/// String literals of the language: in double, single or back quotes, with Go's escapes.
/// <c>\xNN</c> and <c>\NNN</c> are bytes, not characters; bytes that do not form UTF-8 are kept as lone surrogates
/// U+DC80..U+DCFF, which are no valid label name or value and go out as U+FFFD.
/// </summary>
/// <remarks>Go specification, "String literals"; the surrogate form is Python's <c>surrogateescape</c> (PEP 383).</remarks>
internal static class StringText
{
    private const int RawByteBase = 0xDC00;

    /// <summary>Unescapes a literal that the lexer has accepted.</summary>
    /// <param name="quoted">With its quotes.</param>
    public static string Unquote(ReadOnlySpan<char> quoted)
    {
        ReadOnlySpan<char> inner = quoted[1..^1];
        if (quoted[0] == '`' || !inner.Contains('\\'))
        {
            return inner.ToString();
        }

        var bytes = new ArrayBufferWriter<byte>(inner.Length);
        while (!inner.IsEmpty)
        {
            int plain = inner.IndexOf('\\');
            if (plain != 0)
            {
                ReadOnlySpan<char> run = plain < 0 ? inner : inner[..plain];
                Encoding.UTF8.GetBytes(run, bytes);
                inner = inner[run.Length..];
                continue;
            }

            inner = inner[ReadEscape(inner, bytes)..];
        }

        return Decode(bytes.WrittenSpan);
    }

    /// <summary>Whether the character at a place stands for a byte that is no UTF-8.</summary>
    public static bool IsRawByte(string value, int at) =>
        value[at] is >= '\uDC80' and <= '\uDCFF' && (at == 0 || !char.IsHighSurrogate(value[at - 1]));

    /// <summary>The byte such a character stands for.</summary>
    public static byte RawByte(char c) => (byte)(c - RawByteBase);

    /// <summary>Whether any character stands for such a byte.</summary>
    public static bool HasRawBytes(string value)
    {
        for (int i = 0; i < value.Length; i++)
        {
            if (IsRawByte(value, i))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The string with U+FFFD for every byte that is no UTF-8.</summary>
    public static string Showable(string value) => HasRawBytes(value) ? Encoding.UTF8.GetString(Bytes(value)) : value;

    /// <summary>The bytes a string came from.</summary>
    public static byte[] Bytes(string value)
    {
        var bytes = new ArrayBufferWriter<byte>(value.Length);
        for (int i = 0; i < value.Length;)
        {
            if (IsRawByte(value, i))
            {
                Put(bytes, RawByte(value[i++]));
            }
            else
            {
                int length = char.IsHighSurrogate(value[i]) && i + 1 < value.Length ? 2 : 1;
                Encoding.UTF8.GetBytes(value.AsSpan(i, length), bytes);
                i += length;
            }
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static int ReadEscape(ReadOnlySpan<char> text, ArrayBufferWriter<byte> bytes)
    {
        char c = text[1];
        switch (c)
        {
            case 'a': Put(bytes, 7); return 2;
            case 'b': Put(bytes, 8); return 2;
            case 'f': Put(bytes, 12); return 2;
            case 'n': Put(bytes, 10); return 2;
            case 'r': Put(bytes, 13); return 2;
            case 't': Put(bytes, 9); return 2;
            case 'v': Put(bytes, 11); return 2;
            case 'x': Put(bytes, (byte)Digits(text[2..4], 16)); return 4;
            case 'u': PutRune(bytes, Digits(text[2..6], 16)); return 6;
            case 'U': PutRune(bytes, Digits(text[2..10], 16)); return 10;
            case >= '0' and <= '7': Put(bytes, (byte)Digits(text[1..4], 8)); return 4;
            default: Put(bytes, (byte)c); return 2;
        }
    }

    private static int Digits(ReadOnlySpan<char> digits, int radix)
    {
        int value = 0;
        foreach (char digit in digits)
        {
            value = (value * radix) + Convert.ToInt32(digit.ToString(), 16);
        }

        return value;
    }

    private static void Put(ArrayBufferWriter<byte> bytes, byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    private static void PutRune(ArrayBufferWriter<byte> bytes, int value) =>
        bytes.Advance(new Rune(value).EncodeToUtf8(bytes.GetSpan(4)));

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
                bytes = bytes[used..];
            }
            else
            {
                text.Append((char)(RawByteBase + bytes[0]));
                bytes = bytes[1..];
            }
        }

        return text.ToString();
    }
}
