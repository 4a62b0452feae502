using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>A sample that a rule writes.</summary>
/// <param name="Labels">The series.</param>
/// <param name="At">Milliseconds since epoch.</param>
/// <param name="Value">May be the stale marker; unused where there is a histogram.</param>
/// <param name="Histogram">The histogram, if it is one.</param>
public readonly record struct RuleSample(Labels Labels, Timestamp At, double Value, NativeHistogram? Histogram)
{
    /// <summary>The marker that a series has ended.</summary>
    public static RuleSample Stale(Labels labels, Timestamp at) => new(labels, at, StaleMarker.Value, null);
}
