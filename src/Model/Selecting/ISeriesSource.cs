namespace Pleiad.Model;

/// <summary>The waist: PromQL asks, storage answers. An immutable view; safe for many readers at once.</summary>
public interface ISeriesSource
{
    /// <summary>Opens a cursor over the series that satisfy the request, in no particular order, no series twice.</summary>
    SeriesCursor Select(SelectRequest request, CancellationToken cancel);

    /// <summary>The label names of the series that satisfy the matchers (all series where there are none) and may have samples in the range, sorted, no name twice.</summary>
    IReadOnlyCollection<string> LabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel);

    /// <summary>The values of one label over the series that satisfy the matchers and may have samples in the range, sorted, no value twice.</summary>
    IReadOnlyCollection<string> LabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, CancellationToken cancel);

    /// <summary>Adds what <see cref="LabelNames"/> yields to others. What is there already need not be looked for again.</summary>
    void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        into.Add(LabelNames(matchers, range, cancel));

    /// <summary>Adds what <see cref="LabelValues"/> yields to others, likewise.</summary>
    void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel) =>
        into.Add(LabelValues(name, matchers, range, cancel));
}
