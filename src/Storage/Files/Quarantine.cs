using System.Globalization;

namespace Pleiad.Storage;

/// <summary>Where damaged files of a shard are kept for whoever wants to look: out of the way, never deleted.</summary>
/// <param name="files">Where they lie.</param>
/// <param name="directory">What they are moved into; made when it is first needed.</param>
/// <param name="shard">Whose files they are: it goes into their names, since all shards share the directory.</param>
internal sealed class Quarantine(IFiles files, string directory, int shard)
{
    private string Prefix => PrefixOf(shard);

    /// <summary>What the names of the files of a shard begin with there.</summary>
    public static string PrefixOf(int shard) => string.Create(CultureInfo.InvariantCulture, $"shard-{shard:D4}-");

    /// <summary>The names that files of this shard had before, of those that lie there.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    public IEnumerable<string> Names() =>
        files.List(directory).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]);

    /// <summary>Where a file lies, or would lie, that had a name.</summary>
    public string PathOf(string name) => Path.Combine(directory, Prefix + name);

    /// <summary>Moves a file aside; when it returns, that is durable.</summary>
    /// <exception cref="IOException">It could not be moved.</exception>
    public void MoveAside(string path)
    {
        files.CreateDirectory(directory);
        files.Rename(path, PathOf(Path.GetFileName(path)));
        files.FlushDirectory(directory);
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Copies a file aside that is about to be replaced by what is sound in it.</summary>
    /// <exception cref="IOException">It could not be copied.</exception>
    public void CopyAside(string path)
    {
        files.CreateDirectory(directory);
        byte[] bytes = AtomicFile.ReadAll(files, path);
        AtomicFile.Write(files, PathOf(Path.GetFileName(path)), file => file.Append(bytes));
    }

    /// <summary>Leaves an empty file for one that is missing altogether: what is known of it is known again after a start.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Mark(string name)
    {
        files.CreateDirectory(directory);
        AtomicFile.Write(files, PathOf(name), static _ => { });
    }
}
