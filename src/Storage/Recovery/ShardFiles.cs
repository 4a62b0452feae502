using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>
/// The files of one shard as a copy elsewhere needs them: each is written once and never changes, and a file that is gone was replaced. And the
/// other end: files that came from elsewhere, put in the place of those that are here.
/// </summary>
/// <remarks>Who has all files that were listed at one time, and found each of them whole, has the shard as it was saved then.</remarks>
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

    /// <summary>Names and lengths of the files there are, snapshots' heads last.</summary>
    /// <exception cref="IOException">One of them went while they were listed.</exception>
    public IReadOnlyList<(string Name, long Bytes)> List() => [.. Named(_path).Select(name =>
    {
        using IFile file = _files.OpenRead(Path.Combine(_path, name));
        return (name, file.Length);
    })];

    /// <summary>Reads a part of a file.</summary>
    /// <param name="name">As it was listed.</param>
    /// <param name="at">From where.</param>
    /// <param name="into">Takes it.</param>
    /// <returns>Bytes read: fewer than asked for only at the end.</returns>
    /// <exception cref="IOException">It is gone, or none of ours.</exception>
    public int Read(string name, long at, Span<byte> into)
    {
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
    public IFile CreateCopy(string name) => _files.Create(Path.Combine(CopyPath, Ours(name)));

    /// <summary>Puts the files that came from elsewhere in the place of those that are here. Nobody uses the shard meanwhile.</summary>
    /// <remarks>A stop in between leaves a shard without a snapshot, which is a shard that has nothing: it is copied again.</remarks>
    public void InstallCopy()
    {
        _files.FlushDirectory(CopyPath);
        _files.CreateDirectory(_path);
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
    }

    private IEnumerable<string> Named(string path) => _files.List(path).Where(IsOurs).OrderBy(IsHead).ThenBy(static name => name, StringComparer.Ordinal);

    private static bool IsHead(string name) => SnapshotFormat.TryHeadNumber(name, out _);

    private static bool IsOurs(string name) => IsHead(name) || SnapshotFormat.TryChunksNumber(name, out _) || BlockFormat.TryNumber(name, out _);

    private static string Ours(string name) => IsOurs(name) ? name : throw new IOException($"\"{name}\" is no file of a shard");
}
