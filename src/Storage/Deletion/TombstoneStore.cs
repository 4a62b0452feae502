using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>The file of a shard's tombstones: written whole, under another name first. One user at a time.</summary>
public sealed class TombstoneStore
{
    private readonly IFiles _files;
    private readonly string _directory;
    private readonly string _path;
    private readonly Quarantine _quarantine;
    private readonly int _shard;

    /// <summary>The tombstones in a directory; nothing is read yet.</summary>
    internal TombstoneStore(IFiles files, string directory, string quarantine, ShardId shard)
    {
        _files = files;
        _directory = directory;
        _path = Path.Combine(directory, TombstoneFormat.Name);
        _quarantine = new Quarantine(files, quarantine, shard.Value);
        _shard = shard.Value;
    }

    /// <summary>Whether tombstones were lost to damage: what they deleted may be there again.</summary>
    public bool HasLosses { get; private set; }

    /// <summary>Makes these the shard's tombstones. When it returns, that is durable and has been read back.</summary>
    /// <exception cref="IOException">It could not be written; the next start finds these or those before.</exception>
    public void Write(TombstoneList tombstones)
    {
        var bytes = new ByteWriter();
        TombstoneFormat.Write(bytes, _shard, tombstones);
        _files.CreateDirectory(_directory);
        AtomicFile.Write(_files, _path, file => file.Append(bytes.Written));
        if (!AtomicFile.ReadAll(_files, _path).AsSpan().SequenceEqual(bytes.Written))
        {
            throw new CorruptDataException(_path, 0, "the file does not read back as it was written");
        }
    }

    /// <summary>Reads the tombstones. A damaged file is put aside and written anew with what is sound in it.</summary>
    /// <exception cref="LaterVersionException">A later version wrote it.</exception>
    internal TombstoneList Load()
    {
        if (!_files.Exists(_path))
        {
            return TombstoneList.Empty;
        }

        TombstoneList found = TombstoneFormat.Read(_path, AtomicFile.ReadAll(_files, _path), _shard, out bool isSound, out bool isWhole);
        if (!isSound)
        {
            HasLosses = !isWhole;
            StorageMetrics.TombstoneFilesDamaged.Add(1);
            _quarantine.CopyAside(_path);
            Write(found);
        }

        return found;
    }
}
