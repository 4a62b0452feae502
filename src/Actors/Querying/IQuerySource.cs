using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Actors;

/// <summary>All shards together, wherever they are: what queries read. Where all are on this node, every answer is there at once.</summary>
internal interface IQuerySource : IFragmentRunner
{
    /// <summary>As <see cref="ISeriesSource.Select"/>.</summary>
    /// <param name="labelsOnly">The samples will not be read.</param>
    ValueTask<SeriesCursor> SelectAsync(SelectRequest request, bool labelsOnly, CancellationToken cancel);

    /// <summary>As <see cref="ISeriesSource.AddLabelNames"/>.</summary>
    ValueTask AddLabelNamesAsync(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel);

    /// <summary>As <see cref="ISeriesSource.AddLabelValues"/>.</summary>
    ValueTask AddLabelValuesAsync(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel);
}
