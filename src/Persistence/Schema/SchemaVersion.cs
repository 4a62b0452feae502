using Pleiad.Kernel;

namespace Pleiad.Persistence;

/// <summary>The version of the tables, and what a program of one version does with tables of another.</summary>
/// <remarks>
/// A program writes tables of its own version and lives with those of the next one: nodes are replaced one by one, and the first new
/// one migrates. Hence a migration may only add what the program before it can do without. docs/formats/cluster-store.md.
/// </remarks>
internal static class SchemaVersion
{
    /// <summary>What this program makes.</summary>
    public const int Current = 1;

    /// <summary>What is to be done with tables that are there.</summary>
    /// <param name="found">Their version; 0 when there are none.</param>
    /// <param name="current">Of the program.</param>
    /// <returns>The first migration to run; beyond <paramref name="current"/> when none.</returns>
    /// <exception cref="ClusterStoreException">They are too new.</exception>
    public static int FirstMigration(int found, int current)
    {
        if (found > current + 1)
        {
            throw new ClusterStoreException(
                $"the tables of the cluster have version {found}; this program knows {current} and can work with {current + 1}. Start a newer one.");
        }

        return found + 1;
    }
}
