using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pleiad.Storage;

/// <summary>The real file system.</summary>
public sealed partial class DiskFiles : IFiles
{
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int Interrupted = 4;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <inheritdoc/>
    public bool Exists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, OwnerOnly);
            }
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            throw new DiskFullException(path, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(path, e);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return [];
        }

        string[] names;
        try
        {
            names = Directory.GetFiles(directory);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(directory, e);
        }

        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Path.GetFileName(names[i]);
        }

        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public IFile Create(string path) => Open(path, FileMode.Create, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public IFile OpenRead(string path) => Open(path, FileMode.Open, FileAccess.Read);

    /// <inheritdoc/>
    public IFile OpenWrite(string path) => Open(path, FileMode.Open, FileAccess.ReadWrite);

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        try
        {
            File.Move(from, to, overwrite: true);
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            throw new DiskFullException(to, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(to, e);
        }
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(path, e);
        }
    }

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // The class library opens no directories, so this goes to the C library.
        int handle = OpenDirectory(path, 0);
        if (handle < 0)
        {
            throw new IOException($"cannot open directory {path}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }

        try
        {
            if (SyncDirectory(handle) != 0)
            {
                throw new IOException($"cannot flush directory {path}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
            }
        }
        finally
        {
            _ = CloseDirectory(handle);
        }
    }

    /// <inheritdoc/>
    public IMappedBytes Map(string path)
    {
        try
        {
            return new MappedFile(path);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(path, e);
        }
    }

    /// <inheritdoc/>
    public IDisposable Lock(string path) => new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    // The class library has this beside IOException, and so it would pass every place that expects a file system to fail.
    private static IOException Denied(string path, UnauthorizedAccessException e) => new($"no permission for {path}", e);

    private static bool IsDiskFull(IOException e) => e.HResult is NoSpace or QuotaExceeded or WindowsDiskFull;

    private static DiskFile Open(string path, FileMode mode, FileAccess access)
    {
        try
        {
            return new DiskFile(path, File.OpenHandle(path, mode, access, FileShare.Read | FileShare.Write | FileShare.Delete));
        }
        catch (IOException e) when (IsDiskFull(e))
        {
            throw new DiskFullException(path, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(path, e);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDirectory(int handle);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseDirectory(int handle);

    private sealed class DiskFile(string path, SafeFileHandle handle) : IFile
    {
        private long _length = RandomAccess.GetLength(handle);

        public long Length => _length;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, _length);
                _length += bytes.Length;
            }
            catch (IOException e) when (IsDiskFull(e))
            {
                _length = RandomAccess.GetLength(handle);
                throw new DiskFullException(path, e);
            }
        }

        public int Read(long at, Span<byte> into)
        {
            int read = 0;
            while (read < into.Length)
            {
                int more = RandomAccess.Read(handle, into[read..], at + read);
                if (more == 0)
                {
                    break;
                }

                read += more;
            }

            return read;
        }

        public void Truncate(long length)
        {
            RandomAccess.SetLength(handle, length);
            _length = length;
        }

        public void Flush()
        {
            if (OperatingSystem.IsWindows())
            {
                RandomAccess.FlushToDisk(handle);
                return;
            }

            // The class library keeps it to itself when the device fails.
            while (SyncFile(handle) != 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != Interrupted)
                {
                    var failure = new IOException($"cannot flush {path}: {Marshal.GetLastPInvokeErrorMessage()}", error);
                    throw IsDiskFull(failure) ? new DiskFullException(path, failure) : failure;
                }
            }
        }

        public void Dispose() => handle.Dispose();
    }
}
