namespace Pleiad.Storage;

/// <summary>What series cost in the head that have something in common.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Series">How many.</param>
/// <param name="Ended">Of those, without a sample in <see cref="Cardinality.EndedAfter"/>.</param>
/// <param name="Bytes">Of memory, about; of a label name only what it adds to its series.</param>
/// <param name="Values">Of a label name: different values.</param>
/// <param name="TextBytes">Of a label name: UTF-8 bytes of these.</param>
public readonly record struct SeriesCost(string Name, long Series, long Ended, long Bytes, long Values, long TextBytes)
{
    /// <summary>Most series first, equal ones by name.</summary>
    public static readonly IComparer<SeriesCost> MostSeriesFirst = Comparer<SeriesCost>.Create(static (left, right) =>
        left.Series != right.Series ? right.Series.CompareTo(left.Series) : string.CompareOrdinal(left.Name, right.Name));

    /// <summary>Both together, under the name of the other.</summary>
    public SeriesCost Plus(in SeriesCost other) =>
        new(other.Name, Series + other.Series, Ended + other.Ended, Bytes + other.Bytes, Values + other.Values, TextBytes + other.TextBytes);
}

/// <summary>How many series have a pair.</summary>
public readonly record struct PairCount(string Name, string Value, long Series)
{
    /// <summary>Most series first, equal ones by name and value.</summary>
    public static readonly IComparer<PairCount> MostSeriesFirst = Comparer<PairCount>.Create(static (left, right) =>
        left.Series != right.Series ? right.Series.CompareTo(left.Series)
        : string.CompareOrdinal(left.Name, right.Name) is not 0 and var byName ? byName
        : string.CompareOrdinal(left.Value, right.Value));
}
