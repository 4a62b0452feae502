using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>The axes of a graph: the left one holds for all series, the right one for those that ask for it.</summary>
internal static class GraphAxis
{
    /// <summary>Writes an axis into the defaults.</summary>
    public static void Left(JsonObject defaults, JsonObject axis)
    {
        JsonObject custom = defaults.Ensure("custom");
        foreach ((string id, JsonNode? value) in Settings(axis))
        {
            if (id.StartsWith("custom.", StringComparison.Ordinal))
            {
                custom[id["custom.".Length..]] = value;
            }
            else
            {
                defaults[id] = value;
            }
        }
    }

    /// <summary>The properties that put a series on the right axis.</summary>
    public static IEnumerable<JsonObject> Right(JsonObject? axis) =>
        new[] { FieldConfigs.Property("custom.axisPlacement", axis?.Flag("show") == false ? "hidden" : "right") }
            .Concat(axis is null ? [] : Settings(axis).Where(s => s.Id != "custom.axisPlacement").Select(s => FieldConfigs.Property(s.Id, s.Value)));

    private static IEnumerable<(string Id, JsonNode? Value)> Settings(JsonObject axis)
    {
        if (axis.Word("format") is { } unit)
        {
            yield return ("unit", unit);
        }

        if (axis.Number("min") is { } min)
        {
            yield return ("min", min);
        }

        if (axis.Number("max") is { } max)
        {
            yield return ("max", max);
        }

        if (axis.Word("label") is { } label)
        {
            yield return ("custom.axisLabel", label);
        }

        if (axis.Number("logBase") is > 1 and { } logBase)
        {
            yield return ("custom.scaleDistribution", new JsonObject { ["type"] = "log", ["log"] = logBase });
        }

        if (axis.Flag("show") == false)
        {
            yield return ("custom.axisPlacement", "hidden");
        }
    }
}
