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
    private readonly (string Before, string After, GatewayRoute Route)[] _patterns;

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
    /// <param name="segment">The text of the <c>{name}</c>, or an empty string.</param>
    public GatewayRoute? Find(string path, out string segment)
    {
        segment = string.Empty;
        if (_exact.TryGetValue(path, out GatewayRoute? route))
        {
            return route;
        }

        foreach ((string before, string after, GatewayRoute pattern) in _patterns)
        {
            int length = path.Length - before.Length - after.Length;
            if (length > 0
                && path.StartsWith(before, StringComparison.Ordinal)
                && path.EndsWith(after, StringComparison.Ordinal)
                && (pattern.TakesRest || !path.AsSpan(before.Length, length).Contains('/')))
            {
                segment = path.Substring(before.Length, length);
                return pattern;
            }
        }

        return null;
    }

    private static (string Before, string After, GatewayRoute Route) Pattern(GatewayRoute route)
    {
        int open = route.Path.IndexOf('{');
        int close = route.Path.IndexOf('}');
        return (route.Path[..open], route.Path[(close + 1)..], route);
    }
}
