using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>A damaged block of samples that lies in the quarantine: some of its samples, or all, are in no answer.</summary>
/// <param name="File">Its name there.</param>
/// <param name="MinTime">Of its oldest sample, in ms; <see cref="long.MinValue"/> where the file no longer says.</param>
/// <param name="MaxTime">Of its newest sample, in ms; <see cref="long.MaxValue"/> where the file no longer says.</param>
public sealed record BlockSetAside(string File, long MinTime, long MaxTime)
{
    /// <summary>Whether it may have had samples in a range.</summary>
    public bool Overlaps(TimeRange range) => range.Overlaps(MinTime, MaxTime);
}
