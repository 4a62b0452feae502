namespace Pleiad.Storage;

/// <summary>What of a column of integers is packed. The number is on disk; docs/formats/chunk.md.</summary>
internal enum IntegerForm : byte
{
    /// <summary>The distance from the smallest.</summary>
    Offset = 0,

    /// <summary>The step from the one before, less the smallest step.</summary>
    Step = 1,

    /// <summary>The step from the one before, zigzag: for columns that seldom change.</summary>
    SignedStep = 2,

    /// <summary>The change of the step, zigzag.</summary>
    SignedBend = 3,
}
