namespace Pleiad.Gateway;

/// <summary>The path under which the routes lie, seen from here and seen by the client.</summary>
internal sealed class PathPrefix
{
    private readonly string _inside;    // "" or "/prom"
    private readonly string _outside;   // likewise, in front of a proxy that may strip or add a path

    /// <summary>From settings; the route prefix is the path of the external URL where it is not given.</summary>
    public PathPrefix(GatewaySettings settings)
    {
        _outside = Clean(settings.ExternalUrl?.AbsolutePath ?? settings.RoutePrefix ?? string.Empty);
        _inside = Clean(settings.RoutePrefix ?? settings.ExternalUrl?.AbsolutePath ?? string.Empty);
    }

    /// <summary>The page, as the client has to ask for it.</summary>
    public string PageOutside => _outside + "/";

    /// <summary>In front of every route, as the gateway sees it; empty for none.</summary>
    public string Inside => _inside;

    /// <summary>Whether a path asks for the page in a way that needs a redirect: the bare root, or the prefix without its slash.</summary>
    public bool IsEntrance(string path) => _inside.Length > 0 && (path == "/" || path == _inside);

    /// <summary>Takes the prefix off.</summary>
    /// <returns>Null where the path lies elsewhere.</returns>
    public string? Strip(string path) =>
        _inside.Length == 0 ? path
        : path.StartsWith(_inside, StringComparison.Ordinal) && path.Length > _inside.Length && path[_inside.Length] == '/'
            ? path[_inside.Length..]
            : null;

    private static string Clean(string path)
    {
        string trimmed = path.Trim('/');
        return trimmed.Length == 0 ? string.Empty : "/" + trimmed;
    }
}
