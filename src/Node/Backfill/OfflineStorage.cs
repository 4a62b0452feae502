using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Node;

/// <summary>The data directory of a node that does not run, opened by a command: locked, so that none starts on it meanwhile.</summary>
internal sealed class OfflineStorage : IDisposable
{
    private static readonly TimeSpan s_windowMax = TimeSpan.FromHours(54);

    private readonly DataDirectory _directory;

    private OfflineStorage(DataDirectory directory, RecoveredData data, NodeSettings settings)
    {
        _directory = directory;
        Data = data;
        Settings = settings;
        Map = new ShardMap(directory.ShardCount);
        long window = (long)settings.Storage.BlockRange.TotalMilliseconds;
        while (window * CompactionPlan.Factor <= (long)s_windowMax.TotalMilliseconds)
        {
            window *= CompactionPlan.Factor;
        }

        WindowMs = window;
    }

    /// <summary>What is in it.</summary>
    public RecoveredData Data { get; }

    /// <summary>Where series belong.</summary>
    public ShardMap Map { get; }

    /// <summary>With which it was opened.</summary>
    public NodeSettings Settings { get; }

    /// <summary>
    /// Time that a block of history covers, in milliseconds: a range that merging knows, so that it joins what else is there, long enough
    /// for few files and short enough for retention, which drops blocks whole.
    /// </summary>
    public long WindowMs { get; }

    /// <summary>Opens a directory.</summary>
    /// <param name="settings">Say where it lies.</param>
    /// <param name="isMade">Whether it is made where it is missing.</param>
    /// <param name="progress">Told how far the reading of the journal is.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="UsageException">It cannot be used.</exception>
    public static OfflineStorage Open(NodeSettings settings, bool isMade, ProgressLines progress, CancellationToken cancel)
    {
        if (settings.Cluster.Postgres.Length > 0)
        {
            throw OfCluster();
        }

        var files = new DiskFiles();
        DataDirectory? directory = null;
        try
        {
            int? shards = DataDirectory.ShardCountOf(files, settings.Storage.Path);
            if (shards is null && !isMade)
            {
                throw new UsageException($"there is no data directory at {settings.Storage.Path}");
            }

            directory = DataDirectory.Open(files, settings.Storage.Path, shards ?? settings.Storage.Shards);
            if (directory.IsOfCluster)
            {
                // No settings said so.
                throw OfCluster();
            }

            RecoveredData data = HeadRecovery.Run(
                directory,
                SettingsMap.Shard(settings),
                SettingsMap.Journal(settings, settings.Storage.RetentionBytesMax),
                found => progress.Note(() => $"reading the journal: {found.SegmentsRead} of {found.SegmentsTotal} segments"),
                cancel,
                TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            return new OfflineStorage(directory, data, settings);
        }
        catch (DataDirectoryException e)
        {
            directory?.Dispose();
            throw new UsageException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            directory?.Dispose();
            throw new UsageException($"cannot open the data directory {settings.Storage.Path}: {e.Message}", e);
        }
        catch
        {
            directory?.Dispose();
            throw;
        }
    }

    private static UsageException OfCluster() => new(
        "this node is one of a cluster: its copies of shards would no longer be those of the other nodes. Start a node by itself for the history, and let it be read from there");

    /// <summary>Where the window begins that a time lies in.</summary>
    public long WindowOf(long timeMs)
    {
        long rest = timeMs % WindowMs;
        return timeMs - (rest < 0 ? rest + WindowMs : rest);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Data.Log.Dispose();
        _directory.Dispose();
    }
}
