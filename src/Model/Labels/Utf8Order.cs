using System.Collections.Generic;

namespace Pleiad.Model;

/// <summary>Compares strings as their UTF-8 bytes compare, which is the order Prometheus sorts in.</summary>
/// <remarks>
/// UTF-16 code units compare the same way except that surrogates (characters above U+FFFF) sort before U+E000..U+FFFF;
/// RFC 3629 section 1 names the property that UTF-8 keeps code point order.
/// </remarks>
public sealed class Utf8Order : IComparer<string>
{
    /// <summary>The only instance.</summary>
    public static readonly Utf8Order Comparer = new();

    private Utf8Order()
    {
    }

    int IComparer<string>.Compare(string? x, string? y) => Compare(x ?? string.Empty, y ?? string.Empty);

    /// <summary>Negative, zero or positive as <paramref name="left"/> sorts before, with or after <paramref name="right"/>.</summary>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int same = left.CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
        {
            return left.Length.CompareTo(right.Length);
        }

        char a = left[same];
        char b = right[same];
        if (a >= '\uD800' && b >= '\uD800' && char.IsSurrogate(a) != char.IsSurrogate(b))
        {
            return char.IsSurrogate(a) ? 1 : -1;
        }

        return a.CompareTo(b);
    }
}
