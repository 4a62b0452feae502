namespace Pleiad.Storage;

/// <summary>The file system as storage needs it: a port, so that tests can make any call fail, tear or be forgotten.</summary>
/// <remarks>Paths are the caller's; failures are <see cref="IOException"/>, a full disk <see cref="DiskFullException"/>.</remarks>
public interface IFiles
{
    /// <summary>Whether a file of this name is there.</summary>
    bool Exists(string path);

    /// <summary>Makes a directory that only its owner may enter (mode 0700), and those above it; nothing where it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (without directory) of the files in a directory, sorted ordinally; empty where it is not there.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Makes a new, empty file open for appending; one that is there is replaced.</summary>
    IFile Create(string path);

    /// <summary>Opens a file for reading.</summary>
    IFile OpenRead(string path);

    /// <summary>Opens a file for reading, truncating and appending.</summary>
    IFile OpenWrite(string path);

    /// <summary>Gives a file another name, replacing what has it.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; nothing where it is not there.</summary>
    void Delete(string path);

    /// <summary>Makes names created, renamed and deleted in a directory durable.</summary>
    void FlushDirectory(string path);

    /// <summary>Maps a file that does not change any more into memory, for reading.</summary>
    IMappedBytes Map(string path);

    /// <summary>Takes an exclusive lock by a lock file; held until disposed or the process ends.</summary>
    /// <exception cref="IOException">Somebody else holds it.</exception>
    IDisposable Lock(string path);
}

/// <summary>An open file. One user at a time for writing; reads may run beside each other.</summary>
public interface IFile : IDisposable
{
    /// <summary>Bytes in it.</summary>
    long Length { get; }

    /// <summary>Adds bytes at the end. After a failure any part of them may be there.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Reads from a position; fewer bytes only at the end of the file.</summary>
    int Read(long at, Span<byte> into);

    /// <summary>Cuts the file to a length.</summary>
    void Truncate(long length);

    /// <summary>Returns when what was appended is on the device. After a failure nothing is known about it, and it must not be tried again.</summary>
    void Flush();
}

/// <summary>The bytes of a file in memory. Whoever disposes it must know that nobody reads them any more.</summary>
public interface IMappedBytes : IDisposable
{
    /// <summary>All of them.</summary>
    ReadOnlySpan<byte> Bytes { get; }
}

/// <summary>There is no space left on the device, or the quota is used up.</summary>
public sealed class DiskFullException(string path, Exception? cause = null)
    : IOException($"no space left on the device that holds {path}", cause);
