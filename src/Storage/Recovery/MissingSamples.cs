using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>Samples that are in no answer because what held them was damaged: a block, a file of a snapshot, records of the journal.</summary>
/// <param name="File">What stands for them in the quarantine; as long as it lies there, they are missed.</param>
/// <param name="MinTime">Of the oldest, in ms; <see cref="long.MinValue"/> where nobody knows.</param>
/// <param name="MaxTime">Of the newest, in ms; <see cref="long.MaxValue"/> where nobody knows.</param>
public sealed record MissingSamples(string File, long MinTime, long MaxTime)
{
    /// <summary>Whether there may have been some in a range.</summary>
    public bool Overlaps(TimeRange range) => range.Overlaps(MinTime, MaxTime);
}
