using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Pleiad.Storage;

/// <summary>A file mapped by the system: pages come when they are read and go when memory is short.</summary>
internal sealed unsafe class MappedFile : IMappedBytes
{
    private readonly MemoryMappedViewAccessor? _view;
    private readonly int _length;
    private byte* _start;

    /// <exception cref="CorruptDataException">It is larger than one span.</exception>
    public MappedFile(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Write | FileShare.Delete);
        try
        {
            long length = RandomAccess.GetLength(handle);
            if (length > int.MaxValue)
            {
                throw new CorruptDataException(path, 0, $"a file of {length} bytes is none of ours");
            }

            _length = (int)length;
            if (_length == 0)
            {
                return;
            }

            // The view keeps the mapping; the file may be closed, and deleted, meanwhile.
            using var file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        }
        finally
        {
            handle.Dispose();
        }
    }

    // Serves shards that were given up after a failure: their blocks are opened anew, and these are let go by the collector.
    ~MappedFile() => Release();

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes => _length == 0 ? [] : _start != null ? new ReadOnlySpan<byte>(_start, _length) : throw new ObjectDisposedException(nameof(MappedFile));

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        if (_start != null)
        {
            _start = null;
            _view!.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
    }
}
