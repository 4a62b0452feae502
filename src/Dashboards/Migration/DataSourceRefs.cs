using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Schemas 33 and 36: a data source is named by an object of type and uid, no longer by its name.</summary>
internal static class DataSourceRefs
{
    /// <summary>Panels and their targets.</summary>
    public static void OfPanels(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            Apply(panel);
            foreach (JsonObject target in panel.Objects("targets"))
            {
                Apply(target);
            }
        }
    }

    /// <summary>Annotations and variables.</summary>
    public static void OfAnnotationsAndVariables(JsonObject dashboard)
    {
        foreach (JsonObject holder in (dashboard.Object("annotations")?.Objects("list") ?? []).Concat(dashboard.Variables()))
        {
            Apply(holder);
        }
    }

    private static void Apply(JsonObject holder)
    {
        if (holder["datasource"].AsText() is { } name)
        {
            holder["datasource"] = Of(name);
        }
    }

    // Null means the default source, before and after. A name that is nobody's is kept as uid: whoever draws takes it for ours.
    private static JsonObject? Of(string name) => name switch
    {
        "" or "default" => null,
        "-- Grafana --" => new JsonObject { ["type"] = "datasource", ["uid"] = "grafana" },
        "-- Mixed --" or "-- Dashboard --" => new JsonObject { ["type"] = "datasource", ["uid"] = name },
        _ => new JsonObject { ["uid"] = name },
    };
}
