using Microsoft.AspNetCore.Http;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>Which other origins may call the API from a browser, and which may change something.</summary>
internal sealed class CrossOrigin
{
    private readonly AnchoredRegex _allowed;
    private readonly bool _allowsAll;

    /// <summary>From a pattern in RE2 syntax, anchored.</summary>
    /// <exception cref="RegexSyntaxException">It is none.</exception>
    public CrossOrigin(string pattern)
    {
        _allowed = AnchoredRegex.Compile(pattern);
        _allowsAll = pattern == ".*";
    }

    /// <summary>Adds the headers of Prometheus to the answer of a call that comes from a page.</summary>
    public void AddHeaders(HttpContext http)
    {
        string origin = http.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return;
        }

        IHeaderDictionary headers = http.Response.Headers;
        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
        headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        headers.AccessControlExposeHeaders = "Date";
        headers.Append("Vary", "Origin");
        if (_allowsAll)
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else if (_allowed.IsMatch(origin))
        {
            headers.AccessControlAllowOrigin = origin;
        }
    }

    /// <summary>
    /// Whether a call that changes something comes from a page of somebody else: a form on any site can post here without
    /// asking first, so CORS does not protect it.
    /// </summary>
    public static bool IsForeign(HttpRequest request)
    {
        if (string.Equals(request.Headers["Sec-Fetch-Site"].ToString(), "cross-site", StringComparison.Ordinal))
        {
            return true;
        }

        string origin = request.Headers.Origin.ToString();
        return origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out Uri? from)
                && string.Equals(from.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
