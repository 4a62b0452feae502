using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Pleiad.Gateway;

/// <summary>The body of a request in a pooled buffer, which grows with what arrives, not with what is promised.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int BytesAtFirst = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BytesAtFirst);
    private int _length;

    private PooledBody()
    {
    }

    /// <summary>The body.</summary>
    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, _length);

    /// <summary>Reads it.</summary>
    /// <returns>Null where it is larger than allowed.</returns>
    public static async Task<PooledBody?> ReadAsync(GatewayCall call, int bytesMax)
    {
        // The server's own limit is that of forms; this one is counted below.
        if (call.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }

        if (call.Http.Request.ContentLength > bytesMax)
        {
            return null;
        }

        var body = new PooledBody();
        try
        {
            while (true)
            {
                int read = await call.Http.Request.Body.ReadAsync(body._buffer.AsMemory(body._length), call.Cancel).ConfigureAwait(false);
                if (read == 0)
                {
                    return body;
                }

                body._length += read;
                if (body._length > bytesMax)
                {
                    body.Dispose();
                    return null;
                }

                body.GrowIfFull();
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            (_buffer, _length) = ([], 0);
        }
    }

    private void GrowIfFull()
    {
        if (_length == _buffer.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(_length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
