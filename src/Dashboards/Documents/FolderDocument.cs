using System.Globalization;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>A folder as it is stored.</summary>
internal static class FolderDocument
{
    private const int FormatVersion = 1;

    public static byte[] ToBytes(string title, DateTimeOffset created, DateTimeOffset updated) => DashboardJson.Write(new JsonObject
    {
        ["format"] = FormatVersion,
        ["title"] = title,
        ["created"] = created.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["updated"] = updated.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
    });

    /// <exception cref="DashboardException">The document is damaged.</exception>
    public static DashboardFolder Of(DashboardDocument document)
    {
        JsonObject json = DashboardJson.Read(document.Body.Span, new DashboardLimits());
        return json.Number("format") == FormatVersion
            ? new DashboardFolder(document.Id, json.Text("title") ?? string.Empty, document.Version, Time(json, "created"), Time(json, "updated"))
            : throw new DashboardException(DashboardFault.Invalid, $"the stored folder {document.Id} is of a format that this version does not know");
    }

    private static DateTimeOffset Time(JsonObject json, string name) =>
        DateTimeOffset.TryParse(json.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : DateTimeOffset.UnixEpoch;
}
