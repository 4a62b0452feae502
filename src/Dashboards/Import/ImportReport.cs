using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What became of a panel.</summary>
public enum PanelOutcome
{
    /// <summary>It means here what it meant where it came from.</summary>
    Ok,

    /// <summary>It is drawn, but something of it could not be carried over; the notes say what.</summary>
    Approximated,

    /// <summary>It cannot be drawn. It keeps its place and its JSON, so that an export loses nothing.</summary>
    Placeholder,
}

/// <summary>What became of one panel.</summary>
/// <param name="Id">Its number in the dashboard.</param>
/// <param name="Title">May be empty.</param>
/// <param name="Type">What it is now.</param>
/// <param name="WasType">What it was; the same where nothing changed.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Notes">Why, in words.</param>
public sealed record PanelReport(long Id, string Title, string Type, string WasType, PanelOutcome Outcome, IReadOnlyList<string> Notes);

/// <summary>What became of a dashboard on its way in, panel by panel.</summary>
/// <param name="WasSchemaVersion">The schema it was written in; 0 where it did not say.</param>
/// <param name="Panels">Rows excepted, in the order of the file.</param>
/// <param name="Notes">What concerns the whole of it.</param>
public sealed record ImportReport(int WasSchemaVersion, IReadOnlyList<PanelReport> Panels, IReadOnlyList<string> Notes)
{
    /// <summary>Panels with an outcome.</summary>
    public int Count(PanelOutcome outcome) => Panels.Count(panel => panel.Outcome == outcome);

    /// <summary>The report as JSON: <c>schemaVersion</c>, <c>ok</c>, <c>approximated</c>, <c>placeholders</c>, <c>notes</c>, <c>panels</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["schemaVersion"] = WasSchemaVersion,
        ["ok"] = Count(PanelOutcome.Ok),
        ["approximated"] = Count(PanelOutcome.Approximated),
        ["placeholders"] = Count(PanelOutcome.Placeholder),
        ["notes"] = Texts(Notes),
        ["panels"] = new JsonArray([.. Panels.Select(panel => new JsonObject
        {
            ["id"] = panel.Id,
            ["title"] = panel.Title,
            ["type"] = panel.Type,
            ["wasType"] = panel.WasType,
            ["outcome"] = NameOf(panel.Outcome),
            ["notes"] = Texts(panel.Notes),
        })]),
    };

    /// <summary>The word of an outcome.</summary>
    public static string NameOf(PanelOutcome outcome) => outcome switch
    {
        PanelOutcome.Ok => "ok",
        PanelOutcome.Approximated => "approximated",
        _ => "placeholder",
    };

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
