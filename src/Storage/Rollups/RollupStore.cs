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
    private readonly BlockFiles _blocks;

    /// <summary>The rollups in a directory; nothing is read yet.</summary>
    internal RollupStore(IFiles files, string directory, string quarantine, ShardId shard)
    {
        _files = files;
        _directory = directory;
        _blocks = new BlockFiles(files, directory, quarantine, shard, BlockFileKind.Rollups);
    }

    /// <summary>Blocks that could not be opened and were put aside.</summary>
    public int Damaged => _blocks.Damaged;

    /// <summary>
    /// Called before a block that cannot be opened is put aside, and before one is written without chunks that are damaged, of samples or of rollups: no later start would
    /// find the damage. What it throws leaves everything as it is.
    /// </summary>
    public Action BeforeLoss { get; set; } = static () => { };

    /// <summary>Bytes that a block may have.</summary>
    internal long BlockBytesMax { get; set; } = BlockFormat.BytesMax;

    /// <summary>Opens all blocks: damaged ones are put aside, those that later ones say anew deleted. Unfinished files are somebody else's to delete.</summary>
    /// <exception cref="LaterVersionException">A later version wrote one.</exception>
    internal RollupList Load()
    {
        List<Block> found = _blocks.OpenAll(BeforeLoss);
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
            // Should it stay, the next start finds it and deletes it.
            AtomicFile.DeleteQuietly(_files, block.Path);
        }

        return new RollupList(found.Except(hidden));
    }

    /// <summary>Damaged blocks in the quarantine.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    internal List<MissingSamples> SetAside() => _blocks.SetAside(new HashSet<long>());

    /// <summary>Names of all of them.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    internal IEnumerable<string> NamesSetAside() => _blocks.NamesSetAside();

    /// <summary>The name that a block has in the quarantine once it is there.</summary>
    internal string NameSetAside(Block block) => _blocks.NameSetAside(block.Path);

    /// <summary>Writes rollups and reads them back. On any thread but one at a time.</summary>
    /// <exception cref="IOException">They could not be written or did not read back; what there was before stays.</exception>
    public RollupWritten Write(RollupJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        long number = _blocks.TakeNumber();
        int lost = 0;
        try
        {
            // A block without a bucket is written too: it says that what it covers has been looked at.
            Block block = _blocks.Write(number, new BlockMeta([], job.View.Pin.Parts.Tombstones.LastNumber, job.Extent), isCompressed: false, BlockBytesMax, builder =>
            {
                using var writer = new RollupWriter(job);
                lost = writer.AddAll(builder);
                if (lost > 0)
                {
                    BeforeLoss();
                }

                return true;
            })!;
            return new RollupWritten(block, lost);
        }
        catch (BlockTooLargeException)
        {
            job.IsTooLarge = true;
            StorageMetrics.RollupsTooLarge.Add(1);
            throw;
        }
    }
}
