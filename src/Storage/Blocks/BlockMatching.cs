using System.Buffers;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Finds the series of a block that satisfy all matchers, and names and values of labels. A bitmap for each matcher, and'ed.</summary>
internal static class BlockMatching
{
    /// <summary>The series that satisfy all matchers, ascending; all where there are none.</summary>
    public static SlotList Find(Block block, IReadOnlyList<Matcher> matchers, CancellationToken cancel)
    {
        int words = (block.SeriesCount + 63) / 64;
        ulong[] rented = ArrayPool<ulong>.Shared.Rent(Math.Max(1, 2 * words));
        try
        {
            Span<ulong> found = rented.AsSpan(0, words);
            Span<ulong> marked = rented.AsSpan(words, words);
            found.Clear();
            BlockPostings.Mark(found, 0, block.SeriesCount);
            string?[] texts = block.TextCache();

            // First those for a label that is not there, which most often leave nothing, then exact ones: both are cheap.
            foreach (Matcher matcher in matchers.OrderBy(static matcher => matcher.WantsAbsence ? 0 : matcher.Kind == MatchKind.Equal ? 1 : 2))
            {
                cancel.ThrowIfCancellationRequested();
                if (!TryNarrow(block, texts, matcher, found, marked))
                {
                    return SlotList.Empty();
                }
            }

            int[] into = ArrayPool<int>.Shared.Rent(Math.Max(1, BlockPostings.Count(found)));
            return SlotList.OfPooled(into, BlockPostings.Unmark(found, into));
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(rented);
        }
    }

    /// <summary>Adds the label names of the series that satisfy all matchers.</summary>
    public static void AddNames(Block block, IReadOnlyList<Matcher> matchers, TextUnion into, CancellationToken cancel)
    {
        string?[] texts = block.TextCache();
        if (matchers.Count == 0)
        {
            if (into.IsNew(block.HashOfNames()))
            {
                for (int name = 0; name < block.NameCount; name++)
                {
                    into.Add(block.NameText(name, texts));
                }
            }

            return;
        }

        foreach (int name in PairsOf(block, matchers, cancel).Select(block.NameOf).Distinct())
        {
            into.Add(block.NameText(name, texts));
        }
    }

    /// <summary>Adds the values of a label over the series that satisfy all matchers.</summary>
    public static void AddValues(Block block, string name, IReadOnlyList<Matcher> matchers, TextUnion into, CancellationToken cancel)
    {
        int number = block.FindName(name);
        if (number < 0)
        {
            return;
        }

        string?[] texts = block.TextCache();
        (int first, int end) = block.PairsOf(number);
        if (matchers.Count == 0)
        {
            if (into.IsNew(block.HashOfValues(number)))
            {
                for (int pair = first; pair < end; pair++)
                {
                    into.Add(block.ValueText(pair, texts));
                }
            }

            return;
        }

        foreach (int pair in PairsOf(block, matchers, cancel))
        {
            if (pair >= first && pair < end)
            {
                into.Add(block.ValueText(pair, texts));
            }
        }
    }

    private static HashSet<int> PairsOf(Block block, IReadOnlyList<Matcher> matchers, CancellationToken cancel)
    {
        var pairs = new HashSet<int>();
        var reader = new BlockSeriesReader(block);
        using SlotList found = Find(block, matchers, cancel);
        int walked = 0;
        foreach (int series in found.Slots)
        {
            if (walked++ % 1024 == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            reader.MoveTo(series);
            foreach (int pair in reader.Pairs)
            {
                pairs.Add(pair);
            }
        }

        return pairs;
    }

    // False where nothing is left.
    private static bool TryNarrow(Block block, string?[] texts, Matcher matcher, Span<ulong> found, Span<ulong> marked)
    {
        if (matcher.Kind == MatchKind.Regex && matcher.Regex!.MatchesAll)
        {
            return true;
        }

        int name = block.FindName(matcher.Name);
        bool matchesEmpty = matcher.MatchesEmpty;
        if (name < 0)
        {
            return matchesEmpty;
        }

        // What an absent label satisfies is taken as what it excludes.
        ReadOnlySpan<ulong> of = marked;
        if (matcher.WantsPresence || matcher.WantsAbsence)
        {
            of = block.Having(name);
        }
        else
        {
            marked.Clear();
            MarkValues(block, texts, name, matcher, matching: !matchesEmpty, marked);
        }

        ulong any = 0;
        for (int i = 0; i < found.Length; i++)
        {
            found[i] &= matchesEmpty ? ~of[i] : of[i];
            any |= found[i];
        }

        return any != 0;
    }

    private static void MarkValues(Block block, string?[] texts, int name, Matcher matcher, bool matching, Span<ulong> marked)
    {
        if (matching && matcher.Kind == MatchKind.Equal)
        {
            MarkValue(block, name, matcher.Value, marked);
            return;
        }

        if (matching && matcher.Kind == MatchKind.Regex && matcher.Regex!.LiteralSet is { } set)
        {
            foreach (string value in set)
            {
                MarkValue(block, name, value, marked);
            }

            return;
        }

        string prefix = matching && matcher.Kind == MatchKind.Regex ? matcher.Regex!.Prefix : string.Empty;
        (int first, int end) = block.PairsOf(name);
        for (int pair = first; pair < end; pair++)
        {
            string value = block.ValueText(pair, texts);
            if ((prefix.Length == 0 || value.StartsWith(prefix, StringComparison.Ordinal)) && matcher.Matches(value) == matching)
            {
                block.Mark(pair, marked);
            }
        }
    }

    private static void MarkValue(Block block, int name, string value, Span<ulong> marked)
    {
        int pair = value.Length == 0 ? -1 : block.FindPair(name, value);
        if (pair >= 0)
        {
            block.Mark(pair, marked);
        }
    }
}
