using System.Diagnostics.Metrics;

namespace Pleiad.Storage;

/// <summary>What the files of blocks of one kind are called, and where they are counted.</summary>
/// <param name="IsRollups">Of rollups; else of samples.</param>
/// <param name="Damaged">Counts those that could not be opened.</param>
/// <param name="Written">Counts those that were written and read back.</param>
/// <param name="Bytes">Counts their bytes.</param>
internal sealed record BlockFileKind(bool IsRollups, Counter<long> Damaged, Counter<long> Written, Counter<long> Bytes)
{
    /// <summary>Blocks of samples.</summary>
    public static readonly BlockFileKind Samples = new(false, StorageMetrics.BlocksDamaged, StorageMetrics.BlocksWritten, StorageMetrics.BlockBytes);

    /// <summary>Blocks of rollups.</summary>
    public static readonly BlockFileKind Rollups = new(true, StorageMetrics.RollupsDamaged, StorageMetrics.RollupsWritten, StorageMetrics.RollupBytes);

    /// <summary>The name of one.</summary>
    public string NameOf(long number) => IsRollups ? BlockFormat.NameOfRollup(number) : BlockFormat.NameOf(number);

    /// <summary>The number in the name of one.</summary>
    public bool TryNumber(string name, out long number) =>
        IsRollups ? BlockFormat.TryRollupNumber(name, out number) : BlockFormat.TryNumber(name, out number);

    /// <summary>What is wrong with a file of this kind's name that is of the other.</summary>
    public string Mistaken => IsRollups ? "a block of samples has the name of one of rollups" : "a block of rollups has the name of one of samples";
}
