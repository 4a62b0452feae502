using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pleiad.Gateway;

/// <summary>One request on its way through a route.</summary>
/// <param name="http">The request and its answer.</param>
/// <param name="segments">The texts of the route's <c>{name}</c>s.</param>
/// <param name="cancel">Fires when the client goes away or the request takes too long.</param>
internal sealed class GatewayCall(HttpContext http, string[] segments, CancellationToken cancel)
{
    /// <summary>The request and its answer.</summary>
    public HttpContext Http { get; } = http;

    /// <summary>The texts of the route's <c>{name}</c>s, in their order.</summary>
    public IReadOnlyList<string> Segments { get; } = segments;

    /// <summary>The text of the route's first <c>{name}</c>; empty where it has none.</summary>
    public string Segment => Segments.Count > 0 ? Segments[0] : string.Empty;

    /// <summary>Fires when the client goes away or the request takes too long.</summary>
    public CancellationToken Cancel { get; } = cancel;

    /// <summary>Reads the parameters of query string and form body.</summary>
    /// <param name="bytesMax">Bytes of a body at most.</param>
    /// <exception cref="ApiException">The body is larger.</exception>
    public async Task<Parameters> ReadParametersAsync(int bytesMax)
    {
        string form = string.Empty;
        HttpRequest request = Http.Request;
        if (HttpMethods.IsPost(request.Method) && IsForm(request.ContentType))
        {
            form = Encoding.UTF8.GetString(await ReadBodyAsync(bytesMax).ConfigureAwait(false));
        }

        return new Parameters(form, request.QueryString.Value ?? string.Empty);
    }

    /// <summary>Answers with a short text.</summary>
    public Task AnswerTextAsync(int status, string text)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "text/plain; charset=utf-8";
        byte[] body = Encoding.UTF8.GetBytes(text);
        Http.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(Http.Request.Method) ? Task.CompletedTask : Http.Response.Body.WriteAsync(body, Cancel).AsTask();
    }

    /// <summary>Reads the whole body.</summary>
    /// <param name="bytesMax">Bytes of it at most; the server's own limit, which is meant for forms, gives way.</param>
    /// <exception cref="ApiException">The body is larger.</exception>
    public async Task<byte[]> ReadBodyAsync(int bytesMax)
    {
        if (Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = bytesMax;
        }

        if (Http.Request.ContentLength > bytesMax)
        {
            throw TooLarge(bytesMax);
        }

        using var body = new MemoryStream();
        byte[] piece = new byte[8192];
        int read;
        while ((read = await Http.Request.Body.ReadAsync(piece, Cancel).ConfigureAwait(false)) > 0)
        {
            if (body.Length + read > bytesMax)
            {
                throw TooLarge(bytesMax);
            }

            body.Write(piece, 0, read);
        }

        return body.ToArray();
    }

    private static bool IsForm(string? contentType) =>
        contentType is not null
        && contentType.AsSpan(0, contentType.IndexOf(';') is >= 0 and int end ? end : contentType.Length).Trim()
            .Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    private static ApiException TooLarge(int bytesMax) =>
        new(ApiErrorKind.TooLarge, $"the body of the request is larger than {bytesMax} bytes");
}
