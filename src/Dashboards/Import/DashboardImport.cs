using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>A dashboard in the form it is stored in, and what became of it on the way.</summary>
/// <param name="Dashboard">Classic JSON at <see cref="ClassicMigrations.Newest"/>.</param>
/// <param name="Report">Panel by panel.</param>
public sealed record ImportedDashboard(JsonObject Dashboard, ImportReport Report);

/// <summary>
/// The one door for dashboards, whoever brings them: classic JSON of any schema version, what Grafana's API wraps around it, the form
/// exported for sharing, and schema v2. What comes out is stored, drawn and exported unchanged; importing it again changes nothing.
/// </summary>
public static class DashboardImport
{
    private static readonly Dictionary<string, string> NoInputs = [];

    /// <summary>Reads and migrates.</summary>
    /// <param name="utf8">JSON.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="inputs">Values for its <c>__inputs</c>; null for the defaults.</param>
    /// <exception cref="DashboardException">It is no dashboard, or too large. Nothing else fails: a panel that cannot be had becomes a placeholder.</exception>
    public static ImportedDashboard Read(ReadOnlySpan<byte> utf8, DashboardLimits limits, IReadOnlyDictionary<string, string>? inputs = null) =>
        Migrate(DashboardJson.Read(utf8, limits), limits, inputs);

    /// <summary>Migrates what was read with <see cref="DashboardJson"/>.</summary>
    /// <param name="json">Is taken over and changed.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="inputs">Values for its <c>__inputs</c>; null for the defaults.</param>
    /// <exception cref="DashboardException">As for <see cref="Read"/>.</exception>
    public static ImportedDashboard Migrate(JsonObject json, DashboardLimits limits, IReadOnlyDictionary<string, string>? inputs = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(limits);
        var notes = new ImportNotes();
        JsonObject dashboard = Unwrap(json, limits, notes);
        if (dashboard["panels"] is null && dashboard["rows"] is null && dashboard["title"] is null)
        {
            throw new DashboardException(DashboardFault.Invalid, "the JSON is not a dashboard: it has neither panels nor a title");
        }

        if (dashboard.PanelsOfAnyDepth().Skip(limits.PanelsMax).Any())
        {
            throw limits.TooManyPanels;
        }

        LibraryElements.Inline(dashboard, limits);
        IReadOnlyDictionary<string, string> open = DashboardInputs.Resolve(dashboard, inputs ?? NoInputs, limits, notes);
        DashboardShape.Flatten(dashboard, notes);
        DashboardShape.FitKinds(dashboard, notes);
        int was = ClassicMigrations.Apply(dashboard, notes);
        DashboardShape.Complete(dashboard, notes);
        SourceTypes.Complete(dashboard, open);
        return new ImportedDashboard(
            dashboard,
            new ImportReport(was, [.. dashboard.Panels().Where(panel => !panel.IsRow()).Select(panel => PanelSupport.Judge(panel, notes))], notes.OfDashboard));
    }

    private static JsonObject Unwrap(JsonObject json, DashboardLimits limits, ImportNotes notes)
    {
        // Grafana's API answers { dashboard, meta }, and takes { dashboard, folderUid, message }.
        if (json.Object("dashboard") is { } inside && json["panels"] is null && json["rows"] is null)
        {
            json.Remove("dashboard");
            json = inside;
        }

        // grafana.com's own answer has it among its facts.
        if (json.Object("json") is { } published && json["panels"] is null && json["rows"] is null)
        {
            json.Remove("json");
            json = published;
        }

        string apiVersion = json.Text("apiVersion") ?? string.Empty;
        if (json.Object("spec") is not { } spec)
        {
            return json.Object("elements") is not null && json.Object("layout") is not null
                ? Schema2Dashboard.ToClassic(json, uid: null, limits, notes)
                : json;
        }

        string? uid = json.Object("metadata")?.Word("name") ?? json.Object("metadata")?.Word("uid");
        json.Remove("spec");
        if (apiVersion.Contains("/v2", StringComparison.Ordinal) || spec.Object("elements") is not null)
        {
            json.Move("__elements", spec);
            return Schema2Dashboard.ToClassic(spec, uid, limits, notes);
        }

        if (uid is not null)
        {
            spec.Default("uid", uid);
        }

        return spec;
    }
}
