using System.Collections.Frozen;

namespace Pleiad.Gateway;

/// <summary>
/// Every path the gateway answers. Paths are compared byte for byte after one decoding: no case folding, no trailing slash,
/// no doubled slash, no fallback, so that what a proxy in front decided about a path is what we decide.
/// </summary>
internal sealed class RouteTable
{
    /// <summary>The path of the JSON API.</summary>
    public const string ApiPrefix = "/api/v1/";

    private readonly FrozenDictionary<string, GatewayRoute> _exact;
    private readonly (string[] Parts, GatewayRoute Route)[] _patterns;

    /// <summary>A table of routes.</summary>
    /// <exception cref="ArgumentException">A path occurs twice.</exception>
    public RouteTable(IReadOnlyList<GatewayRoute> routes)
    {
        Routes = routes;
        _exact = routes.Where(r => !r.Path.Contains('{')).ToFrozenDictionary(r => r.Path, StringComparer.Ordinal);
        _patterns = [.. routes.Where(r => r.Path.Contains('{')).Select(Pattern)];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<GatewayRoute> Routes { get; }

    /// <summary>The route of a path.</summary>
    /// <param name="path">Decoded, without the prefix.</param>
    /// <param name="segments">The texts of its <c>{name}</c>s, in their order.</param>
    public GatewayRoute? Find(string path, out string[] segments)
    {
        segments = [];
        if (_exact.TryGetValue(path, out GatewayRoute? route))
        {
            return route;
        }

        string[] given = path.Split('/');
        foreach ((string[] parts, GatewayRoute pattern) in _patterns)
        {
            if (Match(parts, given) is { } found)
            {
                segments = found;
                return pattern;
            }
        }

        return null;
    }

    private static (string[] Parts, GatewayRoute Route) Pattern(GatewayRoute route) => (route.Path.Split('/'), route);

    // Part by part between slashes; a {name} takes one that is not empty, a {**name} at the end all that is left.
    private static string[]? Match(string[] parts, string[] given)
    {
        var segments = new List<string>();
        for (int i = 0; i < parts.Length; i++)
        {
            if (i >= given.Length)
            {
                return null;
            }

            if (parts[i].StartsWith("{**", StringComparison.Ordinal))
            {
                segments.Add(string.Join('/', given[i..]));
                return segments[^1].Length > 0 ? [.. segments] : null;
            }

            if (parts[i].StartsWith('{') && given[i].Length > 0)
            {
                segments.Add(given[i]);
            }
            else if (parts[i] != given[i])
            {
                return null;
            }
        }

        return given.Length == parts.Length ? [.. segments] : null;
    }
}
