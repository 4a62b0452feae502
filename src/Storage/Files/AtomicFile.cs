namespace Pleiad.Storage;

/// <summary>Files that are there whole or not at all: written under another name, flushed, renamed, the directory flushed.</summary>
internal static class AtomicFile
{
    /// <summary>What unfinished files end with; whoever finds one after a start deletes it.</summary>
    public const string TemporarySuffix = ".tmp";

    /// <summary>Writes a file.</summary>
    /// <param name="files">Where.</param>
    /// <param name="path">Its name when it is whole.</param>
    /// <param name="write">Appends the content.</param>
    /// <exception cref="IOException">It could not be written; the name is as it was before.</exception>
    public static void Write(IFiles files, string path, Action<IFile> write)
    {
        string temporary = path + TemporarySuffix;
        try
        {
            using (IFile file = files.Create(temporary))
            {
                write(file);
                file.Flush();
            }

            files.Rename(temporary, path);
        }
        catch (IOException)
        {
            DeleteQuietly(files, temporary);
            throw;
        }

        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Deletes unfinished files.</summary>
    public static void DeleteUnfinished(IFiles files, string directory)
    {
        foreach (string name in files.List(directory))
        {
            if (name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            {
                files.Delete(Path.Combine(directory, name));
            }
        }
    }

    /// <summary>Reads all of a file.</summary>
    /// <exception cref="CorruptDataException">It is larger than a file of ours can be.</exception>
    public static byte[] ReadAll(IFiles files, string path)
    {
        using IFile file = files.OpenRead(path);
        if (file.Length > Array.MaxLength)
        {
            throw new CorruptDataException(path, 0, $"a file of {file.Length} bytes is none of ours");
        }

        var bytes = new byte[file.Length];
        int read = file.Read(0, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>Deletes what a failure left, as far as that goes.</summary>
    public static void DeleteQuietly(IFiles files, string path)
    {
        try
        {
            files.Delete(path);
        }
        catch (IOException)
        {
            // The first failure is the one to report; whoever finds the file later deals with it.
        }
    }
}
