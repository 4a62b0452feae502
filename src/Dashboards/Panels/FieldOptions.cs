using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Stats, gauges and bar gauges of Grafana 6: what is configuration of fields today stood in their options.</summary>
internal static class FieldOptions
{
    /// <summary>Moves it to where it belongs.</summary>
    public static void ToFieldConfig(JsonObject panel, JsonObject options)
    {
        JsonObject fields = options.Take("fieldOptions") as JsonObject ?? [];
        JsonObject values = options.Take("valueOptions") as JsonObject ?? [];
        JsonObject defaults = FieldConfigs.Defaults(panel);
        JsonObject own = fields.Take("defaults") as JsonObject ?? [];
        foreach ((string name, _) in own.ToArray())
        {
            own.Move(name, defaults, name == "title" ? "displayName" : null);
        }

        // The first form, of Grafana 6.0, had them one level higher.
        values.Move("unit", defaults);
        values.Move("decimals", defaults);
        options.Move("minValue", defaults, "min");
        options.Move("maxValue", defaults, "max");
        JsonNode? thresholds = fields.Take("thresholds") ?? options.Take("thresholds") ?? defaults.Take("thresholds");
        if (thresholds is JsonArray steps)
        {
            defaults["thresholds"] = FieldConfigs.Thresholds(
                steps.OfType<JsonObject>().OrderBy(step => step.Number("index") ?? 0).Select((step, i) => (i == 0 ? null : step.Number("value"), step.Text("color") ?? "green")));
        }
        else if (thresholds is not null)
        {
            defaults["thresholds"] = thresholds;
        }

        defaults.Default("color", new JsonObject { ["mode"] = "thresholds" });
        (fields["mappings"] is null ? options : fields).Move(fields["mappings"] is null ? "valueMappings" : "mappings", defaults, "mappings");
        if (fields.Take("overrides") is JsonArray overrides)
        {
            panel.Ensure("fieldConfig")["overrides"] = overrides;
        }

        string stat = values.Text("stat") ?? "mean";
        options["reduceOptions"] = new JsonObject
        {
            ["calcs"] = fields.Take("calcs") as JsonArray ?? new JsonArray(FieldConfigs.Reducer(stat) ?? stat),
            ["fields"] = string.Empty,
            ["values"] = fields.IsOn("values"),
        };
        if (fields.Number("limit") is { } limit)
        {
            options["reduceOptions"]!["limit"] = limit;
        }
    }
}
