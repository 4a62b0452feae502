namespace Pleiad.Model;

/// <summary>A source without series: where a shard lies elsewhere, or an answer was made by another node.</summary>
public sealed class NoSeries : ISeriesSource
{
    /// <summary>The only one.</summary>
    public static readonly NoSeries Instance = new();

    private NoSeries()
    {
    }

    /// <inheritdoc/>
    public SeriesCursor Select(SelectRequest request, CancellationToken cancel) => new NoCursor();

    /// <inheritdoc/>
    public void AddLabelNames(IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
    }

    /// <inheritdoc/>
    public void AddLabelValues(string name, IReadOnlyList<Matcher> matchers, TimeRange range, TextUnion into, CancellationToken cancel)
    {
    }

    private sealed class NoCursor : SeriesCursor
    {
        public override Labels Labels => throw new InvalidOperationException("there is no series");

        public override bool MoveNext() => false;

        public override void Read(SampleColumns into) => throw new InvalidOperationException("there is no series");
    }
}
