using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// Library panels that came along in <c>__elements</c> are drawn from there: there is no library here. What says that they are of a library
/// stays, and so do the elements, so that an export is one again where there is a library.
/// </summary>
internal static class LibraryElements
{
    private const string Reference = "library-panel-ref";

    /// <summary>Puts the models of library panels into the panels that have nothing but a reference.</summary>
    public static void Inline(JsonObject dashboard)
    {
        JsonObject? elements = dashboard.Object("__elements");
        foreach (JsonObject panel in dashboard.Panels())
        {
            // One with a type has its model already: it was migrated, and what it lost on the way must not come back.
            if (panel.Object("libraryPanel") is not { } library || panel.Text("type") is not (null or "" or Reference))
            {
                continue;
            }

            JsonObject? model = library.Object("model")
                ?? (library.Word("uid") is { } uid ? elements?.Object(uid)?.Object("model") : null);
            if (model is null)
            {
                continue;
            }

            panel.Remove("type");
            foreach ((string name, JsonNode? value) in model)
            {
                // Where the panel stands and its number are the dashboard's business.
                if (name is not ("id" or "gridPos" or "libraryPanel") && panel[name] is null)
                {
                    panel[name] = value?.DeepClone();
                }
            }
        }
    }
}
