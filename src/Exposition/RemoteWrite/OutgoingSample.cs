using Pleiad.Model;

namespace Pleiad.Exposition;

/// <summary>One row for remote write: a float sample, a native histogram or an exemplar of a series.</summary>
/// <param name="Series">Whose.</param>
/// <param name="TimeMs">Milliseconds since the epoch.</param>
/// <param name="Value">Any bits, stale markers included; unused for a histogram.</param>
/// <param name="StartMs">Since when a counter counts; 0 where nobody knows.</param>
/// <param name="Histogram">The native histogram, or null.</param>
/// <param name="Exemplar">The exemplar, or null.</param>
public readonly record struct OutgoingSample(
    OutgoingSeries Series, long TimeMs, double Value, long StartMs, NativeHistogram? Histogram, Exemplar? Exemplar);
