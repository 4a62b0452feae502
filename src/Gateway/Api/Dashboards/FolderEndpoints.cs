using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pleiad.Dashboards;

namespace Pleiad.Gateway;

/// <summary><c>/api/folders/…</c>; folders hold dashboards, not folders.</summary>
internal static class FolderEndpoints
{
    /// <summary>The address of a folder, from the page's root on.</summary>
    public static string UrlOf(string uid) => "/dashboards?folder=" + uid;

    /// <summary><c>GET</c></summary>
    public static async Task ListAsync(GrafanaCall call)
    {
        IReadOnlyList<DashboardFolder> folders = await call.Catalog.FoldersAsync(call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonArray([.. folders.Select(folder => new JsonObject
        {
            ["id"] = DashboardUid.Number(folder.Uid), ["uid"] = folder.Uid, ["title"] = folder.Title, ["managedBy"] = folder.IsProvisioned ? "files" : string.Empty,
        })])).ConfigureAwait(false);
    }

    /// <summary><c>GET {uid}</c></summary>
    public static async Task GetAsync(GrafanaCall call) =>
        await call.AnswerAsync(Folder(await call.Catalog.FolderAsync(call.Segment(0), call.Cancel).ConfigureAwait(false))).ConfigureAwait(false);

    /// <summary><c>POST</c></summary>
    public static async Task CreateAsync(GrafanaCall call)
    {
        JsonObject body = await call.ReadAsync().ConfigureAwait(false);
        if (Text(body, "parentUid") is { Length: > 0 })
        {
            throw new DashboardException(DashboardFault.Invalid, "folders in folders are not supported");
        }

        DashboardFolder folder = await call.Catalog.CreateFolderAsync(Text(body, "uid"), Text(body, "title") ?? string.Empty, call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(Folder(folder)).ConfigureAwait(false);
    }

    /// <summary><c>PUT {uid}</c></summary>
    public static async Task RenameAsync(GrafanaCall call)
    {
        JsonObject body = await call.ReadAsync().ConfigureAwait(false);
        long? seen = body["overwrite"]?.GetValueKind() == JsonValueKind.True ? null
            : long.TryParse(body["version"]?.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version
            : throw new DashboardException(DashboardFault.Invalid, "version must be a number, or overwrite true");
        DashboardFolder folder = await call.Catalog.RenameFolderAsync(call.Segment(0), Text(body, "title") ?? string.Empty, seen, call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(Folder(folder)).ConfigureAwait(false);
    }

    /// <summary><c>DELETE {uid}</c>: with the dashboards in it.</summary>
    public static async Task DeleteAsync(GrafanaCall call)
    {
        DashboardFolder folder = await call.Catalog.DeleteFolderAsync(call.Segment(0), call.Cancel).ConfigureAwait(false);
        await call.AnswerAsync(new JsonObject
        {
            ["id"] = DashboardUid.Number(folder.Uid), ["title"] = folder.Title, ["message"] = $"Folder {folder.Title} deleted",
        }).ConfigureAwait(false);
    }

    private static JsonObject Folder(DashboardFolder folder) => new()
    {
        ["id"] = DashboardUid.Number(folder.Uid),
        ["uid"] = folder.Uid,
        ["title"] = folder.Title,
        ["url"] = UrlOf(folder.Uid),
        ["canSave"] = !folder.IsProvisioned,
        ["canEdit"] = !folder.IsProvisioned,
        ["canAdmin"] = !folder.IsProvisioned,
        ["canDelete"] = !folder.IsProvisioned,
        ["created"] = TimeText.Write(folder.Created),
        ["updated"] = TimeText.Write(folder.Updated),
        ["version"] = folder.Version,
    };

    private static string? Text(JsonObject of, string name) =>
        of[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
}
