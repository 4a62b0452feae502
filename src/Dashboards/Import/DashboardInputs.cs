using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// The inputs of a dashboard that was exported for sharing: <c>__inputs</c> names what whoever imports it has to choose, and texts
/// of the dashboard refer to it as <c>${NAME}</c>.
/// </summary>
internal static class DashboardInputs
{
    /// <summary>The uid by which our own Prometheus-compatible data source is known in dashboards.</summary>
    public const string OwnSource = "pleiad";

    private const string Expressions = "__expr__";

    /// <summary>Puts values for inputs and takes the list of them away.</summary>
    /// <param name="dashboard">Is changed.</param>
    /// <param name="chosen">Values by name, as <c>POST /api/dashboards/import</c> brings them.</param>
    /// <param name="notes">Inputs that nobody gave a value.</param>
    public static void Resolve(JsonObject dashboard, IReadOnlyDictionary<string, string> chosen, ImportNotes notes)
    {
        if (dashboard.Take("__inputs") is not JsonArray inputs)
        {
            return;
        }

        // A variable of the same name is what the text means once the dashboard runs.
        HashSet<string> variables = [.. dashboard.Variables().Select(variable => variable.Text("name")).OfType<string>()];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonObject input in inputs.OfType<JsonObject>())
        {
            if (input.Word("name") is not { } name || variables.Contains(name))
            {
                continue;
            }

            string? value = chosen.GetValueOrDefault(name) ?? Default(input);
            if (value is null)
            {
                notes.OfDashboard.Add($"the input {name} ({input.Text("type")} {input.Text("pluginId")}) has no value");
            }
            else
            {
                values[name] = value;
            }
        }

        if (values.Count > 0)
        {
            Replace(dashboard, values);
        }
    }

    private static string? Default(JsonObject input) => input.Text("type") switch
    {
        "datasource" when input.Text("pluginId") is "prometheus" => OwnSource,

        // Grafana's expressions are no source that anybody chooses.
        "datasource" when input.Text("pluginId") is Expressions => Expressions,
        "constant" => input["value"].AsScalarText(),
        _ => null,
    };

    private static void Replace(JsonNode node, Dictionary<string, string> values)
    {
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members.ToArray())
            {
                if (value.AsText() is { } text)
                {
                    string replaced = Replace(text, values);
                    if (!ReferenceEquals(replaced, text))
                    {
                        members[name] = replaced;
                    }
                }
                else if (value is not null)
                {
                    Replace(value, values);
                }
            }
        }
        else if (node is JsonArray elements)
        {
            for (int i = 0; i < elements.Count; i++)
            {
                if (elements[i].AsText() is { } text)
                {
                    string replaced = Replace(text, values);
                    if (!ReferenceEquals(replaced, text))
                    {
                        elements[i] = replaced;
                    }
                }
                else if (elements[i] is { } element)
                {
                    Replace(element, values);
                }
            }
        }
    }

    private static string Replace(string text, Dictionary<string, string> values)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return text;
        }

        string replaced = text;
        foreach ((string name, string value) in values)
        {
            replaced = replaced.Replace("${" + name + "}", value, StringComparison.Ordinal);
        }

        return replaced == text ? text : replaced;
    }
}
