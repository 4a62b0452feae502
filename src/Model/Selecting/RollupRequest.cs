namespace Pleiad.Model;

/// <summary>Which rollups may answer instead of samples.</summary>
/// <param name="ResolutionMs">Length of a bucket.</param>
/// <param name="Ends">The buckets that end in it; both ends are multiples of the resolution.</param>
/// <param name="Columns">A bit for each <see cref="RollupColumn"/> that will be read, <see cref="RollupColumn.Count"/> always among them.</param>
/// <param name="Prefers">Whether they are wanted where the samples are there too; otherwise only where those are gone.</param>
public sealed record RollupRequest(long ResolutionMs, TimeRange Ends, int Columns, bool Prefers)
{
    /// <summary>Whether a column will be read.</summary>
    public bool Reads(RollupColumn column) => (Columns & (1 << (int)column)) != 0;
}
