using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Strings for UTF-8 bytes, so that the label values many series share are one object.
/// A fixed number of places for each thread; a newcomer takes the place of whoever had it.
/// </summary>
internal static class LabelStrings
{
    private const int Places = 8192;
    private const int BytesMax = 128;

    [ThreadStatic]
    private static string?[]? _places;

    /// <summary>The string of some bytes, which must be valid UTF-8.</summary>
    internal static string Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return string.Empty;
        }

        if (utf8.Length > BytesMax)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        string?[] places = _places ??= new string?[Places];
        ref string? place = ref places[XxHash64.Of(utf8) & (Places - 1)];
        if (place is null || !Same(place, utf8))
        {
            place = Encoding.UTF8.GetString(utf8);
        }

        return place;
    }

    private static bool Same(string text, ReadOnlySpan<byte> utf8)
    {
        if (text.Length > utf8.Length)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[BytesMax];
        return Encoding.UTF8.TryGetBytes(text, bytes, out int written) && bytes[..written].SequenceEqual(utf8);
    }
}
