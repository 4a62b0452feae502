using System.Text;
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

    /// <summary>The data source of Grafana's own expressions.</summary>
    public const string Expressions = "__expr__";

    // So far every text is searched behind each place where a name may begin.
    private const int NameCharsMax = 200;
    private const int ShownCharsMax = 40;

    /// <summary>Puts values for inputs and takes the list of them away.</summary>
    /// <param name="dashboard">Is changed.</param>
    /// <param name="chosen">Values by name, as <c>POST /api/dashboards/import</c> brings them.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="notes">Inputs that nobody gave a value.</param>
    /// <returns>The types of data sources that inputs without a value stand for, by their names.</returns>
    /// <exception cref="DashboardException">With the values it is too large.</exception>
    public static IReadOnlyDictionary<string, string> Resolve(JsonObject dashboard, IReadOnlyDictionary<string, string> chosen, DashboardLimits limits, ImportNotes notes)
    {
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        if (dashboard.Take("__inputs") is not JsonArray inputs)
        {
            return open;
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

            if (name.Length > NameCharsMax)
            {
                notes.OfDashboard.Add($"the input {name[..ShownCharsMax]}... gets no value: its name has more than {NameCharsMax} characters");
                continue;
            }

            string? value = chosen.GetValueOrDefault(name) ?? Default(input);
            if (value is null)
            {
                notes.OfDashboard.Add($"the input {name} ({input.Text("type")} {input.Text("pluginId")}) has no value");
                if (input.Text("type") == "datasource" && input.Word("pluginId") is { } type)
                {
                    open[name] = type;
                }
            }
            else
            {
                values[name] = value;
            }
        }

        if (values.Count > 0)
        {
            new Replacement(values, limits).Apply(dashboard);
        }

        return open;
    }

    private static string? Default(JsonObject input) => input.Text("type") switch
    {
        "datasource" when input.Text("pluginId") is "prometheus" => OwnSource,

        // Grafana's expressions are no source that anybody chooses.
        "datasource" when input.Text("pluginId") is Expressions => Expressions,
        "constant" => input["value"].AsScalarText(),
        _ => null,
    };

    /// <summary>
    /// Puts values into texts. A few characters name a value of many, so what the texts become is counted before it is made: together they are no
    /// larger than a dashboard may be. What a value holds is not looked at again, or values that name each other would double with each.
    /// </summary>
    private sealed class Replacement(Dictionary<string, string> values, DashboardLimits limits)
    {
        private readonly int _nameCharsMax = values.Keys.Max(static name => name.Length);
        private long _chars;

        public void Apply(JsonNode node)
        {
            if (node is JsonObject members)
            {
                foreach ((string name, JsonNode? value) in members.ToArray())
                {
                    if (value.AsText() is { } text)
                    {
                        if (Replaced(text) is { } replaced)
                        {
                            members[name] = replaced;
                        }
                    }
                    else if (value is not null)
                    {
                        Apply(value);
                    }
                }
            }
            else if (node is JsonArray elements)
            {
                for (int i = 0; i < elements.Count; i++)
                {
                    if (elements[i].AsText() is { } text)
                    {
                        if (Replaced(text) is { } replaced)
                        {
                            elements[i] = replaced;
                        }
                    }
                    else if (elements[i] is { } element)
                    {
                        Apply(element);
                    }
                }
            }
        }

        /// <summary>The text with its values; null where it names none.</summary>
        private string? Replaced(string text)
        {
            StringBuilder? made = null;
            int copied = 0;
            for (int at = text.IndexOf("${", StringComparison.Ordinal); at >= 0; at = text.IndexOf("${", at, StringComparison.Ordinal))
            {
                ReadOnlySpan<char> rest = text.AsSpan(at + 2);
                int length = rest[..Math.Min(rest.Length, _nameCharsMax + 1)].IndexOf('}');
                if (length < 0 || !values.TryGetValue(rest[..length].ToString(), out string? value))
                {
                    at += 2;
                    continue;
                }

                made ??= new StringBuilder();
                Count(at - copied + value.Length);
                made.Append(text, copied, at - copied).Append(value);
                at += length + 3;
                copied = at;
            }

            if (made is null)
            {
                return null;
            }

            Count(text.Length - copied);
            return made.Append(text, copied, text.Length - copied).ToString();
        }

        private void Count(int chars)
        {
            _chars += chars;
            if (_chars > limits.BytesMax)
            {
                throw new DashboardException(DashboardFault.TooLarge, $"the texts that name inputs would have more than {limits.BytesMax} characters with their values");
            }
        }
    }
}
