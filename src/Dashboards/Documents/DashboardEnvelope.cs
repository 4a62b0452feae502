using System.Globalization;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What is stored around a dashboard: who changed it when, and why. Form: docs/formats/documents.md.</summary>
/// <param name="Dashboard">As it is drawn and exported.</param>
/// <param name="FolderUid">Empty for no folder.</param>
/// <param name="Created">When the first version was saved.</param>
/// <param name="Updated">When this version was saved.</param>
/// <param name="By">Who saved it; empty where nobody logs in.</param>
/// <param name="Message">Why, in the words of who saved it.</param>
/// <param name="RestoredFrom">The version this one brought back; 0 for none.</param>
/// <param name="FileHash">Of the provisioned file this was edited from; empty for a dashboard of no file.</param>
/// <param name="Version">In the history: which version it is. 0 in the document itself, whose store knows.</param>
internal sealed record DashboardEnvelope(
    JsonObject Dashboard, string FolderUid, DateTimeOffset Created, DateTimeOffset Updated, string By, string Message, long RestoredFrom, string FileHash, long Version)
{
    private const int FormatVersion = 1;

    // Ours come from ourselves: nesting and size were limited when they came in, and there is an envelope around them.
    private static readonly DashboardLimits Stored = new() { BytesMax = int.MaxValue, DepthMax = 1000, ValuesMax = int.MaxValue };

    public byte[] ToBytes() => DashboardJson.Write(new JsonObject
    {
        ["format"] = FormatVersion,
        ["version"] = Version,
        ["folderUid"] = FolderUid,
        ["created"] = Time(Created),
        ["updated"] = Time(Updated),
        ["by"] = By,
        ["message"] = Message,
        ["restoredFrom"] = RestoredFrom,
        ["fileHash"] = FileHash,
        ["dashboard"] = Dashboard.DeepClone(),
    });

    /// <exception cref="DashboardException">The document is damaged.</exception>
    public static DashboardEnvelope Of(DashboardDocument document)
    {
        JsonObject json = DashboardJson.Read(document.Body.Span, Stored);
        if (json.Number("format") != FormatVersion || json.Take("dashboard") is not JsonObject dashboard)
        {
            throw new DashboardException(DashboardFault.Invalid, $"the stored document {document.Kind}/{document.Id} is of a format that this version does not know");
        }

        return new DashboardEnvelope(
            dashboard, json.Text("folderUid") ?? string.Empty, Time(json, "created"), Time(json, "updated"), json.Text("by") ?? string.Empty,
            json.Text("message") ?? string.Empty, (long)(json.Number("restoredFrom") ?? 0), json.Text("fileHash") ?? string.Empty, (long)(json.Number("version") ?? 0));
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(JsonObject json, string name) =>
        DateTimeOffset.TryParse(json.Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : DateTimeOffset.UnixEpoch;
}
