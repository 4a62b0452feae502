using Microsoft.AspNetCore.Http;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>Answers with a file of the interface: in the coding the browser takes, and with 304 where it has the file already.</summary>
internal sealed class UiAnswer
{
    private readonly UiFile _file;
    private readonly string _contentType;
    private readonly string _cacheControl;
    private readonly Lazy<string> _tag;

    /// <summary>An answer for one file.</summary>
    public UiAnswer(UiFile file)
    {
        _file = file;
        _contentType = ContentTypeOf(file.Path);
        // Never reused without asking, except for the files that cannot change.
        _cacheControl = file.Path.StartsWith(UiFile.HashedFolder, StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";

        // Not before somebody asks: a node that nobody looks at need not read the whole interface.
        _tag = new Lazy<string>(() => $"\"{XxHash64.Of(file.Plain.Span):x16}-{file.Plain.Length:x}\"");
    }

    /// <summary>Answers one request.</summary>
    public async Task AnswerAsync(GatewayCall call)
    {
        HttpResponse response = call.Http.Response;
        (string? coding, ReadOnlyMemory<byte> body) = Choose(call.Http.Request.Headers.AcceptEncoding.ToString());
        response.Headers.ContentSecurityPolicy = UiPolicy.Interface;
        response.Headers.CacheControl = _cacheControl;
        response.Headers.ETag = _tag.Value;
        response.Headers.Vary = "Accept-Encoding";
        if (call.Http.Request.Headers.IfNoneMatch.ToString().Contains(_tag.Value, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (coding is not null)
        {
            response.Headers.ContentEncoding = coding;
        }

        response.ContentType = _contentType;
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(call.Http.Request.Method))
        {
            await response.Body.WriteAsync(body, call.Cancel).ConfigureAwait(false);
        }
    }

    private (string? Coding, ReadOnlyMemory<byte> Body) Choose(string accepted) =>
        _file.Brotli is { } brotli && BodyCodings.Accepts(accepted, "br") ? ("br", brotli)
        : _file.Gzip is { } gzip && BodyCodings.Accepts(accepted, "gzip") ? ("gzip", gzip)
        : (null, _file.Plain);

    private static string ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        ".woff2" => "font/woff2",
        // Nothing that a browser would run or draw.
        _ => "application/octet-stream",
    };
}
