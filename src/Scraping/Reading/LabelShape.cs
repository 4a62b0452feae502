using System.Diagnostics;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>What many series of a target have in common: the names of their labels, and the values that are the target's.</summary>
internal sealed class LabelShape
{
    // name, value, name, value ... in order of names; null for a value that each series has of its own.
    private readonly string?[] _pairs;

    private LabelShape(string?[] pairs, int own)
    {
        _pairs = pairs;
        OwnCount = own;
    }

    /// <summary>How many values a series has of its own.</summary>
    internal int OwnCount { get; }

    /// <summary>The shape of some labels.</summary>
    internal static LabelShape Of(Labels labels, Labels target)
    {
        var pairs = new string?[labels.Count * 2];
        int own = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            pairs[2 * i] = labels.NameAt(i);
            pairs[(2 * i) + 1] = target.TryGet(labels.NameAt(i), out string value) && value == labels.ValueAt(i) ? value : null;
            own += pairs[(2 * i) + 1] is null ? 1 : 0;
        }

        return new LabelShape(pairs, own);
    }

    /// <summary>Whether labels have these names and shared values.</summary>
    internal bool Fits(Labels labels)
    {
        if (labels.Count * 2 != _pairs.Length)
        {
            return false;
        }

        for (int i = 0; i < labels.Count; i++)
        {
            if (_pairs[2 * i] != labels.NameAt(i) || (_pairs[(2 * i) + 1] is { } shared && shared != labels.ValueAt(i)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the values that are not shared out of labels that fit.</summary>
    internal void ReadOwn(Labels labels, Span<string?> own)
    {
        Debug.Assert(Fits(labels), "the labels are of this shape");
        int at = 0;
        for (int i = 0; i < labels.Count; i++)
        {
            if (_pairs[(2 * i) + 1] is null)
            {
                own[at++] = labels.ValueAt(i);
            }
        }
    }

    /// <summary>The labels of a series with these values of its own.</summary>
    internal Labels Make(ReadOnlySpan<string?> own)
    {
        var pairs = new string[_pairs.Length];
        int at = 0;
        for (int i = 0; i < pairs.Length; i++)
        {
            pairs[i] = _pairs[i] ?? own[at++]!;
        }

        return Labels.FromSortedPairs(pairs);
    }
}
