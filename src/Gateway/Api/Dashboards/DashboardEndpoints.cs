using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pleiad.Dashboards;

namespace Pleiad.Gateway;

/// <summary><c>/api/dashboards/…</c></summary>
internal static class DashboardEndpoints
{
    /// <summary><c>GET uid/{uid}</c></summary>
    public static async Task GetAsync(GrafanaCall call)
    {
        StoredDashboard dashboard = await call.Catalog.GetAsync(call.Segment(0), call.Cancel).ConfigureAwait(false);
        DashboardSummary summary = dashboard.Summary;
        string folder = summary.FolderUid.Length == 0
            ? string.Empty
            : (await call.Catalog.FoldersAsync(call.Cancel).ConfigureAwait(false)).FirstOrDefault(f => f.Uid == summary.FolderUid)?.Title ?? string.Empty;
        IReadOnlySet<string> stars = await call.Catalog.StarsAsync(string.Empty, call.Cancel).ConfigureAwait(false);
        // Numbers are what clients of before uids send back; what is stored has none.
        dashboard.Json["id"] = DashboardUid.Number(summary.Uid);
        await call.AnswerAsync(new JsonObject
        {
            ["meta"] = new JsonObject
            {
                ["type"] = "db",
                ["canSave"] = dashboard.CanSave,
                ["canEdit"] = dashboard.CanSave,
                ["canAdmin"] = dashboard.CanSave,
                ["canStar"] = true,
                ["canDelete"] = !summary.IsProvisioned,
                ["isStarred"] = stars.Contains(summary.Uid),
                ["slug"] = Slug.Of(summary.Title),
                ["url"] = summary.Url,
                ["created"] = TimeText.Write(dashboard.Created),
                ["updated"] = TimeText.Write(summary.Updated),
                ["createdBy"] = dashboard.UpdatedBy,
                ["updatedBy"] = dashboard.UpdatedBy,
                ["version"] = summary.Version,
                ["isFolder"] = false,
                ["folderUid"] = summary.FolderUid,
                ["folderTitle"] = folder.Length == 0 ? "General" : folder,
                ["folderUrl"] = summary.FolderUid.Length == 0 ? string.Empty : FolderEndpoints.UrlOf(summary.FolderUid),
                ["provisioned"] = summary.IsProvisioned,
                ["provisionedExternalId"] = dashboard.File,
            },
            ["dashboard"] = dashboard.Json,
        }).ConfigureAwait(false);
    }

    /// <summary><c>GET uid/{uid}/export</c>, which is ours: exactly what is stored, as a file for people.</summary>
    public static async Task ExportAsync(GrafanaCall call)
    {
        StoredDashboard dashboard = await call.Catalog.GetAsync(call.Segment(0), call.Cancel).ConfigureAwait(false);
        await call.AnswerFileAsync(DashboardJson.Write(dashboard.Json, indented: true), dashboard.Summary.Uid + ".json").ConfigureAwait(false);
    }

    /// <summary><c>POST db</c></summary>
    public static async Task SaveAsync(GrafanaCall call)
    {
        JsonObject body = await call.ReadAsync().ConfigureAwait(false);
        JsonObject dashboard = Dashboard(body);
        DashboardSaved saved = await call.Catalog.SaveAsync(
            new DashboardSave(dashboard, Text(body, "folderUid"), Text(body, "message") ?? string.Empty, IsOn(body, "overwrite"), By: string.Empty),
            call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(Saved(saved)).ConfigureAwait(false);
    }

    /// <summary><c>POST import</c>, with our report beside what Grafana answers.</summary>
    public static async Task ImportAsync(GrafanaCall call)
    {
        JsonObject body = await call.ReadAsync().ConfigureAwait(false);
        JsonObject dashboard = Dashboard(body);
        DashboardSaved saved = await call.Catalog.SaveAsync(
            new DashboardSave(dashboard, Text(body, "folderUid"), Text(body, "message") ?? "Imported", IsOn(body, "overwrite"), By: string.Empty, Inputs(body)),
            call.Cancel).ConfigureAwait(false);
        JsonObject answer = Saved(saved);
        answer["imported"] = true;
        answer["title"] = saved.Summary.Title;
        answer["importedUrl"] = saved.Summary.Url;
        answer["report"] = saved.Report.ToJson();
        await call.AnswerAsync(answer).ConfigureAwait(false);
    }

    /// <summary><c>POST report</c>, which is ours: what an import would make of a dashboard; nothing is saved.</summary>
    public static async Task ReportAsync(GrafanaCall call)
    {
        JsonObject body = await call.ReadAsync().ConfigureAwait(false);
        ImportedDashboard imported = await call.Catalog.MigrateAsync(Dashboard(body), Inputs(body), call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonObject { ["report"] = imported.Report.ToJson(), ["dashboard"] = imported.Dashboard }).ConfigureAwait(false);
    }

    /// <summary><c>DELETE uid/{uid}</c></summary>
    public static async Task DeleteAsync(GrafanaCall call)
    {
        DashboardSummary deleted = await call.Catalog.DeleteAsync(call.Segment(0), call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonObject
        {
            ["id"] = DashboardUid.Number(deleted.Uid), ["uid"] = deleted.Uid, ["title"] = deleted.Title, ["message"] = $"Dashboard {deleted.Title} deleted",
        }).ConfigureAwait(false);
    }

    /// <summary><c>GET uid/{uid}/versions</c></summary>
    public static async Task VersionsAsync(GrafanaCall call)
    {
        string uid = call.Segment(0);
        IReadOnlyList<DashboardVersion> versions = await call.Catalog.VersionsAsync(uid, call.Cancel).ConfigureAwait(false);
        int limit = call.Query.Limit() is > 0 and int said ? said : int.MaxValue;
        await call.AnswerAsync(new JsonObject
        {
            ["continueToken"] = string.Empty,
            ["versions"] = new JsonArray([.. versions.Take(limit).Select(version => Version(uid, version))]),
        }).ConfigureAwait(false);
    }

    /// <summary><c>GET uid/{uid}/versions/{version}</c></summary>
    public static async Task VersionAsync(GrafanaCall call)
    {
        string uid = call.Segment(0);
        if (!long.TryParse(call.Segment(1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            throw new DashboardException(DashboardFault.Invalid, "the version must be a number");
        }

        (DashboardVersion version, JsonObject json) = await call.Catalog.VersionAsync(uid, number, call.Cancel).ConfigureAwait(false);
        JsonObject answer = Version(uid, version);
        answer["data"] = json;
        await call.AnswerAsync(answer).ConfigureAwait(false);
    }

    /// <summary><c>POST uid/{uid}/restore</c></summary>
    public static async Task RestoreAsync(GrafanaCall call)
    {
        JsonObject body = await call.ReadAsync().ConfigureAwait(false);
        if (body["version"] is not JsonValue value || !long.TryParse(value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out long version))
        {
            throw new DashboardException(DashboardFault.Invalid, "version must be a number");
        }

        DashboardSaved saved = await call.Catalog.RestoreAsync(call.Segment(0), version, by: string.Empty, call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(Saved(saved)).ConfigureAwait(false);
    }

    private static JsonObject Dashboard(JsonObject body)
    {
        if (body["dashboard"] is not JsonObject dashboard)
        {
            // Schema v2 and Kubernetes-like files are posted bare.
            return body["spec"] is JsonObject || body["panels"] is JsonArray
                ? body
                : throw new DashboardException(DashboardFault.Invalid, "there is no dashboard in the request");
        }

        body.Remove("dashboard");
        return dashboard;
    }

    private static Dictionary<string, string> Inputs(JsonObject body)
    {
        var inputs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonObject input in (body["inputs"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            if (Text(input, "name") is { } name && Text(input, "value") is { } value)
            {
                inputs[name] = value;
            }
        }

        return inputs;
    }

    private static JsonObject Saved(DashboardSaved saved) => new()
    {
        ["id"] = DashboardUid.Number(saved.Summary.Uid),
        ["uid"] = saved.Summary.Uid,
        ["url"] = saved.Summary.Url,
        ["slug"] = Slug.Of(saved.Summary.Title),
        ["status"] = "success",
        ["version"] = saved.Summary.Version,
        ["folderUid"] = saved.Summary.FolderUid,
    };

    private static JsonObject Version(string uid, DashboardVersion version) => new()
    {
        ["id"] = version.Version,
        ["uid"] = uid,
        ["version"] = version.Version,
        ["parentVersion"] = Math.Max(0, version.Version - 1),
        ["restoredFrom"] = version.RestoredFrom,
        ["created"] = TimeText.Write(version.Saved),
        ["createdBy"] = version.By,
        ["message"] = version.Message,
    };

    private static string? Text(JsonObject of, string name) =>
        of[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static bool IsOn(JsonObject of, string name) => of[name]?.GetValueKind() == JsonValueKind.True;
}
