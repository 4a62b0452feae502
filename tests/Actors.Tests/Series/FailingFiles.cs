using Pleiad.Storage;

namespace Pleiad.Actors.Tests;

/// <summary>The disk, which is full or broken when the test says so.</summary>
internal sealed class FailingFiles : IFiles
{
    private readonly DiskFiles _disk = new();

    /// <summary>Whether appends find no space.</summary>
    public bool IsFull { get; set; }

    /// <summary>Whether flushes fail.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Which files cannot be read just now.</summary>
    public Predicate<string> CannotRead { get; set; } = static _ => false;

    /// <summary>Called with the path before a file is made.</summary>
    public Action<string>? OnCreate { get; set; }

    public bool Exists(string path) => _disk.Exists(path);

    public void CreateDirectory(string path) => _disk.CreateDirectory(path);

    public IReadOnlyList<string> List(string directory) => _disk.List(directory);

    public IFile Create(string path)
    {
        OnCreate?.Invoke(path);
        return new Handle(this, path, _disk.Create(path));
    }

    public IFile OpenRead(string path) => CannotRead(path) ? throw new IOException("the device does not answer") : _disk.OpenRead(path);

    public IFile OpenWrite(string path) => new Handle(this, path, _disk.OpenWrite(path));

    public void Rename(string from, string to) => _disk.Rename(from, to);

    public void Delete(string path) => _disk.Delete(path);

    public void FlushDirectory(string path) => _disk.FlushDirectory(path);

    public IMappedBytes Map(string path) => _disk.Map(path);

    public IDisposable Lock(string path) => _disk.Lock(path);

    private sealed class Handle(FailingFiles files, string path, IFile file) : IFile
    {
        public long Length => file.Length;

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (files.IsFull)
            {
                throw new DiskFullException(path);
            }

            file.Append(bytes);
        }

        public int Read(long at, Span<byte> into) => file.Read(at, into);

        public void Truncate(long length) => file.Truncate(length);

        public void Flush()
        {
            if (files.IsBroken)
            {
                throw new IOException("the device does not answer");
            }

            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
