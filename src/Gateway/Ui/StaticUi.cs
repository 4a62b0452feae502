using System.Reflection;
using Microsoft.AspNetCore.Http;

namespace Pleiad.Gateway;

/// <summary>The page to try a query: a few files inside the assembly, each with its own route; no path ever reaches a file system.</summary>
internal static class StaticUi
{
    // No inline script or style, no foreign origin; strings cannot become HTML at all (Trusted Types without a policy).
    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private static readonly (string Path, string File, string ContentType)[] Files =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/page/chart.js", "chart.js", "text/javascript; charset=utf-8"),
        ("/page/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    /// <summary>One route a file.</summary>
    public static IEnumerable<GatewayRoute> Routes() => Files.Select(file => new GatewayRoute(
        file.Path, ["GET", "HEAD"], RouteAccess.Anybody, NeedsReady: false, Handler(Read(file.File), file.ContentType)));

    private static RouteHandler Handler(byte[] content, string contentType) => async call =>
    {
        IHeaderDictionary headers = call.Http.Response.Headers;
        headers.ContentSecurityPolicy = PagePolicy;
        headers.CacheControl = "no-cache";
        call.Http.Response.ContentType = contentType;
        if (HttpMethods.IsHead(call.Http.Request.Method))
        {
            return;
        }

        await using var body = new ResponseBody(call.Http);
        await body.EndAsync(content, call.Cancel).ConfigureAwait(false);
    };

    private static byte[] Read(string file)
    {
        Assembly here = typeof(StaticUi).Assembly;
        using Stream stream = here.GetManifestResourceStream("Pleiad.Gateway.Page." + file)
            ?? throw new InvalidOperationException($"the assembly lacks its page {file}");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
