using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

/// <summary>Dashboards in which any member may be of any kind.</summary>
internal static class OddJson
{
    private static readonly string[] Types =
        ["graph", "singlestat", "table-old", "table", "timeseries", "stat", "gauge", "heatmap", "row", "text", "piechart", "bargauge", "grafana-piechart-panel", "constructor", "", "logs"];

    /// <summary>A dashboard of one of many ages, of which some members were replaced.</summary>
    public static JsonObject Dashboard(Random chance)
    {
        JsonArray panels = [.. Enumerable.Range(0, chance.Next(4)).Select(_ => (JsonNode?)Panel(chance, 0))];
        var dashboard = new JsonObject
        {
            ["title"] = "t", ["schemaVersion"] = chance.Next(-1, 45), ["tags"] = new JsonArray("a"), ["time"] = new JsonObject { ["from"] = "now-1h", ["to"] = "now" }, ["refresh"] = "5s",
            ["links"] = new JsonArray(new JsonObject { ["type"] = "link", ["url"] = "/d/x", ["tags"] = new JsonArray() }),
            ["templating"] = new JsonObject
            {
                ["list"] = new JsonArray(new JsonObject
                {
                    ["name"] = "v", ["type"] = "query", ["query"] = "label_values(up, job)", ["datasource"] = "x", ["refresh"] = 1, ["multi"] = true, ["options"] = new JsonArray(),
                    ["current"] = new JsonObject { ["value"] = "$__all", ["text"] = "All" }, ["tags"] = new JsonArray(),
                }),
            },
            ["annotations"] = new JsonObject { ["list"] = new JsonArray(new JsonObject { ["name"] = "n", ["datasource"] = "-- Grafana --", ["builtIn"] = 1, ["target"] = new JsonObject() }) },
            ["__inputs"] = new JsonArray(new JsonObject { ["name"] = "DS", ["type"] = "datasource", ["pluginId"] = "prometheus" }),
        };
        if (chance.Next(3) == 0)
        {
            dashboard["rows"] = new JsonArray(new JsonObject { ["title"] = "r", ["height"] = "250px", ["collapse"] = chance.Next(2) == 0, ["repeat"] = "v", ["panels"] = panels });
        }
        else
        {
            dashboard["panels"] = panels;
        }

        for (int i = chance.Next(6); i > 0; i--)
        {
            Replace(dashboard, chance);
        }

        return dashboard;
    }

    private static JsonObject Panel(Random chance, int depth) => new()
    {
        ["id"] = chance.Next(3), ["type"] = Types[chance.Next(Types.Length)], ["title"] = "p", ["span"] = 4, ["gridPos"] = new JsonObject { ["x"] = 0, ["y"] = chance.Next(9), ["w"] = 12, ["h"] = 8 },
        ["datasource"] = chance.Next(2) == 0 ? null : "${DS}", ["repeat"] = "v", ["minSpan"] = 6, ["thresholds"] = "50,80", ["colors"] = new JsonArray("red", "green", "blue"), ["format"] = "ms", ["legend"] = new JsonObject { ["show"] = true },
        ["yaxes"] = new JsonArray(new JsonObject { ["format"] = "bytes", ["min"] = "0" }, new JsonObject()), ["seriesOverrides"] = new JsonArray(new JsonObject { ["alias"] = "/x/", ["yaxis"] = 2 }),
        ["valueMaps"] = new JsonArray(new JsonObject { ["value"] = "null", ["text"] = "N/A" }), ["mappingType"] = 1, ["styles"] = new JsonArray(new JsonObject { ["pattern"] = "/.*/", ["type"] = "number", ["thresholds"] = new JsonArray("1", "2") }),
        ["targets"] = new JsonArray(new JsonObject { ["expr"] = "up", ["refId"] = "A", ["format"] = "table" }), ["links"] = new JsonArray(new JsonObject { ["url"] = "x", ["dashUri"] = "db/x" }),
        ["fieldConfig"] = new JsonObject
        {
            ["defaults"] = new JsonObject { ["unit"] = "s", ["thresholds"] = new JsonObject { ["steps"] = new JsonArray(new JsonObject { ["value"] = "5" }) }, ["mappings"] = new JsonArray(new JsonObject { ["value"] = "1", ["text"] = "a" }) },
            ["overrides"] = new JsonArray(new JsonObject { ["matcher"] = new JsonObject { ["id"] = "byName" }, ["properties"] = new JsonArray(new JsonObject { ["id"] = "links", ["value"] = new JsonArray() }) }),
        },
        ["options"] = new JsonObject { ["legend"] = new JsonObject { ["calcs"] = new JsonArray("min") }, ["fieldOptions"] = new JsonObject() }, ["transformations"] = new JsonArray(new JsonObject { ["id"] = "merge" }),
        ["panels"] = depth < 2 ? new JsonArray([.. Enumerable.Range(0, chance.Next(2)).Select(_ => (JsonNode?)Panel(chance, depth + 1))]) : null,
    };

    // Some member, at any depth, becomes something else.
    private static void Replace(JsonNode node, Random chance)
    {
        JsonNode at = node;
        while (true)
        {
            int count = at is JsonObject members ? members.Count : at.AsArray().Count;
            if (count == 0)
            {
                return;
            }

            int place = chance.Next(count);
            JsonNode? child = at is JsonObject of ? of.GetAt(place).Value : at[place];
            if (child is JsonObject or JsonArray && chance.Next(4) != 0)
            {
                at = child;
                continue;
            }

            if (at is JsonObject holder)
            {
                holder.SetAt(place, Something(chance));
            }
            else
            {
                at.AsArray()[place] = Something(chance);
            }

            return;
        }
    }

    private static JsonNode? Something(Random chance) => chance.Next(9) switch
    {
        0 => null, 1 => 5, 2 => "text", 3 => "7", 4 => new JsonArray(), 5 => new JsonObject(), 6 => true, 7 => new JsonArray(1, "a", null, new JsonObject()), _ => -1.5,
    };
}
