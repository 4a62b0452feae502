using System.Text;

namespace Pleiad.Gateway;

/// <summary>Reads <c>application/x-www-form-urlencoded</c>, the form of query strings and of form bodies.</summary>
/// <remarks>As Go's url.ParseQuery: a pair with a semicolon or a broken escape is dropped, the others stay.</remarks>
internal static class FormText
{
    /// <summary>Pairs read at most; no endpoint has a use for more.</summary>
    public const int PairsMax = 4096;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Adds the pairs of a text to a list; a value that is no UTF-8 is null.</summary>
    /// <returns>Null, or what is wrong with a pair that was dropped.</returns>
    public static string? Read(ReadOnlySpan<char> text, List<(string Name, string? Value)> to)
    {
        string? problem = null;
        foreach (Range range in text.Split('&'))
        {
            ReadOnlySpan<char> pair = text[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (to.Count == PairsMax)
            {
                return $"more than {PairsMax} parameters";
            }

            if (pair.Contains(';'))
            {
                problem ??= "invalid semicolon separator in query";
                continue;
            }

            int equals = pair.IndexOf('=');
            byte[]? name = Unescape(equals < 0 ? pair : pair[..equals]);
            byte[]? value = equals < 0 ? [] : Unescape(pair[(equals + 1)..]);
            if (name is null || value is null)
            {
                problem ??= "invalid URL escape";
                continue;
            }

            // A name that is no UTF-8 is none that is asked for.
            if (TextOf(name) is { } known)
            {
                to.Add((known, TextOf(value)));
            }
        }

        return problem;
    }

    private static string? TextOf(byte[] bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static byte[]? Unescape(ReadOnlySpan<char> text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return null;
                }

                bytes[written++] = (byte)((HexOf(text[i + 1]) << 4) | HexOf(text[i + 2]));
                i += 2;
            }
            else if (c == '+')
            {
                bytes[written++] = (byte)' ';
            }
            else
            {
                int chars = char.IsHighSurrogate(c) && i + 1 < text.Length ? 2 : 1;
                written += Encoding.UTF8.GetBytes(text.Slice(i, chars), bytes.AsSpan(written));
                i += chars - 1;
            }
        }

        return bytes[..written];
    }

    private static int HexOf(char c) => char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}
