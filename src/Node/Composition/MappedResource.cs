using System.Buffers;
using System.Reflection;

namespace Pleiad.Node;

/// <summary>
/// A resource of an assembly where the runtime has mapped it: nothing is copied to the heap, and only what somebody reads is in memory at all. The assembly is never unloaded.
/// </summary>
internal sealed unsafe class MappedResource : MemoryManager<byte>
{
    private readonly byte* _bytes;
    private readonly int _length;

    private MappedResource(byte* bytes, int length)
    {
        _bytes = bytes;
        _length = length;
    }

    /// <summary>The bytes of a resource; a copy where the runtime has it elsewhere.</summary>
    /// <param name="assembly">That is never unloaded.</param>
    /// <param name="name">Of a resource it has.</param>
    public static ReadOnlyMemory<byte> Of(Assembly assembly, string name)
    {
        using Stream stream = assembly.GetManifestResourceStream(name)!;
        if (stream is UnmanagedMemoryStream mapped)
        {
            return new MappedResource(mapped.PositionPointer, checked((int)mapped.Length)).Memory;
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan() => new(_bytes, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(_bytes + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
