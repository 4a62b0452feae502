using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What the interface draws, and the verdict on a panel by it.</summary>
internal static class PanelSupport
{
    private static readonly FrozenSet<string> Types = FrozenSet.Create(
        StringComparer.Ordinal,
        "timeseries", "stat", "table", "gauge", "bargauge", "text", "piechart", "heatmap", "histogram", "barchart", "state-timeline",
        "status-history", "row", "dashlist", "alertlist");

    private static readonly FrozenSet<string> TypesWithoutData = FrozenSet.Create(StringComparer.Ordinal, "text", "row", "dashlist", "alertlist");

    // The first of the ranking in what public dashboards use; alias first, its id of today second.
    private static readonly FrozenSet<string> Transformations = FrozenSet.Create(
        StringComparer.Ordinal,
        "organize", "merge", "renameByRegex", "joinByField", "seriesToColumns", "filterFieldsByName", "groupBy", "calculateField",
        "labelsToFields", "sortBy", "reduce", "filterByValue", "filterByRefId", "seriesToRows", "prepareTimeSeries", "convertFieldType",
        "extractFields", "groupingToMatrix", "limit", "concatenate", "timeSeriesTable", "joinByLabels", "partitionByValues", "transpose",
        "histogram", "rowsToFields", "formatTime", "formatString");

    private static readonly FrozenSet<string> OurSources = FrozenSet.Create(
        StringComparer.Ordinal,
        "prometheus", "datasource", "grafana", "mixed", "grafana-amazonprometheus-datasource", "grafana-azureprometheus-datasource",
        "victoriametrics-datasource", "victoriametrics-metrics-datasource");

    // Of Grafana's own, which read other queries.
    private static readonly FrozenSet<string> Expressions = FrozenSet.Create(
        StringComparer.Ordinal, "math", "reduce", "resample", "threshold", "classic_conditions");

    /// <summary>Whether panels of a type are drawn.</summary>
    public static bool Draws(string type) => Types.Contains(type);

    /// <summary>Whether queries to data sources of a type are answered here.</summary>
    public static bool IsOurs(string type) => OurSources.Contains(type);

    /// <summary>Judges a panel.</summary>
    /// <param name="panel">As it is stored.</param>
    /// <param name="notes">What the migration has to say about it.</param>
    public static PanelReport Judge(JsonObject panel, ImportNotes notes)
    {
        string type = panel.Text("type") ?? string.Empty;
        var said = new List<string>(notes.Of(panel));
        PanelOutcome outcome = PanelOutcome.Placeholder;
        if (panel.Object("libraryPanel") is { } library && type is "" or LibraryElements.Reference)
        {
            said.Add(DidNotCome(library));
        }
        else if (!Draws(type))
        {
            said.Add(type.Length == 0 ? "the panel has no type" : $"panels of type {type} are not drawn");
        }
        else
        {
            said.AddRange(UnknownTransformations(panel));
            said.AddRange(TypesWithoutData.Contains(type) ? [] : ForeignSources(panel));
            outcome = said.Count == 0 ? PanelOutcome.Ok : PanelOutcome.Approximated;
        }

        return new PanelReport((long)(panel.Number("id") ?? 0), panel.Text("title") ?? string.Empty, type, notes.WasType(panel), outcome, said);
    }

    /// <summary>What is said of a panel that is a reference to a library alone.</summary>
    public static string DidNotCome(JsonObject library) => $"the library panel \"{library.Word("name") ?? library.Text("uid")}\" did not come with the dashboard";

    private static IEnumerable<string> UnknownTransformations(JsonObject panel) => panel.Objects("transformations")
        .Where(step => !step.IsOn("disabled"))
        .Select(step => step.Text("id") ?? string.Empty)
        .Where(id => !Transformations.Contains(id))
        .Distinct()
        .Select(id => $"the transformation {id} is passed over");

    private static IEnumerable<string> ForeignSources(JsonObject panel)
    {
        // What every query says for itself, its panel need not say.
        JsonObject[] targets = [.. panel.Objects("targets")];
        IEnumerable<JsonObject> holders = targets.Length > 0 && targets.All(static target => target["datasource"] is not null) ? targets : targets.Append(panel);
        return holders.Select(ForeignSource).OfType<string>().Distinct();
    }

    private static string? ForeignSource(JsonObject holder)
    {
        string? type = holder.Object("datasource")?.Word("type");
        if (type == DashboardInputs.Expressions && holder.Word("type") is { } kind)
        {
            return Expressions.Contains(kind) ? null : $"expressions of type {kind} are not evaluated";
        }

        return type is null || IsOurs(type) || type.Contains('$') ? null : $"queries to a data source of type {type} find nothing here";
    }
}
