using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Names and values of labels, for completion and for the label endpoints.</summary>
internal static class LabelQuery
{
    private const int CancelEvery = 1024;

    /// <summary>Adds the names of the series that match and may have samples in a range.</summary>
    public static void AddNames(
        LabelIndex index, SlotReader reader, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
        if (matchers.Count == 0)
        {
            foreach (LabelNameEntry name in index.Names)
            {
                cancel.ThrowIfCancellationRequested();
                if (!into.Contains(name.Name) && AnyPairSeen(index, reader, name, range))
                {
                    into.Add(name.Name);
                }
            }

            return;
        }

        var seen = new HashSet<LabelNameEntry>();
        foreach (int pair in PairsOfMatching(index, reader, matchers, range, cancel))
        {
            if (seen.Add(index.Pairs[pair].Name))
            {
                into.Add(index.Pairs[pair].Name.Name);
            }
        }
    }

    /// <summary>Adds the values of one label over the series that match and may have samples in a range.</summary>
    public static void AddValues(
        LabelIndex index, SlotReader reader, string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into,
        CancellationToken cancel)
    {
        if (index.Find(name) is not { } entry)
        {
            return;
        }

        if (matchers.Count == 0)
        {
            int walked = 0;
            foreach (int pair in PublishedList.Read(entry.Pairs))
            {
                if (walked++ % CancelEvery == 0)
                {
                    cancel.ThrowIfCancellationRequested();
                }

                if (index.Pairs[pair].Value is { } value && !into.Contains(value) && AnySeen(index, reader, pair, range))
                {
                    into.Add(value);
                }
            }

            return;
        }

        foreach (int pair in PairsOfMatching(index, reader, matchers, range, cancel))
        {
            if (ReferenceEquals(index.Pairs[pair].Name, entry))
            {
                into.Add(index.Pairs[pair].Value!);
            }
        }
    }

    private static bool AnyPairSeen(LabelIndex index, SlotReader reader, LabelNameEntry name, TimeRange range)
    {
        foreach (int pair in PublishedList.Read(name.Pairs))
        {
            if (AnySeen(index, reader, pair, range))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnySeen(LabelIndex index, SlotReader reader, int pair, TimeRange range)
    {
        Span<int> only = stackalloc int[1];
        foreach (int slot in index.Pairs.SlotsOf(pair, only))
        {
            // Behind the end are series younger than the view.
            if (slot < reader.End && reader.Sees(slot, range))
            {
                return true;
            }
        }

        return false;
    }

    private static HashSet<int> PairsOfMatching(
        LabelIndex index, SlotReader reader, IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel)
    {
        var pairs = new HashSet<int>();
        using SlotList slots = MatcherPlan.Run(index, reader, matchers, cancel);
        int walked = 0;
        foreach (int number in slots.Slots)
        {
            if (walked++ % CancelEvery == 0)
            {
                cancel.ThrowIfCancellationRequested();
            }

            if (number < reader.End && reader.TryRead(number, range, out SeriesSlot slot, out _))
            {
                foreach (int pair in reader.PairsOf(slot))
                {
                    pairs.Add(pair);
                }
            }
        }

        return pairs;
    }
}
