using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// Dashboards of Grafana's schema v2 (elements and layouts, the default of Grafana 13) as classic ones. Both v2alpha1 and v2beta1, which
/// differ in where they name the plug-in of a panel and of a query.
/// </summary>
internal static class Schema2Dashboard
{
    // What the classic form looked like when v2 was made; the steps after it run.
    private const int ClassicKin = 41;

    /// <summary>The classic form.</summary>
    /// <param name="spec">Is taken apart.</param>
    /// <param name="uid">From the metadata around it; may be null.</param>
    /// <param name="limits">What the classic form may be at most.</param>
    /// <param name="notes">What has no kin.</param>
    /// <exception cref="DashboardException">It has too many panels, or they are too large.</exception>
    public static JsonObject ToClassic(JsonObject spec, string? uid, DashboardLimits limits, ImportNotes notes)
    {
        JsonObject time = spec.Object("timeSettings") ?? [];
        var classic = new JsonObject();
        if (uid is not null)
        {
            classic["uid"] = uid;
        }

        classic["title"] = spec.Text("title") ?? string.Empty;
        foreach (string name in (ReadOnlySpan<string>)["description", "tags", "links", "editable", "liveNow", "preload", "revision", "__elements"])
        {
            spec.Move(name, classic);
        }

        classic["graphTooltip"] = spec.Text("cursorSync") switch { "Crosshair" => 1, "Tooltip" => 2, _ => 0 };
        classic["time"] = new JsonObject { ["from"] = time.Word("from") ?? "now-6h", ["to"] = time.Word("to") ?? "now" };
        time.Move("timezone", classic);
        time.Move("weekStart", classic);
        time.Move("fiscalYearStartMonth", classic);
        classic["refresh"] = time.Text("autoRefresh") ?? string.Empty;
        var picker = new JsonObject();
        time.Move("autoRefreshIntervals", picker, "refresh_intervals");
        time.Move("hideTimepicker", picker, "hidden");
        time.Move("quickRanges", picker, "quick_ranges");
        time.Move("nowDelay", picker);
        classic["timepicker"] = picker;
        classic["templating"] = new JsonObject { ["list"] = new JsonArray([.. spec.Objects("variables").Select(Schema2Variables.ToClassic)]) };
        classic["annotations"] = new JsonObject { ["list"] = new JsonArray([.. spec.Objects("annotations").Select(Annotation)]) };
        classic["panels"] = new Schema2Layout(spec.Object("elements") ?? [], limits, notes).Panels(spec.Object("layout") ?? []);
        classic["schemaVersion"] = ClassicKin;
        return classic;
    }

    private static JsonNode Annotation(JsonObject kind)
    {
        JsonObject spec = kind.Take("spec") as JsonObject ?? [];
        var classic = spec.Take("legacyOptions") as JsonObject ?? [];
        JsonObject query = spec.Take("query") as JsonObject ?? [];
        if (Schema2Queries.DataSource(spec, query) is { } source)
        {
            classic["datasource"] = source;
        }

        if (query.Take("spec") is JsonObject target)
        {
            // Prometheus's annotations keep their query beside the name, and so do its older readers.
            foreach ((string name, _) in target.ToArray())
            {
                target.Move(name, classic);
            }
        }

        if (spec.Take("builtIn") is { } builtIn)
        {
            classic["builtIn"] = builtIn.GetValueKind() == System.Text.Json.JsonValueKind.True ? 1 : 0;
            classic.Default("type", "dashboard");
        }

        foreach (string name in (ReadOnlySpan<string>)["name", "enable", "hide", "iconColor", "filter", "mappings", "placement"])
        {
            spec.Move(name, classic);
        }

        return classic;
    }
}
