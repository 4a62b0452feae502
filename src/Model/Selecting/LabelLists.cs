namespace Pleiad.Model;

/// <summary>Label names and values of a source as lists of their own.</summary>
public static class LabelLists
{
    /// <summary>The label names of the series that satisfy the matchers (all series where there are none) and may have samples in the range, sorted, no name twice.</summary>
    public static IReadOnlyCollection<string> LabelNames(
        this ISeriesSource source, IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        var names = new TextUnion();
        source.AddLabelNames(matchers, range, names, cancel);
        return names.Sorted();
    }

    /// <summary>The values of one label over the series that satisfy the matchers and may have samples in the range, sorted, no value twice.</summary>
    public static IReadOnlyCollection<string> LabelValues(
        this ISeriesSource source, string name, IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        var values = new TextUnion();
        source.AddLabelValues(name, matchers, range, values, cancel);
        return values.Sorted();
    }
}
