namespace Pleiad.Model;

/// <summary>The waist: PromQL asks, storage answers. An immutable view; safe for many readers at once.</summary>
public interface ISeriesSource
{
    /// <summary>Opens a cursor over the series that satisfy the request, in no particular order, no series twice.</summary>
    SeriesCursor Select(SelectRequest request, CancellationToken cancel);

    /// <summary>
    /// Adds the label names of the series that satisfy the matchers (all series where there are none) and may have samples in the range. What is
    /// there already need not be looked for again.
    /// </summary>
    void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel);

    /// <summary>Adds the values of one label over the series that satisfy the matchers and may have samples in the range, likewise.</summary>
    void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel);
}
