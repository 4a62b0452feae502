using System.Buffers;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// Finds the series that satisfy all matchers: exact ones first, shortest list first; then the others by postings or, where few
/// series are left, by looking at their labels; matchers that an absent label satisfies are taken as what they exclude.
/// </summary>
internal static class MatcherPlan
{
    // Looking at the label of one candidate costs about as much as trying a pattern on this many values.
    private const int ValuesForOneCandidate = 2;

    // And about as much as marking this many series of postings.
    private const int MarksForOneCandidate = 16;

    /// <summary>The slots that satisfy all matchers, some of which the view may not see. All slots where there are no matchers.</summary>
    public static SlotList Run(LabelIndex index, SlotReader reader, IReadOnlyList<Matcher> matchers, CancellationToken cancel)
    {
        int pairs = 0;
        Span<int> exact = matchers.Count <= 32 ? stackalloc int[matchers.Count] : new int[matchers.Count];
        var others = new List<Matcher>();
        foreach (Matcher matcher in matchers)
        {
            if (matcher.Kind == MatchKind.Equal && matcher.Value.Length > 0)
            {
                int pair = index.FindPair(matcher.Name, matcher.Value);
                if (pair < 0)
                {
                    return SlotList.Empty();
                }

                exact[pairs++] = pair;
            }
            else if (!MatchesEverything(matcher))
            {
                others.Add(matcher);
            }
        }

        if (pairs == 0 && others.Count == 0)
        {
            return All(reader);
        }

        SlotList? found = pairs > 0 ? Exact(index, exact[..pairs]) : null;

        // What must be there narrows; what must not be there comes last.
        foreach (Matcher matcher in others.Where(static matcher => !matcher.MatchesEmpty).OrderBy(matcher => CostOf(index, matcher)))
        {
            cancel.ThrowIfCancellationRequested();
            if (found is not null && found.Slots.IsEmpty)
            {
                return found;
            }

            found = Keep(index, reader, found, matcher, keepMatching: true);
        }

        foreach (Matcher matcher in others.Where(static matcher => matcher.MatchesEmpty).OrderBy(matcher => CostOf(index, matcher)))
        {
            cancel.ThrowIfCancellationRequested();
            found = Keep(index, reader, found ?? All(reader), matcher, keepMatching: false);
        }

        return found!;
    }

    private static bool MatchesEverything(Matcher matcher) =>
        matcher.Kind == MatchKind.Regex && matcher.Regex!.MatchesAll;

    private static int CostOf(LabelIndex index, Matcher matcher) =>
        matcher.Kind == MatchKind.Regex && matcher.Regex!.LiteralSet is { } set ? set.Count
        : index.Find(matcher.Name) is { } name ? PublishedList.Read(name.Pairs).Length
        : 0;

    private static SlotList All(SlotReader reader)
    {
        int[] slots = ArrayPool<int>.Shared.Rent(Math.Max(1, reader.End));
        for (int slot = 0; slot < reader.End; slot++)
        {
            slots[slot] = slot;
        }

        return SlotList.OfPooled(slots, reader.End);
    }

    private static SlotList Exact(LabelIndex index, Span<int> pairs)
    {
        Span<int> only = stackalloc int[1];
        int shortest = 0;
        for (int i = 1; i < pairs.Length; i++)
        {
            shortest = index.Pairs.SlotCountOf(pairs[i]) < index.Pairs.SlotCountOf(pairs[shortest]) ? i : shortest;
        }

        (pairs[0], pairs[shortest]) = (pairs[shortest], pairs[0]);
        ref readonly LabelPair first = ref index.Pairs[pairs[0]];
        int[]? list = Volatile.Read(in first.Slots);
        if (pairs.Length == 1 || list is null)
        {
            ReadOnlySpan<int> single = index.Pairs.SlotsOf(pairs[0], only);
            if (list is not null)
            {
                return SlotList.OfPostings(list);
            }

            // A pair of one series: the other lists are asked for that one.
            SlotList found = single.IsEmpty ? SlotList.Empty() : SlotList.Of(single[0]);
            for (int i = 1; i < pairs.Length && !found.Slots.IsEmpty; i++)
            {
                found = Intersect(found, index.Pairs.SlotsOf(pairs[i], only));
            }

            return found;
        }

        SlotList narrowed = SlotList.OfPostings(list);
        for (int i = 1; i < pairs.Length; i++)
        {
            narrowed = Intersect(narrowed, index.Pairs.SlotsOf(pairs[i], only));
        }

        return narrowed;
    }

    private static SlotList Intersect(SlotList left, ReadOnlySpan<int> right)
    {
        int[] into = ArrayPool<int>.Shared.Rent(Math.Max(1, Math.Min(left.Slots.Length, right.Length)));
        int count = PostingsAlgebra.Intersect(left.Slots, right, into);
        left.Dispose();
        return SlotList.OfPooled(into, count);
    }

    // Keeps of the candidates (null: of all) those that match, or drops those that have the label with a value that does not match.
    private static SlotList Keep(LabelIndex index, SlotReader reader, SlotList? candidates, Matcher matcher, bool keepMatching)
    {
        LabelNameEntry? name = index.Find(matcher.Name);
        if (name is null)
        {
            if (keepMatching)
            {
                candidates?.Dispose();
                return SlotList.Empty();
            }

            return candidates!;
        }

        int values = PublishedList.Read(name.Pairs).Length;
        bool hasSet = keepMatching && matcher.Kind == MatchKind.Regex && matcher.Regex!.LiteralSet is not null;
        bool ofAll = matcher.WantsPresence || matcher.WantsAbsence;
        if (candidates is not null && !hasSet
            && (candidates.Slots.Length < values / ValuesForOneCandidate || (ofAll && candidates.Slots.Length < reader.End / MarksForOneCandidate)))
        {
            return Filter(index, reader, candidates, name, matcher, keepMatching);
        }

        int words = (reader.End + 63) / 64;
        ulong[] bitmap = ArrayPool<ulong>.Shared.Rent(Math.Max(1, words));
        Span<ulong> marked = bitmap.AsSpan(0, words);
        marked.Clear();
        MarkValues(index, name, matcher, keepMatching, marked);
        SlotList result;
        if (candidates is null)
        {
            int[] into = ArrayPool<int>.Shared.Rent(Math.Max(1, PostingsAlgebra.CountMarked(marked)));
            result = SlotList.OfPooled(into, PostingsAlgebra.Unmark(marked, into));
        }
        else
        {
            int[] into = ArrayPool<int>.Shared.Rent(Math.Max(1, candidates.Slots.Length));
            int count = 0;
            foreach (int slot in candidates.Slots)
            {
                if ((uint)(slot >> 6) < (uint)marked.Length && ((marked[slot >> 6] >> (slot & 63)) & 1) != 0 == keepMatching)
                {
                    into[count++] = slot;
                }
            }

            candidates.Dispose();
            result = SlotList.OfPooled(into, count);
        }

        ArrayPool<ulong>.Shared.Return(bitmap);
        return result;
    }

    // Marks the series whose value matches (or, of what is to be dropped, does not).
    private static void MarkValues(LabelIndex index, LabelNameEntry name, Matcher matcher, bool matching, Span<ulong> marked)
    {
        Span<int> only = stackalloc int[1];
        if (matching && matcher.Kind == MatchKind.Regex && matcher.Regex!.LiteralSet is { } set)
        {
            foreach (string value in set)
            {
                int pair = value.Length == 0 ? -1 : index.Pairs.Find(name, value);
                if (pair >= 0)
                {
                    PostingsAlgebra.Mark(index.Pairs.SlotsOf(pair, only), marked);
                }
            }

            return;
        }

        string prefix = matching && matcher.Kind == MatchKind.Regex ? matcher.Regex!.Prefix : string.Empty;
        foreach (int pair in PublishedList.Read(name.Pairs))
        {
            // Null: the pair was removed while we look; no series the view sees has it.
            if (index.Pairs[pair].Value is { } value
                && (prefix.Length == 0 || value.StartsWith(prefix, StringComparison.Ordinal))
                && matcher.Matches(value) == matching)
            {
                PostingsAlgebra.Mark(index.Pairs.SlotsOf(pair, only), marked);
            }
        }
    }

    private static SlotList Filter(
        LabelIndex index, SlotReader reader, SlotList candidates, LabelNameEntry name, Matcher matcher, bool keepMatching)
    {
        int[] into = ArrayPool<int>.Shared.Rent(Math.Max(1, candidates.Slots.Length));
        var verdicts = new Dictionary<int, bool>();
        int count = 0;
        foreach (int number in candidates.Slots)
        {
            if (!reader.TryRead(number, TimeRange.All, out SeriesSlot slot, out _))
            {
                continue;
            }

            bool keeps = !keepMatching;
            foreach (int pair in reader.PairsOf(slot))
            {
                if (ReferenceEquals(index.Pairs[pair].Name, name))
                {
                    if (!verdicts.TryGetValue(pair, out keeps))
                    {
                        keeps = matcher.Matches(index.Pairs[pair].Value!);
                        verdicts.Add(pair, keeps);
                    }

                    break;
                }
            }

            if (keeps)
            {
                into[count++] = number;
            }
        }

        candidates.Dispose();
        return SlotList.OfPooled(into, count);
    }
}
