using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>What schema versions changed about variables.</summary>
internal static class OldVariables
{
    /// <summary>Schema 12: <c>refresh_on_load</c>, <c>hideVariable</c> and <c>hideLabel</c> become <c>refresh</c> and <c>hide</c>.</summary>
    public static void ToPlainMembers(JsonObject dashboard)
    {
        foreach (JsonObject variable in dashboard.Variables())
        {
            if (variable.Take("refresh_on_load") is JsonValue onLoad)
            {
                variable.Default("refresh", onLoad.GetValueKind() == System.Text.Json.JsonValueKind.True ? 1 : 0);
            }

            // What was a boolean is a number since.
            if (variable.Flag("refresh") is { } refresh)
            {
                variable["refresh"] = refresh ? 1 : 0;
            }

            bool hidden = variable.IsOn("hideVariable");
            bool unlabelled = variable.IsOn("hideLabel");
            variable.Drop("hideVariable", "hideLabel");
            if (hidden || unlabelled)
            {
                variable["hide"] = hidden ? 2 : 1;
            }
        }
    }

    /// <summary>Schema 23: the current choice of a variable of many is a list, that of a variable of one is not.</summary>
    public static void MultiHoldsLists(JsonObject dashboard)
    {
        foreach (JsonObject variable in dashboard.Variables())
        {
            if (variable.Object("current") is not { } current || variable.Flag("multi") is not { } many)
            {
                continue;
            }

            foreach (string name in (ReadOnlySpan<string>)["text", "value"])
            {
                if (many && current[name].AsText() is { } one)
                {
                    current[name] = new JsonArray(one);
                }
                else if (!many && current.Array(name) is { Count: > 0 } list)
                {
                    current[name] = list[0]?.DeepClone();
                }
            }
        }
    }

    /// <summary>Schema 27: a constant that users could see becomes a text box, which is what it was.</summary>
    public static void ConstantsAreHidden(JsonObject dashboard)
    {
        foreach (JsonObject variable in dashboard.Variables().Where(v => v.Text("type") == "constant"))
        {
            string query = variable["query"].AsScalarText() ?? string.Empty;
            if ((variable.Number("hide") ?? 0) != 2)
            {
                variable["type"] = "textbox";
            }

            variable["query"] = query;
            variable["current"] = new JsonObject { ["selected"] = true, ["text"] = query, ["value"] = query };
            variable["options"] = new JsonArray(new JsonObject { ["selected"] = true, ["text"] = query, ["value"] = query });
        }
    }

    /// <summary>Schema 28: tags of values are gone.</summary>
    public static void DropTagQueries(JsonObject dashboard)
    {
        foreach (JsonObject variable in dashboard.Variables())
        {
            variable.Drop("tags", "tagsQuery", "tagValuesQuery", "useTags");
        }
    }

    /// <summary>Schema 29: a variable of a query is always asked for, at load or when the time changes; its stored options are of another day.</summary>
    public static void QueriesRefresh(JsonObject dashboard)
    {
        foreach (JsonObject variable in dashboard.Variables().Where(v => v.Text("type") == "query"))
        {
            if (variable.Number("refresh") is not (1 or 2))
            {
                variable["refresh"] = 1;
            }

            if (variable.Array("options") is { Count: > 0 })
            {
                variable["options"] = new JsonArray();
            }
        }
    }
}
