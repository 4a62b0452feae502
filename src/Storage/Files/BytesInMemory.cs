namespace Pleiad.Storage;

/// <summary>The bytes of a file that is not to be mapped because it may still change.</summary>
internal sealed class BytesInMemory(byte[] bytes) : IMappedBytes
{
    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes => bytes;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
