using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// A data source that is named by a variable or by an input has the type of that. Old references do not say so, and without it a query in
/// another language would be taken for PromQL.
/// </summary>
internal static class SourceTypes
{
    /// <summary>Adds the type where it is another one than ours; what says its type keeps it.</summary>
    /// <param name="dashboard">Is changed.</param>
    /// <param name="inputs">Types of the inputs that have no value, by name.</param>
    public static void Complete(JsonObject dashboard, IReadOnlyDictionary<string, string> inputs)
    {
        var types = new Dictionary<string, string>(inputs, StringComparer.Ordinal);
        foreach (JsonObject variable in dashboard.Variables())
        {
            if (variable.Text("type") == "datasource" && variable.Word("name") is { } name && (variable.Word("query") ?? variable.Word("pluginId")) is { } type)
            {
                types[name] = type;
            }
        }

        IEnumerable<JsonObject> holders = dashboard.Panels().SelectMany(static panel => panel.Objects("targets").Prepend(panel))
            .Concat(dashboard.Object("annotations")?.Objects("list") ?? [])
            .Concat(dashboard.Variables());
        foreach (JsonObject holder in holders.ToArray())
        {
            JsonObject? source = holder.Object("datasource");
            // Whatever the schema says, generators write the older text.
            string? uid = source is null ? holder["datasource"].AsText() : source.Text("uid");
            if (source?.Word("type") is null && NameIn(uid) is { } name && types.TryGetValue(name, out string? type) && !PanelSupport.IsOurs(type))
            {
                if (source is null)
                {
                    holder["datasource"] = new JsonObject { ["type"] = type, ["uid"] = uid };
                }
                else
                {
                    source["type"] = type;
                }
            }
        }
    }

    private static string? NameIn(string? uid) =>
        uid is null ? null
        : uid.StartsWith("${", StringComparison.Ordinal) && uid.EndsWith('}') ? uid[2..^1].Split(':')[0]
        : uid.StartsWith("[[", StringComparison.Ordinal) && uid.EndsWith("]]", StringComparison.Ordinal) ? uid[2..^2].Split(':')[0]
        : uid.StartsWith('$') ? uid[1..]
        : null;
}
