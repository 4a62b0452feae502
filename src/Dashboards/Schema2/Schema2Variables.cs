using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Variables of schema v2: words where the classic form has numbers.</summary>
internal static class Schema2Variables
{
    private static readonly string[] Sorts =
    [
        "disabled", "alphabeticalAsc", "alphabeticalDesc", "numericalAsc", "numericalDesc", "alphabeticalCaseInsensitiveAsc",
        "alphabeticalCaseInsensitiveDesc", "naturalAsc", "naturalDesc",
    ];

    /// <summary>A variable of the classic form.</summary>
    public static JsonNode ToClassic(JsonObject kind)
    {
        JsonObject spec = kind.Take("spec") as JsonObject ?? [];
        string type = TypeOf(kind.Text("kind") ?? string.Empty);
        spec["type"] = type;
        spec["hide"] = spec.Text("hide") switch { "hideLabel" => 1, "hideVariable" => 2, "inControlsMenu" => 3, _ => 0 };
        if (spec["refresh"].AsText() is { } refresh)
        {
            spec["refresh"] = refresh switch { "onDashboardLoad" => 1, "onTimeRangeChanged" => 2, _ => 0 };
        }

        if (spec["sort"].AsText() is { } sort)
        {
            spec["sort"] = Math.Max(0, Array.IndexOf(Sorts, sort));
        }

        switch (type)
        {
            case "query":
                JsonObject query = spec.Take("query") as JsonObject ?? [];
                if (Schema2Queries.DataSource(spec, query) is { } source)
                {
                    spec["datasource"] = source;
                }

                JsonObject asked = query.Take("spec") as JsonObject ?? [];
                // The oldest form of a query was a text; v2 wraps it.
                spec["query"] = asked.Count == 1 && asked.Text("__legacyStringValue") is { } text ? text : asked;
                break;
            case "datasource":
                spec.Move("pluginId", spec, "query");
                break;
            case "adhoc" or "groupby" when spec["datasource"] is null && kind.Object("datasource")?.Word("name") is { } name:
                spec["datasource"] = new JsonObject { ["type"] = kind.Word("group") ?? "prometheus", ["uid"] = name };
                break;
        }

        return spec;
    }

    private static string TypeOf(string kind) => kind switch
    {
        "QueryVariable" => "query",
        "CustomVariable" => "custom",
        "TextVariable" => "textbox",
        "ConstantVariable" => "constant",
        "DatasourceVariable" => "datasource",
        "IntervalVariable" => "interval",
        "AdhocVariable" => "adhoc",
        "GroupByVariable" => "groupby",
        "SwitchVariable" => "switch",
        _ => "custom",
    };
}
