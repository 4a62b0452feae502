using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The panels of a dashboard, wherever they stand.</summary>
internal static class PanelWalk
{
    /// <summary>Every panel, rows and the children of collapsed rows included, in the order of the file.</summary>
    public static IEnumerable<JsonObject> Panels(this JsonObject dashboard)
    {
        foreach (JsonObject row in dashboard.Objects("rows"))
        {
            foreach (JsonObject panel in row.Objects("panels"))
            {
                yield return panel;
            }
        }

        foreach (JsonObject panel in dashboard.Objects("panels"))
        {
            yield return panel;
            foreach (JsonObject child in panel.Objects("panels"))
            {
                yield return child;
            }
        }
    }

    /// <summary>Likewise with those that are deeper than anybody draws, and with the rows of before schema 16, which become panels.</summary>
    public static IEnumerable<JsonObject> PanelsOfAnyDepth(this JsonObject holder) =>
        holder.Objects("rows").Concat(holder.Objects("panels")).SelectMany(static panel => panel.PanelsOfAnyDepth().Prepend(panel));

    /// <summary>The variables of a dashboard.</summary>
    public static IEnumerable<JsonObject> Variables(this JsonObject dashboard) => dashboard.Object("templating")?.Objects("list") ?? [];

    /// <summary>Whether it is a row.</summary>
    public static bool IsRow(this JsonObject panel) => panel.Text("type") == "row";

    /// <summary>The links of values in the field configuration, defaults and overrides.</summary>
    public static IEnumerable<JsonObject> DataLinks(this JsonObject panel)
    {
        IEnumerable<JsonObject> Of(JsonObject? holder, string name) => holder?.Objects(name) ?? [];
        JsonObject? options = panel.Object("options");
        JsonObject? config = panel.Object("fieldConfig");
        return Of(options, "dataLinks")
            .Concat(Of(options?.Object("fieldOptions")?.Object("defaults"), "links"))
            .Concat(Of(config?.Object("defaults"), "links"))
            .Concat(panel.OverrideProperties("links").SelectMany(property => property.Objects("value")));
    }

    /// <summary>The overrides' properties of an id.</summary>
    public static IEnumerable<JsonObject> OverrideProperties(this JsonObject panel, string id) =>
        (panel.Object("fieldConfig")?.Objects("overrides") ?? [])
            .SelectMany(rule => rule.Objects("properties"))
            .Where(property => property.Text("id") == id);
}
