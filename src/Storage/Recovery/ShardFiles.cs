using System.Globalization;

namespace Pleiad.Storage;

/// <summary>
/// The files of one shard as a copy elsewhere needs them: each is written once and never changes, and a file that is gone was replaced. And the
/// other end: files that came from elsewhere, put in the place of those that are here.
/// </summary>
/// <remarks>
/// Who has all files that were listed at one time, and found each of them whole, has the shard as it was saved then. The file of tombstones is written
/// anew under its name with every deletion: it is listed under a name with its checksum, under which it is gone once it has changed.
/// </remarks>
public sealed class ShardFiles
{
    private readonly IFiles _files;
    private readonly string _path;

    internal ShardFiles(IFiles files, string path)
    {
        _files = files;
        _path = path;
    }

    private string CopyPath => _path + ".copy";

    private const string LacksName = "lacks";

    private static ReadOnlySpan<byte> LacksText =>
        "this copy lacks samples: files were damaged (found at a start, or as blocks or rollups were written), a record of the journal could not be read and was passed over, "u8
        + "or its files came from a copy that lacks samples; it asks others for theirs\n"u8;

    private string LacksPath => Path.Combine(_path, LacksName);

    /// <summary>
    /// Whether the shard lacks samples that other copies may have, and has got no files since of a copy that does not say the same. It does for files that were
    /// damaged, as was found when it was opened, or while it was open, when blocks were written anew or rollups made; for a record of the journal that could not be
    /// read and was passed over; or for files it got of a copy that lacks samples itself.
    /// </summary>
    /// <exception cref="IOException">It cannot be told.</exception>
    public bool Lacks => _files.Exists(LacksPath);

    /// <summary>Notes that it does: what is damaged is put aside or replaced, and what was passed over is not read again, so that no later start finds it.</summary>
    /// <exception cref="IOException">It could not be noted.</exception>
    public void NoteLacks()
    {
        _files.CreateDirectory(_path);
        AtomicFile.Write(_files, LacksPath, static file => file.Append(LacksText));
    }

    /// <summary>Whether what was listed is of a copy that lacks samples.</summary>
    public static bool SayLacks(IReadOnlyList<(string Name, long Bytes)> listed) => listed.Any(static file => file.Name == LacksName);

    /// <summary>
    /// Names and lengths of the files there are: the note that they lack samples first, then that of the tombstones, snapshots' heads last.
    /// </summary>
    /// <exception cref="IOException">One of them went or changed while they were listed.</exception>
    public IReadOnlyList<(string Name, long Bytes)> List()
    {
        var listed = new List<(string, long)>();
        if (Lacks)
        {
            using IFile note = _files.OpenRead(LacksPath);
            listed.Add((LacksName, note.Length));
        }

        (string Name, long Bytes)? tombstones = Tombstones();
        if (tombstones is { } deleted)
        {
            listed.Add(deleted);
        }

        foreach (string name in Named(_path).Where(static name => !IsTombstones(name)))
        {
            using IFile file = _files.OpenRead(Path.Combine(_path, name));
            listed.Add((name, file.Length));
        }

        // Blocks may need what is not in it any more, or not yet.
        return tombstones == Tombstones() ? listed : throw new IOException("samples of the shard were deleted while its files were listed");
    }

    /// <summary>Reads a part of a file.</summary>
    /// <param name="name">As it was listed.</param>
    /// <param name="at">From where.</param>
    /// <param name="into">Takes it.</param>
    /// <returns>Bytes read: fewer than asked for only at the end.</returns>
    /// <exception cref="IOException">It is gone, or none of ours.</exception>
    public int Read(string name, long at, Span<byte> into)
    {
        if (name.StartsWith(ListedTombstones, StringComparison.Ordinal))
        {
            byte[] all = AtomicFile.ReadAll(_files, Path.Combine(_path, TombstoneFormat.Name));
            ReadOnlySpan<byte> part = NameOf(all) == name ? all.AsSpan((int)Math.Min(at, all.Length)) : throw new IOException($"\"{name}\" was written anew");
            part = part[..Math.Min(part.Length, into.Length)];
            part.CopyTo(into);
            return part.Length;
        }

        using IFile file = _files.OpenRead(Path.Combine(_path, Ours(name)));
        return file.Read(at, into);
    }

    /// <summary>Begins to take files from elsewhere; what an attempt before has left is deleted.</summary>
    public void BeginCopy()
    {
        _files.CreateDirectory(CopyPath);
        foreach (string name in _files.List(CopyPath))
        {
            _files.Delete(Path.Combine(CopyPath, name));
        }
    }

    /// <summary>A file to be filled, flushed and closed by the caller.</summary>
    /// <param name="name">As it was listed elsewhere.</param>
    /// <exception cref="IOException">It cannot be made, or is none of ours.</exception>
    public IFile CreateCopy(string name) =>
        _files.Create(Path.Combine(CopyPath, name.StartsWith(ListedTombstones, StringComparison.Ordinal) ? TombstoneFormat.Name : Ours(name)));

    /// <summary>Puts the files that came from elsewhere in the place of those that are here. Nobody uses the shard meanwhile.</summary>
    /// <remarks>
    /// A stop in between leaves a shard without a snapshot, which is a shard that has nothing: it is copied again. What the other copy lacks this one lacks then.
    /// </remarks>
    public void InstallCopy()
    {
        _files.FlushDirectory(CopyPath);
        _files.CreateDirectory(_path);
        string noteOfCopy = Path.Combine(CopyPath, LacksName);
        bool copyLacks = _files.Exists(noteOfCopy);
        if (copyLacks && !Lacks)
        {
            NoteLacks();
        }

        foreach (string name in Named(_path).Reverse())
        {
            _files.Delete(Path.Combine(_path, name));
            if (IsHead(name))
            {
                _files.FlushDirectory(_path);
            }
        }

        foreach (string name in Named(CopyPath))
        {
            if (IsHead(name))
            {
                // What it needs is there.
                _files.FlushDirectory(_path);
            }

            _files.Rename(Path.Combine(CopyPath, name), Path.Combine(_path, name));
        }

        _files.FlushDirectory(_path);
        _files.FlushDirectory(CopyPath);
        if (copyLacks)
        {
            _files.Delete(noteOfCopy);
        }
        else if (Lacks)
        {
            _files.Delete(LacksPath);
            _files.FlushDirectory(_path);
        }
    }

    private const string ListedTombstones = TombstoneFormat.Name + "-";

    // Blocks are never there without the tombstones that say what is deleted of them, nor heads of snapshots without what they need.
    private IEnumerable<string> Named(string path) =>
        _files.List(path).Where(static name => IsOurs(name) || IsTombstones(name)).OrderByDescending(IsTombstones).ThenBy(IsHead).ThenBy(static name => name, StringComparer.Ordinal);

    private (string Name, long Bytes)? Tombstones()
    {
        string path = Path.Combine(_path, TombstoneFormat.Name);
        if (!_files.Exists(path))
        {
            return null;
        }

        byte[] all = AtomicFile.ReadAll(_files, path);
        return (NameOf(all), all.Length);
    }

    private static string NameOf(ReadOnlySpan<byte> tombstones) => string.Create(CultureInfo.InvariantCulture, $"{ListedTombstones}{Crc32C.Of(tombstones):x8}");

    private static bool IsTombstones(string name) => name == TombstoneFormat.Name;

    private static bool IsHead(string name) => SnapshotFormat.TryHeadNumber(name, out _);

    private static bool IsOurs(string name) => IsHead(name) || SnapshotFormat.TryChunksNumber(name, out _)
        || BlockFormat.TryNumber(name, out _) || BlockFormat.TryRollupNumber(name, out _);

    private static string Ours(string name) => IsOurs(name) || name == LacksName ? name : throw new IOException($"\"{name}\" is no file of a shard");
}
