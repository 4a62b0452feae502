using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What schema versions changed about transformations.</summary>
internal static class OldTransformations
{
    /// <summary>Schema 31: labelsToFields no longer merges what it makes, so a merge follows it.</summary>
    public static void MergeAfterLabelsToFields(JsonObject dashboard)
    {
        foreach (JsonObject panel in dashboard.Panels())
        {
            if (panel.Array("transformations") is not { } steps)
            {
                continue;
            }

            for (int i = 0; i < steps.Count; i++)
            {
                if ((steps[i] as JsonObject)?.Text("id") == "labelsToFields")
                {
                    steps.Insert(++i, new JsonObject { ["id"] = "merge", ["options"] = new JsonObject() });
                }
            }
        }
    }

    /// <summary>Schema 39: timeSeriesTable has its options by query.</summary>
    public static void TimeSeriesTable(JsonObject dashboard)
    {
        foreach (JsonObject step in Steps(dashboard, "timeSeriesTable"))
        {
            if (step.Object("options")?.Take("refIdToStat") is not JsonObject stats)
            {
                continue;
            }

            JsonObject options = step.Ensure("options");
            foreach ((string refId, JsonNode? stat) in stats)
            {
                options[refId] = new JsonObject { ["stat"] = stat?.DeepClone() };
            }
        }
    }

    /// <summary>Schema 43: formatTime is a case of convertFieldType.</summary>
    public static void FormatTime(JsonObject dashboard)
    {
        foreach (JsonObject step in Steps(dashboard, "formatTime"))
        {
            JsonObject old = step.Take("options") as JsonObject ?? [];
            var conversion = new JsonObject { ["destinationType"] = "string" };
            foreach ((string from, string to) in (ReadOnlySpan<(string, string)>)[("timeField", "targetField"), ("outputFormat", "dateFormat"), ("timezone", "timezone")])
            {
                if (old.Word(from) is { } value)
                {
                    conversion[to] = value;
                }
            }

            step["id"] = "convertFieldType";
            step["options"] = new JsonObject { ["conversions"] = new JsonArray(conversion) };
        }
    }

    private static IEnumerable<JsonObject> Steps(JsonObject dashboard, string id) =>
        dashboard.Panels().SelectMany(panel => panel.Objects("transformations")).Where(step => step.Text("id") == id);
}
