using Microsoft.AspNetCore.Http;

namespace Pleiad.Gateway;

/// <summary>
/// The body of one answer, compressed where the client wants that. Nothing is sent before the first write, so that until then an
/// error can still take its place; a body that was written in one piece has a length, every other is chunked.
/// </summary>
internal sealed class ResponseBody(HttpContext http) : IAsyncDisposable
{
    // A body that fits one packet gains nothing from compression.
    private const int CompressFrom = 1024;

    private Stream? _coder;
    private bool _started;

    /// <summary>Sends a piece; more will follow.</summary>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        if (!_started)
        {
            Start(int.MaxValue);
        }

        if (_coder is null)
        {
            await http.Response.BodyWriter.WriteAsync(piece, cancel).ConfigureAwait(false);
        }
        else
        {
            await _coder.WriteAsync(piece, cancel).ConfigureAwait(false);
        }

        // A writer whose reader has gone completes quietly; the work behind it must not go on for nobody.
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Sends the last piece.</summary>
    public async ValueTask EndAsync(ReadOnlyMemory<byte> piece, CancellationToken cancel)
    {
        if (!_started)
        {
            Start(piece.Length);
            if (_coder is null)
            {
                http.Response.ContentLength = piece.Length;
            }
        }

        await WriteAsync(piece, cancel).ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Stream? coder = _coder;
        _coder = null;
        if (coder is not null)
        {
            await coder.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Start(int length)
    {
        _started = true;
        http.Response.Headers.Append("Vary", "Accept-Encoding");
        BodyCoding coding = BodyCodings.Choose(http.Request.Headers.AcceptEncoding.ToString());
        if (coding == BodyCoding.Identity || length < CompressFrom)
        {
            return;
        }

        http.Response.Headers.ContentEncoding = coding.NameOf();
        _coder = coding.Compress(http.Response.Body);
    }
}
