using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>What a query evaluates to.</summary>
public abstract record QueryValue;

/// <summary>One number.</summary>
public sealed record ScalarValue(Timestamp At, double Value) : QueryValue;

/// <summary>A string.</summary>
public sealed record StringValue(Timestamp At, string Value) : QueryValue;

/// <summary>One sample for each series, in the order to show them in.</summary>
public sealed record VectorValue(IReadOnlyList<VectorSample> Samples) : QueryValue;

/// <summary>One sample of one series.</summary>
/// <param name="Histogram">Not null where the sample is a native histogram; <paramref name="Value"/> is then unused.</param>
public sealed record VectorSample(Labels Labels, Timestamp At, double Value, NativeHistogram? Histogram);

/// <summary>Samples over time for each series; sorted by labels for a range query.</summary>
public sealed record MatrixValue(IReadOnlyList<MatrixSeries> Series) : QueryValue;

/// <summary>One series as columns.</summary>
/// <param name="Times">Milliseconds, ascending.</param>
/// <param name="Values">As many as times; unused where a histogram stands.</param>
/// <param name="Histograms">Null where the series has none; else as many as times, null for float samples.</param>
public sealed record MatrixSeries(Labels Labels, long[] Times, double[] Values, NativeHistogram?[]? Histograms);
