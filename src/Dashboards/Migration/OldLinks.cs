using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What schema versions changed about links.</summary>
internal static class OldLinks
{
    private static readonly (string Old, string New)[] Names =
    [
        ("__series_name", "__series.name"), ("$__series_name", "${__series.name}"), ("__value_time", "__value.time"), ("$__value_time", "${__value.time}"),
        ("__field_name", "__field.name"), ("$__field_name", "${__field.name}"), ("__series.labels", "__field.labels"),
    ];

    /// <summary>Schema 19: a panel's link is an address, with what it takes along written into it.</summary>
    public static void OfPanels(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            foreach (JsonObject link in panel.Objects("links"))
            {
                string url = link.Word("url")
                    ?? (link.Word("dashUri") is { } uri ? "dashboard/" + uri : null)
                    ?? (link.Word("dashboard") is { } name ? "dashboard/db/" + Slug.Of(name) : null)
                    ?? "/";
                var query = new List<string>();
                if (link.IsOn("keepTime"))
                {
                    query.Add("$__url_time_range");
                }

                if (link.IsOn("includeVars"))
                {
                    query.Add("$__all_variables");
                }

                if (link.Word("params") is { } parameters)
                {
                    query.Add(parameters);
                }

                if (query.Count > 0)
                {
                    url += (url.Contains('?', StringComparison.Ordinal) ? "&" : "?") + string.Join('&', query);
                }

                link["url"] = url;
                link.Default("title", link.Text("dashboard") ?? string.Empty);
                link.Drop("dashUri", "dashboard", "keepTime", "includeVars", "params", "type");
            }
        }
    }

    /// <summary>Schemas 20 and 21: names in the links of values have dots, and labels belong to fields.</summary>
    public static void Interpolation(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            foreach (JsonObject link in panel.DataLinks())
            {
                Rename(link, "url");
                Rename(link, "title");
            }

            if (panel.Object("options")?.Object("fieldOptions")?.Object("defaults") is { } defaults)
            {
                Rename(defaults, "title");
            }
        }
    }

    private static void Rename(JsonObject of, string member)
    {
        if (of.Text(member) is not { } text || !text.Contains("__", StringComparison.Ordinal))
        {
            return;
        }

        // "$__series_name" before "__series_name": the longer text is another thing.
        string renamed = Names.OrderByDescending(name => name.Old.Length).Aggregate(
            text, (now, name) => now.Replace(name.Old, name.New, StringComparison.Ordinal));
        if (renamed != text)
        {
            of[member] = renamed;
        }
    }
}
