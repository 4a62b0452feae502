namespace Pleiad.Scraping;

/// <summary>URLs as texts: what Prometheus checks of them, and how they are shown.</summary>
internal static class UrlText
{
    /// <summary>What is wrong with a URL that has to parse, but need not be absolute; null where nothing is. Never repeats the URL, which may hold a password.</summary>
    public static string? Problem(string url)
    {
        if (url.Any(c => c < ' ' || c == '\x7f'))
        {
            return "parse url: net/url: invalid control character in URL";
        }

        if (url.StartsWith(':'))
        {
            return "parse url: missing protocol scheme";
        }

        (string scheme, string rest) = SplitScheme(url);
        if (scheme.Length > 0 && rest.StartsWith("//", StringComparison.Ordinal))
        {
            string host = HostOf(url);
            if (host.Any(c => c is ' ' or '<' or '>' or '"'))
            {
                return "parse url: invalid character in host name";
            }

            int colon = host.LastIndexOf(':');
            if (colon > host.LastIndexOf(']') && !host[(colon + 1)..].All(char.IsAsciiDigit))
            {
                return "parse url: invalid port after host";
            }
        }

        return null;
    }

    /// <summary>What is wrong with a URL that has to name a web server; null where nothing is.</summary>
    public static string? HttpProblem(string url) =>
        SplitScheme(url).Scheme is not ("http" or "https") ? "URL scheme must be 'http' or 'https'"
        : HostOf(url).Length == 0 ? "host is missing in URL"
        : null;

    public static string SchemeOf(string url) => SplitScheme(url).Scheme;

    /// <summary>Host and port, without user and password; empty where there is none.</summary>
    public static string HostOf(string url)
    {
        string authority = AuthorityOf(url);
        return authority[(authority.LastIndexOf('@') + 1)..];
    }

    /// <summary>The URL with its password hidden.</summary>
    public static string Redact(string url)
    {
        string authority = AuthorityOf(url);
        int at = authority.LastIndexOf('@');
        int colon = at < 0 ? -1 : authority.IndexOf(':', 0, at);
        if (colon < 0)
        {
            return url;
        }

        int start = url.IndexOf("//", StringComparison.Ordinal) + 2;
        return string.Concat(url.AsSpan(0, start + colon + 1), "xxxxx", url.AsSpan(start + at));
    }

    private static string AuthorityOf(string url)
    {
        string rest = SplitScheme(url).Remainder;
        if (!rest.StartsWith("//", StringComparison.Ordinal))
        {
            return string.Empty;
        }

        int end = rest.AsSpan(2).IndexOfAny('/', '?', '#');
        return end < 0 ? rest[2..] : rest.Substring(2, end);
    }

    private static (string Scheme, string Remainder) SplitScheme(string url)
    {
        int colon = url.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(url[0]) && url.AsSpan(0, colon).IndexOfAnyExcept(SchemeChars) < 0
            ? (url[..colon].ToLowerInvariant(), url[(colon + 1)..])
            : (string.Empty, url);
    }

    private static readonly System.Buffers.SearchValues<char> SchemeChars =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
}
