using System.Text;
using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>
/// Texts of labels that came lately, by their bytes: the series of a target share nearly all of theirs, and a text of its own for each would be the greater part of
/// what a new series costs. Bounded: the last of those that belong to the same place stays. From any thread.
/// </summary>
internal sealed class LabelTexts
{
    private const int Places = 4096;

    // A longer one is seldom shared, and would keep much memory.
    private const int BytesMax = 128;

    private readonly string?[] _texts = new string?[Places];

    /// <summary>The text of some bytes.</summary>
    /// <exception cref="DecoderFallbackException">They are not UTF-8.</exception>
    public string Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax)
        {
            return LabelBytes.TextOf(bytes);
        }

        ref string? place = ref _texts[XxHash64.Of(bytes) & (Places - 1)];
        string? text = Volatile.Read(ref place);
        if (text is null || !Ascii.Equals(bytes, text))
        {
            text = LabelBytes.TextOf(bytes);

            // Others would never be found.
            if (Ascii.IsValid(bytes))
            {
                Volatile.Write(ref place, text);
            }
        }

        return text;
    }
}
