using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pleiad.Gateway;

/// <summary>
/// What people see: the interface where it was built, else a plain page to try a query. All of it is inside an assembly, each file
/// with its own route; no path ever reaches a file system.
/// </summary>
internal static class StaticUi
{
    /// <summary>Addresses that the interface reads itself; the server answers each with the same page. Unknown ones stay 404.</summary>
    public static readonly IReadOnlyList<string> Addresses =
    [
        "/", "/graph", "/query", "/explore", "/dashboards", "/d/{**rest}", "/alerts", "/rules", "/silences", "/targets",
        "/service-discovery", "/cluster", "/status", "/tsdb-status", "/config", "/flags", "/queries",
    ];

    private static readonly (string Path, string File, string ContentType)[] PlainFiles =
    [
        ("/", "index.html", "text/html; charset=utf-8"),
        ("/page/page.js", "page.js", "text/javascript; charset=utf-8"),
        ("/page/chart.js", "chart.js", "text/javascript; charset=utf-8"),
        ("/page/page.css", "page.css", "text/css; charset=utf-8"),
        ("/page/icon.svg", "icon.svg", "image/svg+xml"),
    ];

    private static readonly string[] GetHead = ["GET", "HEAD"];

    /// <summary>One route a file, and one an address.</summary>
    /// <exception cref="ArgumentException">The interface has no page to begin with.</exception>
    public static IEnumerable<GatewayRoute> Routes(GatewaySettings settings) =>
        settings.Interface.Count == 0
            ? PlainFiles.Select(file => Route(file.Path, PlainAnswer(Read(file.File), file.ContentType)))
            : InterfaceRoutes(settings.Interface, new PathPrefix(settings).PageOutside);

    private static IEnumerable<GatewayRoute> InterfaceRoutes(IReadOnlyList<UiFile> files, string page)
    {
        UiFile index = files.FirstOrDefault(file => file.Path == UiFile.IndexPath)
            ?? throw new ArgumentException("the interface lacks " + UiFile.IndexPath, nameof(files));
        var based = new UiAnswer(Based(index, page));
        return files.Where(file => file != index).Select(file => Route("/" + file.Path, new UiAnswer(file).AnswerAsync))
            .Concat(Addresses.Select(address => Route(address, based.AnswerAsync)));
    }

    // An address may be several folders deep, and a proxy may put a path in front: only we know where relative links begin.
    private static UiFile Based(UiFile index, string page)
    {
        string html = Encoding.UTF8.GetString(index.Plain.Span);
        return new UiFile(index.Path, Encoding.UTF8.GetBytes(html.Replace("<base href=\"/\"", $"<base href=\"{page}\"", StringComparison.Ordinal)));
    }

    private static GatewayRoute Route(string path, RouteHandler handler) => new(path, GetHead, RouteAccess.Anybody, NeedsReady: false, handler);

    private static RouteHandler PlainAnswer(byte[] content, string contentType) => async call =>
    {
        IHeaderDictionary headers = call.Http.Response.Headers;
        headers.ContentSecurityPolicy = UiPolicy.PlainPage;
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
