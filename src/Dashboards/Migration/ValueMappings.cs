using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Mappings of values to texts, in the forms that Grafana has had for them.</summary>
internal static class ValueMappings
{
    /// <summary>Whether a list is of before schema 30: types are the numbers 1 (value) and 2 (range), or there are none.</summary>
    public static bool AreOld(JsonArray mappings) => mappings.OfType<JsonObject>().Any(mapping => mapping["options"] is null);

    /// <summary>The list of today for one of before; single values share one mapping, in their order.</summary>
    public static JsonArray Modern(JsonArray mappings)
    {
        var values = new JsonObject();
        var modern = new JsonArray();
        foreach (JsonObject mapping in mappings.OfType<JsonObject>())
        {
            if (mapping["options"] is not null)
            {
                modern.Add(mapping.DeepClone());
            }
            else if (mapping.Number("type") == 2 || (mapping["from"] is not null && mapping["value"] is null))
            {
                modern.Add((JsonNode)Range(mapping["from"], mapping["to"], mapping.Text("text") ?? string.Empty, mapping["color"]));
            }
            else
            {
                AddValue(values, modern, mapping["value"].AsScalarText() ?? string.Empty, mapping["text"].AsScalarText() ?? string.Empty, mapping["color"]);
            }
        }

        if (values.Count > 0)
        {
            modern.Insert(0, new JsonObject { ["type"] = "value", ["options"] = values });
        }

        return modern;
    }

    /// <summary>From the <c>valueMaps</c> and <c>rangeMaps</c> of single stats and old tables.</summary>
    /// <param name="holder">Has them.</param>
    /// <param name="kind">1 where values count, 2 where ranges do, null for both.</param>
    public static JsonArray OfMaps(JsonObject holder, double? kind)
    {
        var values = new JsonObject();
        var modern = new JsonArray();
        foreach (JsonObject map in kind == 2 ? [] : holder.Objects("valueMaps"))
        {
            AddValue(values, modern, map["value"].AsScalarText() ?? string.Empty, map["text"].AsScalarText() ?? string.Empty, null);
        }

        foreach (JsonObject map in kind == 1 ? [] : holder.Objects("rangeMaps"))
        {
            modern.Add((JsonNode)Range(map["from"], map["to"], map["text"].AsScalarText() ?? string.Empty, null));
        }

        if (values.Count > 0)
        {
            modern.Insert(0, new JsonObject { ["type"] = "value", ["options"] = values });
        }

        return modern;
    }

    private static void AddValue(JsonObject values, JsonArray modern, string value, string text, JsonNode? color)
    {
        JsonObject result = Result(text, color);
        if (value is "null" or "NaN")
        {
            modern.Add((JsonNode)new JsonObject
            {
                ["type"] = "special", ["options"] = new JsonObject { ["match"] = value == "null" ? "null" : "nan", ["result"] = result },
            });
            return;
        }

        result["index"] = values.Count;
        values[value] = result;
    }

    private static JsonObject Range(JsonNode? from, JsonNode? to, string text, JsonNode? color)
    {
        // "null" to "null" was the way to say: where there is no value.
        if (from.AsText() == "null" && to.AsText() == "null")
        {
            return new JsonObject { ["type"] = "special", ["options"] = new JsonObject { ["match"] = "null", ["result"] = Result(text, color) } };
        }

        return new JsonObject
        {
            ["type"] = "range", ["options"] = new JsonObject { ["from"] = from.AsNumber(), ["to"] = to.AsNumber(), ["result"] = Result(text, color) },
        };
    }

    private static JsonObject Result(string text, JsonNode? color)
    {
        var result = new JsonObject { ["text"] = text };
        if (color.AsText() is { } name)
        {
            result["color"] = name;
        }

        return result;
    }
}
