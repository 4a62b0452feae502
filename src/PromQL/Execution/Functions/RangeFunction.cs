using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What a function of a range vector is told of a series: labels for annotations, samples, windows.</summary>
internal readonly ref struct RangeSeries(
    QueryContext context, RangeCallNode node, SelectorWindow window, SampleColumns samples, SampleWindows windows, Labels labels, IReadOnlyList<double[]> scalars)
{
    public QueryContext Context { get; } = context;

    public RangeCallNode Node { get; } = node;

    public SelectorWindow Window { get; } = window;

    public SampleColumns Samples { get; } = samples;

    public SampleWindows Windows { get; } = windows;

    /// <summary>Metric name for annotations.</summary>
    public string Metric { get; } = labels.MetricName;

    /// <summary>Labels of the series.</summary>
    public Labels Labels { get; } = labels;

    /// <summary>The scalar arguments, each a value a step.</summary>
    public IReadOnlyList<double[]> Scalars { get; } = scalars;

    public Annotations Annotations => Context.Annotations;

    /// <summary>Where annotations about the first argument stand.</summary>
    public SourceSpan ArgSpan => Node.ArgSpans[0];

    /// <summary>Length of the range, in seconds.</summary>
    public double RangeSeconds => Window.RangeMs / 1000.0;
}

/// <summary>A function of a range vector: samples of one series and their windows in, a value a step out.</summary>
internal abstract class RangeFunction
{
    /// <summary>Writes the result; the block comes empty.</summary>
    public abstract void Evaluate(in RangeSeries series, SeriesBlock into);
}
