namespace Pleiad.Model;

/// <summary>
/// A native (sparse) histogram sample: immutable, bucket counts absolute and as doubles.
/// Integer histograms of the wire become this type too; their counts fit a double exactly up to 2^53.
/// </summary>
/// <remarks>Semantics: the native histogram specification at prometheus.io/docs/specs/native_histograms.</remarks>
public sealed partial class NativeHistogram
{
    /// <summary>The schema of custom bucket boundaries.</summary>
    public const int CustomBucketsSchema = -53;

    /// <summary>-4 to 8 for exponential buckets (base 2^(2^-schema)), or <see cref="CustomBucketsSchema"/>.</summary>
    public int Schema { get; init; }

    /// <summary>Whether a reset came before this sample.</summary>
    public CounterResetHint ResetHint { get; init; }

    /// <summary>Width of the zero bucket on each side; at least 0.</summary>
    public double ZeroThreshold { get; init; }

    /// <summary>Observations in the zero bucket.</summary>
    public double ZeroCount { get; init; }

    /// <summary>All observations; may exceed the sum of buckets by NaN observations.</summary>
    public double Count { get; init; }

    /// <summary>Sum of observations. The stale marker here makes the sample a stale marker.</summary>
    public double Sum { get; init; }

    /// <summary>Runs of positive buckets, in order.</summary>
    public BucketSpan[] PositiveSpans { get; init; } = [];

    /// <summary>Counts of the positive buckets, absolute, as many as the spans name.</summary>
    public double[] PositiveBuckets { get; init; } = [];

    /// <summary>Runs of negative buckets, in order.</summary>
    public BucketSpan[] NegativeSpans { get; init; } = [];

    /// <summary>Counts of the negative buckets, absolute.</summary>
    public double[] NegativeBuckets { get; init; } = [];

    /// <summary>Upper bounds for <see cref="CustomBucketsSchema"/>, ascending, without +Inf; else empty.</summary>
    public double[] CustomBounds { get; init; } = [];

    /// <summary>Whether the schema is <see cref="CustomBucketsSchema"/>.</summary>
    public bool UsesCustomBuckets => Schema == CustomBucketsSchema;

    /// <summary>Float samples that take as much room: what limits and figures of queries count it as.</summary>
    /// <remarks>As Prometheus counts: 168 bytes, 8 for each span, bucket and bound, and its time, in units of 16 bytes.</remarks>
    public int SampleWeight =>
        (168 + (8 * (PositiveSpans.Length + NegativeSpans.Length + PositiveBuckets.Length + NegativeBuckets.Length + CustomBounds.Length)) + 8) / 16;

    /// <summary>Whether this sample is a stale marker.</summary>
    public bool IsStale => StaleMarker.Is(Sum);
}
