using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The numbered files of blocks of one kind in the directory of a shard. One user at a time.</summary>
/// <param name="files">The file system.</param>
/// <param name="directory">Of the shard.</param>
/// <param name="quarantine">Takes what is damaged.</param>
/// <param name="shard">Which.</param>
/// <param name="kind">Of the blocks.</param>
/// <param name="pieces">Holds what is unpacked of compressed ones.</param>
internal sealed class BlockFiles(IFiles files, string directory, string quarantine, ShardId shard, BlockFileKind kind, PieceCache? pieces = null)
{
    private readonly Quarantine _quarantine = new(files, quarantine, shard.Value);
    private long _next = 1;

    /// <summary>Blocks that could not be opened and were put aside.</summary>
    public int Damaged { get; private set; }

    /// <summary>Opens all blocks; damaged ones are put aside.</summary>
    /// <param name="beforeLoss">Called before one is: no later start finds it.</param>
    /// <exception cref="LaterVersionException">A later version wrote one.</exception>
    public List<Block> OpenAll(Action beforeLoss)
    {
        var found = new List<Block>();
        foreach (string name in files.List(directory))
        {
            if (!kind.TryNumber(name, out long number))
            {
                continue;
            }

            _next = Math.Max(_next, number + 1);
            string path = Path.Combine(directory, name);
            try
            {
                found.Add(Open(path, number));
            }
            catch (CorruptDataException)
            {
                Damaged++;
                kind.Damaged.Add(1);
                beforeLoss();
                _quarantine.MoveAside(path);
            }
        }

        return found;
    }

    /// <summary>A number for a file that will be written; the directory is there from now on.</summary>
    /// <exception cref="IOException">It could not be made.</exception>
    public long TakeNumber()
    {
        files.CreateDirectory(directory);
        return _next++;
    }

    /// <summary>Writes a block and reads it back.</summary>
    /// <param name="number">Its own.</param>
    /// <param name="meta">What it says of itself.</param>
    /// <param name="isCompressed">Whether its chunks are compressed.</param>
    /// <param name="bytesMax">Bytes of it at most.</param>
    /// <param name="add">Adds the series; false where there is to be no block.</param>
    /// <returns>Null where there is to be none: no file is left.</returns>
    /// <exception cref="IOException">It could not be written or did not read back; whether a file is left is unknown.</exception>
    public Block? Write(long number, BlockMeta meta, bool isCompressed, long bytesMax, Func<BlockBuilder, bool> add)
    {
        string path = Path.Combine(directory, kind.NameOf(number));
        Block? block = null;
        try
        {
            AtomicFile.Write(files, path, file =>
            {
                var builder = new BlockBuilder(path, file, shard.Value, number, meta, isCompressed, bytesMax);
                if (!add(builder))
                {
                    throw new NothingToWriteException();
                }

                builder.End();
            });
            block = Open(path, number);
            block.Verify();
        }
        catch (NothingToWriteException)
        {
            return null;
        }
        catch (IOException)
        {
            block?.Dispose();
            AtomicFile.DeleteQuietly(files, path);
            throw;
        }

        kind.Written.Add(1);
        kind.Bytes.Add(block.Length);
        return block;
    }

    /// <summary>Names of the blocks that lie in the quarantine, as they are there.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    public IEnumerable<string> NamesSetAside() =>
        _quarantine.Names().Where(name => kind.TryNumber(name, out _)).Select(NameSetAside);

    /// <summary>The name that a file has in the quarantine once it is there.</summary>
    public string NameSetAside(string path) => Path.GetFileName(_quarantine.PathOf(Path.GetFileName(path)));

    /// <summary>Blocks that lie in the quarantine and had samples that no other block is known to have whole.</summary>
    /// <param name="replaced">Numbers of the blocks that others were made of.</param>
    /// <exception cref="IOException">They could not be listed.</exception>
    public List<MissingSamples> SetAside(IReadOnlySet<long> replaced)
    {
        var found = new List<MissingSamples>();
        foreach (string name in _quarantine.Names())
        {
            if (kind.TryNumber(name, out long number) && TimesSetAside(_quarantine.PathOf(name), number, replaced.Contains(number)) is { } block)
            {
                found.Add(block);
            }
        }

        return found;
    }

    /// <summary>Puts a file aside.</summary>
    public void MoveAside(string path) => _quarantine.MoveAside(path);

    // One that opens was put aside when a block was made of it without the frames that are damaged. One that does not was so, or was replaced
    // by a sound block before: then nothing of it is missing.
    private MissingSamples? TimesSetAside(string path, long number, bool isReplaced)
    {
        string name = Path.GetFileName(path);
        try
        {
            using Block block = Open(path, number);
            return new MissingSamples(name, block.MinTime, block.MaxTime);
        }
        catch (CorruptDataException)
        {
            return isReplaced ? null : TimesOfDamaged(path, name);
        }
        catch (LaterVersionException)
        {
            // Somebody has gone back to this version: nothing in the quarantine is needed for a start. The later one knew why it lies there.
            return new MissingSamples(name, long.MinValue, long.MaxValue);
        }
    }

    // The end of the file has a checksum of its own.
    private MissingSamples TimesOfDamaged(string path, string name)
    {
        try
        {
            using IMappedBytes bytes = files.Map(path);
            BlockTrailer trailer = BlockTrailer.Read(path, bytes.Bytes);
            return new MissingSamples(name, trailer.MinTime, trailer.MaxTime);
        }
        catch (CorruptDataException)
        {
            return new MissingSamples(name, long.MinValue, long.MaxValue);
        }
    }

    private Block Open(string path, long number)
    {
        Block block = Block.Open(files, path, shard.Value, number, pieces);
        if (block.Rollup is not null == kind.IsRollups)
        {
            return block;
        }

        block.Dispose();
        throw new CorruptDataException(path, 0, kind.Mistaken);
    }

    // Ends a file that would have been empty; it never gets its name.
    private sealed class NothingToWriteException : IOException;
}
