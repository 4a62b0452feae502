namespace Pleiad.Model;

/// <summary>A run of consecutive buckets of a native histogram.</summary>
/// <param name="Offset">Gap to the end of the span before; for the first span the index of its first bucket.</param>
/// <param name="Length">Buckets in the run.</param>
public readonly record struct BucketSpan(int Offset, uint Length);
