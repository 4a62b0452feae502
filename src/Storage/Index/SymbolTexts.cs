using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The texts of which an index on disk holds each once.</summary>
internal static class SymbolTexts
{
    /// <summary>All names and values of the labels of some series, in the order of their UTF-8 bytes.</summary>
    public static string[] Of(IEnumerable<Labels> series)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (Labels labels in series)
        {
            foreach (Label label in labels)
            {
                texts.Add(label.Name);
                texts.Add(label.Value);
            }
        }

        string[] sorted = [.. texts];
        Array.Sort(sorted, Utf8Order.Comparer);
        return sorted;
    }
}
