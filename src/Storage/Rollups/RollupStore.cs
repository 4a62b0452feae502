using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The files of the rollups of one shard. One user at a time.</summary>
/// <remarks>
/// A block is there when its file has its name: it was flushed, renamed and read back before. One with a larger number says anew what it covers,
/// so a file that a stop leaves behind, finished or replaced, does no harm.
/// </remarks>
public sealed class RollupStore
{
    private readonly IFiles _files;
    private readonly string _directory;
    private readonly Quarantine _quarantine;
    private readonly int _shard;
    private long _next = 1;

    /// <summary>The rollups in a directory; nothing is read yet.</summary>
    internal RollupStore(IFiles files, string directory, string quarantine, ShardId shard)
    {
        _files = files;
        _directory = directory;
        _quarantine = new Quarantine(files, quarantine, shard.Value);
        _shard = shard.Value;
    }

    /// <summary>Blocks that could not be opened and were put aside.</summary>
    public int Damaged { get; private set; }

    /// <summary>Bytes that a block may have.</summary>
    internal long BlockBytesMax { get; set; } = BlockFormat.BytesMax;

    /// <summary>Opens all blocks: damaged ones are put aside, those that later ones say anew deleted. Unfinished files are somebody else's to delete.</summary>
    /// <exception cref="LaterVersionException">A later version wrote one.</exception>
    internal RollupList Load()
    {
        var found = new List<Block>();
        foreach (string name in _files.List(_directory))
        {
            if (!BlockFormat.TryRollupNumber(name, out long number))
            {
                continue;
            }

            _next = Math.Max(_next, number + 1);
            string path = Path.Combine(_directory, name);
            try
            {
                found.Add(Open(path, number));
            }
            catch (CorruptDataException)
            {
                Damaged++;
                StorageMetrics.RollupsDamaged.Add(1);
                _quarantine.MoveAside(path);
            }
        }

        var list = new RollupList(found);
        if (list.Hidden() is not { Count: > 0 } hidden)
        {
            return list;
        }

        // What takes their place is durable before they go.
        _files.FlushDirectory(_directory);
        foreach (Block block in hidden)
        {
            block.Dispose();
            DeleteQuietly(block.Path);
        }

        return new RollupList(found.Except(hidden));
    }

    /// <summary>Writes rollups and reads them back. On any thread but one at a time.</summary>
    /// <exception cref="IOException">They could not be written or did not read back; what there was before stays.</exception>
    public RollupWritten Write(RollupJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        _files.CreateDirectory(_directory);
        long number = _next++;
        string path = Path.Combine(_directory, BlockFormat.NameOfRollup(number));
        int lost = 0;
        Block? block = null;
        try
        {
            AtomicFile.Write(_files, path, file =>
            {
                var builder = new BlockBuilder(path, file, _shard, number, new BlockMeta([], job.View.Pin.Parts.Tombstones.LastNumber, job.Extent), BlockBytesMax);
                using var writer = new RollupWriter(job);
                lost = writer.AddAll(builder);
                builder.End();
            });
            block = Open(path, number);
            block.Verify();
        }
        catch (IOException e)
        {
            block?.Dispose();
            DeleteQuietly(path);
            if (e is BlockTooLargeException)
            {
                job.IsTooLarge = true;
                StorageMetrics.RollupsTooLarge.Add(1);
            }

            throw;
        }

        StorageMetrics.RollupsWritten.Add(1);
        StorageMetrics.RollupBytes.Add(block.Length);
        return new RollupWritten(block, lost);
    }

    private Block Open(string path, long number)
    {
        Block block = Block.Open(_files, path, _shard, number);
        if (block.Rollup is not null)
        {
            return block;
        }

        block.Dispose();
        throw new CorruptDataException(path, 0, "a block of samples has the name of one of rollups");
    }

    private void DeleteQuietly(string path)
    {
        try
        {
            _files.Delete(path);
        }
        catch (IOException)
        {
            // The next start finds it and deletes it, or reads it: what it says is true, and what is written later counts more.
        }
    }
}
