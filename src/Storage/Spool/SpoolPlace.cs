namespace Pleiad.Storage;

/// <summary>Where a record of the spool is.</summary>
/// <param name="Entry">The record.</param>
/// <param name="Part">Its file.</param>
/// <param name="At">Where it begins in that.</param>
/// <param name="Length">Of its payload.</param>
internal readonly record struct SpoolPlace(SpoolEntry Entry, SpoolPart Part, long At, int Length);

/// <summary>A file of the spool.</summary>
internal sealed class SpoolPart(long number)
{
    /// <summary>In its name.</summary>
    public long Number => number;

    /// <summary>Of the file.</summary>
    public long Bytes { get; set; }

    /// <summary>Records of it that are in a chain.</summary>
    public int Live { get; set; }

    /// <summary>When the first of them was written, milliseconds since the epoch.</summary>
    public long FirstAt { get; set; } = long.MaxValue;

    /// <summary>Whether somebody is deleting it.</summary>
    public bool IsDying { get; set; }
}
