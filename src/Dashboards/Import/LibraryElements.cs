using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Library panels that came along in <c>__elements</c> become panels of the dashboard's own: there is no library here.</summary>
internal static class LibraryElements
{
    /// <summary>Puts the models of library panels into the panels that refer to them.</summary>
    public static void Inline(JsonObject dashboard)
    {
        JsonObject? elements = dashboard.Take("__elements") as JsonObject;
        foreach (JsonObject panel in dashboard.Panels())
        {
            if (panel.Object("libraryPanel") is not { } library)
            {
                continue;
            }

            JsonObject? model = library.Object("model")
                ?? (library.Word("uid") is { } uid ? elements?.Object(uid)?.Object("model") : null);
            if (model is null)
            {
                continue;
            }

            foreach ((string name, JsonNode? value) in model)
            {
                // Where the panel stands and its number are the dashboard's business.
                if (name is not ("id" or "gridPos" or "libraryPanel") && panel[name] is null)
                {
                    panel[name] = value?.DeepClone();
                }
            }

            if (panel.Text("type") == "library-panel-ref")
            {
                panel["type"] = model["type"]?.DeepClone();
            }

            panel.Remove("libraryPanel");
        }
    }
}
