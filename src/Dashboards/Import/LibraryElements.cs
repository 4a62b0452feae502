using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// There is no library here: a panel of one is drawn from what came along in <c>__elements</c>, or from another dashboard that is stored here and
/// has the same panel. What says that they are of a library stays, and so do the elements, so that an export is one again where there is a library.
/// </summary>
internal static class LibraryElements
{
    /// <summary>The type of a panel that has nothing but a reference.</summary>
    public const string Reference = "library-panel-ref";

    /// <summary>Puts the models of library panels into the panels that have nothing but a reference.</summary>
    /// <exception cref="DashboardException">The dashboard becomes too large by that.</exception>
    public static void Inline(JsonObject dashboard, DashboardLimits limits)
    {
        var copies = new PartCopies(limits);
        JsonObject? elements = dashboard.Object("__elements");
        foreach (JsonObject panel in dashboard.Panels())
        {
            // One with a type has its model already: it was migrated, and what it lost on the way must not come back.
            if (IsOpen(panel, out JsonObject library)
                && (library.Object("model") ?? (library.Word("uid") is { } uid ? elements?.Object(uid)?.Object("model") : null)) is { } model)
            {
                Fill(panel, model, copies);
            }
        }
    }

    /// <summary>The library panels that a dashboard refers to and does not have.</summary>
    public static IEnumerable<string> Missing(JsonObject dashboard) => UidsOf(dashboard, isMissing: true);

    /// <summary>The library panels that a dashboard has.</summary>
    public static IEnumerable<string> Present(JsonObject dashboard) => UidsOf(dashboard, isMissing: false);

    /// <summary>Takes panels that an imported dashboard refers to from another one.</summary>
    /// <param name="imported">Its panels are changed.</param>
    /// <param name="other">As it is stored.</param>
    /// <param name="limits">Of what is imported.</param>
    /// <returns>The same dashboard with its report as it is then.</returns>
    /// <exception cref="DashboardException">The dashboard becomes too large by that.</exception>
    public static ImportedDashboard Take(ImportedDashboard imported, JsonObject other, DashboardLimits limits)
    {
        var copies = new PartCopies(limits);
        Dictionary<long, PanelReport> earlier = imported.Report.Panels.ToDictionary(static panel => panel.Id);
        var taken = new Dictionary<long, PanelReport>();
        foreach (JsonObject panel in imported.Dashboard.Panels())
        {
            if (IsOpen(panel, out JsonObject library) && library.Word("uid") is { } uid && ModelIn(other, uid) is { } model)
            {
                Fill(panel, model, copies);
                PanelReport report = PanelSupport.Judge(panel, new ImportNotes());
                taken[report.Id] = earlier.TryGetValue(report.Id, out PanelReport? before) ? WithNotes(report, before.Notes.Except([PanelSupport.DidNotCome(library)], StringComparer.Ordinal)) : report;
            }
        }

        return imported with { Report = imported.Report with { Panels = [.. imported.Report.Panels.Select(panel => taken.GetValueOrDefault(panel.Id, panel))] } };
    }

    // What was said about the reference itself holds for the panel too.
    private static PanelReport WithNotes(PanelReport report, IEnumerable<string> before)
    {
        string[] notes = [.. before.Union(report.Notes, StringComparer.Ordinal)];
        return report with { Notes = notes, Outcome = report.Outcome == PanelOutcome.Ok && notes.Length > 0 ? PanelOutcome.Approximated : report.Outcome };
    }

    private static IEnumerable<string> UidsOf(JsonObject dashboard, bool isMissing) => dashboard.Panels()
        .Where(panel => panel.Object("libraryPanel") is not null && IsOpen(panel, out _) == isMissing)
        .Select(panel => panel.Object("libraryPanel")!.Word("uid"))
        .OfType<string>()
        .Distinct(StringComparer.Ordinal);

    private static JsonObject? ModelIn(JsonObject dashboard, string uid) =>
        dashboard.Panels().FirstOrDefault(panel => panel.Object("libraryPanel")?.Word("uid") == uid && !IsOpen(panel, out _));

    private static bool IsOpen(JsonObject panel, out JsonObject library)
    {
        library = panel.Object("libraryPanel") ?? [];
        return panel.Object("libraryPanel") is not null && panel.Text("type") is null or "" or Reference;
    }

    private static void Fill(JsonObject panel, JsonObject model, PartCopies copies)
    {
        panel.Remove("type");
        foreach ((string name, JsonNode? value) in model)
        {
            // Where the panel stands, its number and whether it repeats are the dashboard's business.
            if (name is not ("id" or "gridPos" or "libraryPanel" or "repeat" or "repeatDirection" or "maxPerRow") && panel[name] is null)
            {
                panel[name] = value is null ? null : copies.Of(value);
            }
        }
    }
}
