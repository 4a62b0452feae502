namespace Pleiad.Gateway;

/// <summary>Who may call a route, once there are accounts.</summary>
internal enum RouteAccess
{
    /// <summary>Anybody: says nothing about the data.</summary>
    Anybody,

    /// <summary>Whoever may read.</summary>
    Viewer,

    /// <summary>Whoever may read may GET; the other methods are for whoever may change dashboards.</summary>
    Editor,

    /// <summary>Whoever runs the node.</summary>
    Operator,
}

/// <summary>Answers one request.</summary>
internal delegate Task RouteHandler(GatewayCall call);

/// <summary>One entry of the table of routes.</summary>
/// <param name="Path">From the prefix on; segments may be <c>{name}</c>, the last may be <c>{**name}</c> for all that follows.</param>
/// <param name="Methods">In capitals; all others get 405, HEAD too where it is not named.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="NeedsReady">Whether it is 503 until everything is replayed.</param>
/// <param name="Handle">What it does.</param>
internal sealed record GatewayRoute(
    string Path, IReadOnlyList<string> Methods, RouteAccess Access, bool NeedsReady, RouteHandler Handle)
{
    /// <summary>Whether it belongs to the JSON API: CORS, preflight, errors in an envelope.</summary>
    public bool IsApi => Path.StartsWith(RouteTable.ApiPrefix, StringComparison.Ordinal);

    /// <summary>What a call with a wrong method gets to read, if not the usual text and <c>Allow</c>.</summary>
    public string? WrongMethodText { get; init; }
}
