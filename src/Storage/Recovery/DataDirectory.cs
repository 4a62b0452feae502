using System.Globalization;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The data directory cannot be used; the message says why and what to do.</summary>
public sealed class DataDirectoryException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>
/// A directory of ours: locked against a second process, with a file that says which format and how many shards it was made for.
/// </summary>
/// <remarks>
/// <code>
/// LOCK              held while a process uses the directory
/// pleiad.meta       format and number of shards
/// log/              segments of the log
/// shards/0007/      snapshots, blocks, rollups and tombstones of shard 7
/// quarantine/       damaged bytes, kept for whoever wants to look
/// spool/            records acknowledged while the store of the cluster was away
/// resubmit/         samples that are to be written to the cluster's journal again
/// remote-write.json how far each destination of remote write has everything
/// cluster           there where the node that used it last was one of a cluster: its shards are copies of those of others
/// snapshots/        copies of blocks that an operator asked for, each a directory like this one
/// </code>
/// </remarks>
public sealed class DataDirectory : IDisposable
{
    /// <summary>Shards of a new directory that is not told otherwise.</summary>
    public const int ShardCountDefault = 16;

    private const int FormatVersion = 1;
    private const string MetaName = "pleiad.meta";
    private const string LockName = "LOCK";
    private const string ClusterName = "cluster";
    private readonly IDisposable _lock;

    private DataDirectory(IFiles files, string path, int shardCount, IDisposable held)
    {
        Files = files;
        Root = path;
        ShardCount = shardCount;
        _lock = held;
    }

    /// <summary>Where it lies.</summary>
    public string Root { get; }

    /// <summary>How many shards it was made for.</summary>
    public int ShardCount { get; }

    /// <summary>The segments.</summary>
    public string LogPath => Path.Combine(Root, "log");

    /// <summary>Keeps a record of a journal that cannot be read, for whoever wants to look.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void PutAsideRecord(ShardId shard, long seq, ReadOnlyMemory<byte> payload)
    {
        Files.CreateDirectory(QuarantinePath);
        AtomicFile.Write(
            Files, Path.Combine(QuarantinePath, string.Create(CultureInfo.InvariantCulture, $"shard-{shard.Value:D4}-{seq:D12}.record")), file => file.Append(payload.Span));
        StorageMetrics.Quarantined.Add(1);
    }

    /// <summary>Damaged bytes.</summary>
    public string QuarantinePath => Path.Combine(Root, "quarantine");

    /// <summary>What is unpacked of compressed blocks.</summary>
    public PieceCache Pieces { get; } = new();

    /// <summary>A block of samples that lie further apart than this, in ms, is compressed.</summary>
    internal long HotSpanMs { get; set; } = BlockFormat.HotSpanMs;

    internal IFiles Files { get; }

    /// <summary>Opens a directory, making it where it is not there.</summary>
    /// <param name="files">The file system.</param>
    /// <param name="path">Of the directory.</param>
    /// <param name="shardCount">A power of two; must be what the directory was made with.</param>
    /// <exception cref="DataDirectoryException">It cannot be written, somebody else uses it, or it was made for another number of shards or by a later version.</exception>
    public static DataDirectory Open(IFiles files, string path, int shardCount)
    {
        _ = new ShardMap(shardCount);
        IDisposable held = Hold(files, path);
        try
        {
            string meta = Path.Combine(path, MetaName);
            AtomicFile.DeleteUnfinished(files, path);
            if (files.Exists(meta))
            {
                (int format, int shards) = Words(Encoding.UTF8.GetString(AtomicFile.ReadAll(files, meta)));
                CheckMeta(path, format, shards, shardCount);

                // A stop may have come between its making and this.
                files.FlushDirectory(path);
            }
            else
            {
                RefuseOrphans(files, path);
                WriteMeta(files, path, shardCount);
            }

            return new DataDirectory(files, path, shardCount, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held.Dispose();
            throw e as DataDirectoryException ?? new DataDirectoryException($"cannot use the data directory {path}: {e.Message}", e);
        }
    }

    /// <summary>How many shards the directory at a path was made for; null where there is none.</summary>
    /// <exception cref="DataDirectoryException">It cannot be read or is damaged.</exception>
    public static int? ShardCountOf(IFiles files, string path)
    {
        string meta = Path.Combine(path, MetaName);
        if (!files.Exists(meta))
        {
            return null;
        }

        try
        {
            (int format, int shards) = Words(Encoding.UTF8.GetString(AtomicFile.ReadAll(files, meta)));
            CheckMeta(path, format, shards, shards);
            return shards;
        }
        catch (IOException e) when (e is not DataDirectoryException)
        {
            throw new DataDirectoryException($"cannot read {meta}: {e.Message}", e);
        }
    }

    /// <summary>Where the snapshots of a shard lie.</summary>
    public string ShardPath(ShardId shard) => PathOf(Root, shard);

    /// <summary>The files of a shard, for copies of it.</summary>
    public ShardFiles FilesOf(ShardId shard) => new(Files, ShardPath(shard));

    /// <summary>The snapshots of a shard.</summary>
    public SnapshotStore SnapshotsOf(ShardId shard) => new(Files, ShardPath(shard), QuarantinePath, shard);

    /// <summary>The blocks of a shard.</summary>
    public BlockStore BlocksOf(ShardId shard) => new(Files, ShardPath(shard), QuarantinePath, shard, Pieces) { HotSpanMs = HotSpanMs };

    /// <summary>The exemplars of a shard.</summary>
    public ExemplarStore ExemplarsOf(ShardId shard) => new(Files, ShardPath(shard), QuarantinePath, shard);

    /// <summary>Copies the blocks that views see into a directory of their own, below <c>snapshots</c>: a node can be started on it.</summary>
    /// <param name="name">Of the copy.</param>
    /// <param name="views">One of each shard.</param>
    /// <param name="cancel">Gives up between two blocks.</param>
    /// <exception cref="IOException">It could not be written; without its <c>pleiad.meta</c>, which comes last, no node starts on it.</exception>
    public void CopyTo(string name, IReadOnlyList<ShardView> views, CancellationToken cancel)
    {
        string path = Path.Combine(Root, "snapshots", name);
        foreach (ShardView view in views)
        {
            string shard = PathOf(path, view.Shard);
            foreach (Block block in view.Pin.Blocks.Blocks.Concat(view.Pin.Parts.Rollups.Blocks))
            {
                cancel.ThrowIfCancellationRequested();
                Files.CreateDirectory(shard);
                AtomicFile.Write(Files, Path.Combine(shard, Path.GetFileName(block.Path)), block.CopyTo);
            }

            if (view.Pin.Parts.Tombstones.Count > 0)
            {
                new TombstoneStore(Files, shard, QuarantinePath, view.Shard).Write(view.Pin.Parts.Tombstones);
            }
        }

        Files.CreateDirectory(path);
        WriteMeta(Files, path, ShardCount);
    }

    /// <summary>Whether the node that used the directory last was one of a cluster.</summary>
    public bool IsOfCluster => Files.Exists(Path.Combine(Root, ClusterName));

    /// <summary>Notes whether the node that uses the directory is one of a cluster.</summary>
    /// <exception cref="IOException">It could not be noted.</exception>
    public void NoteCluster(bool isOfCluster)
    {
        if (isOfCluster && !IsOfCluster)
        {
            WriteNote(ClusterName, "the shards here are copies of those of other nodes\n"u8.ToArray());
        }
        else if (!isOfCluster && IsOfCluster)
        {
            Files.Delete(Path.Combine(Root, ClusterName));
            Files.FlushDirectory(Root);
        }
    }

    /// <summary>A small file beside the data; null where there is none.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public byte[]? ReadNote(string name)
    {
        string path = Path.Combine(Root, name);
        return Files.Exists(path) ? AtomicFile.ReadAll(Files, path) : null;
    }

    /// <summary>Writes a small file beside the data, whole or not at all.</summary>
    /// <exception cref="IOException">It could not be written; it is as it was before.</exception>
    public void WriteNote(string name, ReadOnlyMemory<byte> bytes) =>
        AtomicFile.Write(Files, Path.Combine(Root, name), file => file.Append(bytes.Span));

    /// <summary>Lets the directory go.</summary>
    public void Dispose() => _lock.Dispose();

    private static string PathOf(string root, ShardId shard) => Path.Combine(root, "shards", shard.Value.ToString("D4", CultureInfo.InvariantCulture));

    private static void WriteMeta(IFiles files, string path, int shardCount)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"format {FormatVersion}\nshards {shardCount}\n");
        AtomicFile.Write(files, Path.Combine(path, MetaName), file => file.Append(Encoding.UTF8.GetBytes(text)));
    }

    private static IDisposable Hold(IFiles files, string path)
    {
        try
        {
            files.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataDirectoryException($"cannot make the data directory {path}: {e.Message}", e);
        }

        try
        {
            return files.Lock(Path.Combine(path, LockName));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataDirectoryException($"cannot write to the data directory {path}: it must belong to the user this process runs as", e);
        }
        catch (DiskFullException e)
        {
            throw new DataDirectoryException($"cannot write to the data directory {path}: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new DataDirectoryException(
                e.HResult == ReadOnlyFileSystem
                    ? $"cannot write to the data directory {path}: the file system is read-only"
                    : $"cannot lock the data directory {path}: another process uses it ({e.Message})",
                e);
        }
    }

    private const int ReadOnlyFileSystem = 30;

    private static (int Format, int Shards) Words(string text)
    {
        int format = 0;
        int shards = 0;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            if (words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                format = words[0] == "format" ? number : format;
                shards = words[0] == "shards" ? number : shards;
            }
        }

        return (format, shards);
    }

    private static void CheckMeta(string path, int format, int shards, int shardCount)
    {
        if (format == 0 || shards == 0)
        {
            throw new DataDirectoryException($"{Path.Combine(path, MetaName)} is damaged: it should say \"format {FormatVersion}\" and \"shards N\"");
        }

        if (format > FormatVersion)
        {
            throw new DataDirectoryException($"the data directory {path} has format {format}; this program reads up to {FormatVersion}");
        }

        if (shards != shardCount)
        {
            throw new DataDirectoryException(
                $"the data directory {path} was made for {shards} shards, the configuration says {shardCount}: "
                + $"the number is fixed when the directory is made; say {shards} again, or start with an empty directory");
        }
    }

    private static void RefuseOrphans(IFiles files, string path)
    {
        if (files.List(Path.Combine(path, "log")).Count > 0)
        {
            throw new DataDirectoryException(
                $"the data directory {path} has a log but no {MetaName}: put the file back (\"format 1\", \"shards N\"), or start with an empty directory");
        }
    }
}
