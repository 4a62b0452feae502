using System.Globalization;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>Builds field configuration, as the panels of today have it.</summary>
internal static class FieldConfigs
{
    /// <summary>Defaults and overrides of a panel; made where they are missing.</summary>
    public static JsonObject Defaults(JsonObject panel)
    {
        JsonObject config = panel.Ensure("fieldConfig");
        config.EnsureArray("overrides");
        return config.Ensure("defaults");
    }

    /// <summary>An override for fields of a name; for <c>/pattern/</c> those that match it.</summary>
    public static JsonObject ByName(string nameOrPattern, IEnumerable<JsonObject> properties)
    {
        bool pattern = nameOrPattern.Length > 2 && nameOrPattern[0] == '/' && nameOrPattern.LastIndexOf('/') > 0;
        return new JsonObject
        {
            ["matcher"] = new JsonObject { ["id"] = pattern ? "byRegexp" : "byName", ["options"] = nameOrPattern },
            ["properties"] = new JsonArray([.. properties]),
        };
    }

    /// <summary>One property of an override.</summary>
    public static JsonObject Property(string id, JsonNode? value) => new() { ["id"] = id, ["value"] = value };

    /// <summary>A colour that is always the same.</summary>
    public static JsonObject Fixed(string color) => new() { ["mode"] = "fixed", ["fixedColor"] = color };

    /// <summary>Steps of thresholds: the first has no value, which is how JSON says minus infinity.</summary>
    public static JsonObject Thresholds(IEnumerable<(double? From, string Color)> steps, string mode = "absolute") => new()
    {
        ["mode"] = mode,
        ["steps"] = new JsonArray([.. steps.Select(step => new JsonObject { ["color"] = step.Color, ["value"] = step.From })]),
    };

    /// <summary>From <c>"50,80"</c> and three colours, as single stats and old tables have them; null where there are none.</summary>
    public static JsonObject? Thresholds(JsonNode? thresholds, JsonArray? colors)
    {
        double[] limits = thresholds switch
        {
            JsonArray list => [.. list.Select(item => item.AsNumber()).OfType<double>()],
            _ => [.. (thresholds.AsScalarText() ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit) && double.IsFinite(limit) ? limit : (double?)null)
                .OfType<double>()],
        };
        string[] names = [.. (colors ?? []).Select(color => color.AsText()).OfType<string>()];
        return names.Length == 0 || limits.Length == 0
            ? null
            : Thresholds(names.Take(limits.Length + 1).Select((color, i) => (i == 0 ? (double?)null : limits[i - 1], color)));
    }

    /// <summary>The reducer of today for the name a single stat or a legend has for it; null where there is none.</summary>
    public static string? Reducer(string? name) => name switch
    {
        "avg" => "mean",
        "current" => "lastNotNull",
        "total" => "sum",
        "min" or "max" or "first" or "delta" or "diff" or "range" or "count" => name,
        "last_time" => "lastNotNull",
        _ => null,
    };

    /// <summary>Links of values with addresses.</summary>
    public static JsonArray Links(string title, string url, bool inNewTab) =>
        new(new JsonObject { ["title"] = title, ["url"] = url, ["targetBlank"] = inNewTab });
}
