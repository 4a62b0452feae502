using System.Text.Json.Nodes;
using Pleiad.Dashboards;

namespace Pleiad.Gateway;

/// <summary><c>/api/health</c>, <c>/api/search</c>, tags and stars.</summary>
internal static class SearchEndpoints
{
    // As in Grafana.
    private const int LimitDefault = 1000;
    private const int LimitMax = 5000;

    /// <summary><c>GET /api/health</c></summary>
    public static async Task HealthAsync(GrafanaCall call, GatewaySettings settings)
    {
        // Asking the store is the point of it: a store that does not answer makes this 500.
        await call.Catalog.ProbeAsync(call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonObject { ["database"] = "ok", ["version"] = settings.Build.Revision, ["commit"] = settings.Build.Branch }).ConfigureAwait(false);
    }

    /// <summary><c>GET /api/search</c>: folders first, then dashboards, each by title.</summary>
    public static async Task SearchAsync(GrafanaCall call)
    {
        Parameters query = call.Query;
        IReadOnlyList<string> folderUids = query.All("folderUIDs");
        IReadOnlyList<string> uids = query.All("dashboardUIDs").Concat(query.All("dashboardUID")).ToArray();
        bool starred = query.Get("starred") == "true";
        string type = query.Get("type");
        IReadOnlySet<string> stars = await call.Catalog.StarsAsync(string.Empty, call.Cancel).ConfigureAwait(false);
        IReadOnlyList<DashboardFolder> folders = await call.Catalog.FoldersAsync(call.Cancel).ConfigureAwait(false);
        Dictionary<string, string> titles = folders.ToDictionary(folder => folder.Uid, folder => folder.Title, StringComparer.Ordinal);
        var found = new List<JsonObject>();
        if (type is "" or "dash-folder" && !starred && query.All("tag").Count == 0 && uids.Count == 0 && folderUids.Count == 0)
        {
            string[] words = query.Get("query").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            found.AddRange(folders.Where(folder => words.All(word => folder.Title.Contains(word, StringComparison.OrdinalIgnoreCase))).Select(Hit));
        }

        if (type is "" or "dash-db")
        {
            IReadOnlyList<DashboardSummary> dashboards = await call.Catalog.SearchAsync(
                new DashboardQuery
                {
                    Text = query.Get("query"),
                    Tags = query.All("tag"),
                    // Grafana's name for the place of dashboards in no folder.
                    FolderUids = folderUids.Count == 0 ? null : [.. folderUids.Select(uid => uid == "general" ? string.Empty : uid)],
                    Uids = uids.Count == 0 ? null : uids,
                    StarredOnly = starred,
                },
                call.Cancel).ConfigureAwait(false);
            found.AddRange(dashboards.Select(dashboard => Hit(dashboard, titles.GetValueOrDefault(dashboard.FolderUid), stars.Contains(dashboard.Uid))));
        }

        int limit = call.Query.Limit() is > 0 and int said ? Math.Min(said, LimitMax) : LimitDefault;
        int page = Parameters.ReadInteger(query.Get("page"), out long number) is null && number is > 0 and <= int.MaxValue ? (int)number : 1;
        await call.AnswerAsync(new JsonArray([.. found.Skip((int)Math.Min((long)limit * (page - 1), int.MaxValue)).Take(limit)])).ConfigureAwait(false);
    }

    /// <summary><c>GET /api/dashboards/tags</c>: how many dashboards have each tag.</summary>
    public static async Task TagsAsync(GrafanaCall call)
    {
        IReadOnlyList<DashboardSummary> all = await call.Catalog.SearchAsync(new DashboardQuery(), call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonArray(
        [
            .. all.SelectMany(dashboard => dashboard.Tags.Distinct())
                .GroupBy(tag => tag)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => new JsonObject { ["term"] = group.Key, ["count"] = group.Count() }),
        ])).ConfigureAwait(false);
    }

    /// <summary><c>GET /api/user/stars</c>: uids.</summary>
    public static async Task StarsAsync(GrafanaCall call)
    {
        IReadOnlySet<string> stars = await call.Catalog.StarsAsync(string.Empty, call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonArray([.. stars.Order(StringComparer.Ordinal).Select(uid => (JsonNode)uid)])).ConfigureAwait(false);
    }

    /// <summary><c>POST</c> and <c>DELETE /api/user/stars/dashboard/uid/{uid}</c></summary>
    public static async Task StarAsync(GrafanaCall call, bool starred)
    {
        await call.Catalog.StarAsync(string.Empty, call.Segment(0), starred, call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonObject { ["message"] = starred ? "Dashboard starred!" : "Dashboard unstarred" }).ConfigureAwait(false);
    }

    private static JsonObject Hit(DashboardFolder folder) => new()
    {
        ["id"] = DashboardUid.Number(folder.Uid),
        ["uid"] = folder.Uid,
        ["title"] = folder.Title,
        ["uri"] = "db/" + Slug.Of(folder.Title),
        ["url"] = FolderEndpoints.UrlOf(folder.Uid),
        ["slug"] = string.Empty,
        ["type"] = "dash-folder",
        ["tags"] = new JsonArray(),
        ["isStarred"] = false,
        ["sortMeta"] = 0,
        ["provisioned"] = folder.IsProvisioned,
    };

    private static JsonObject Hit(DashboardSummary dashboard, string? folderTitle, bool starred)
    {
        var hit = new JsonObject
        {
            ["id"] = DashboardUid.Number(dashboard.Uid),
            ["uid"] = dashboard.Uid,
            ["title"] = dashboard.Title,
            ["uri"] = "db/" + Slug.Of(dashboard.Title),
            ["url"] = dashboard.Url,
            ["slug"] = string.Empty,
            ["type"] = "dash-db",
            ["tags"] = new JsonArray([.. dashboard.Tags.Select(tag => (JsonNode)tag)]),
            ["isStarred"] = starred,
            ["sortMeta"] = 0,
            ["version"] = dashboard.Version,
            ["updated"] = TimeText.Write(dashboard.Updated),
            ["provisioned"] = dashboard.IsProvisioned,
        };
        if (dashboard.FolderUid.Length > 0)
        {
            hit["folderUid"] = dashboard.FolderUid;
            hit["folderTitle"] = folderTitle ?? string.Empty;
            hit["folderUrl"] = FolderEndpoints.UrlOf(dashboard.FolderUid);
        }

        return hit;
    }
}
