using System.Globalization;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.Node;

/// <summary>A query's answer as lines of text, in the form promtool prints.</summary>
internal static class QueryResultText
{
    /// <summary>Writes the value to <paramref name="output"/>, warnings and infos to <paramref name="error"/>.</summary>
    /// <param name="answer">The whole answer of <c>query</c> or <c>query_range</c>.</param>
    public static async Task WriteAsync(JsonElement answer, TextWriter output, TextWriter error)
    {
        JsonElement data = answer.GetProperty("data");
        JsonElement value = data.GetProperty("result");
        switch (data.GetProperty("resultType").GetString())
        {
            case "vector":
                foreach (JsonElement sample in value.EnumerateArray())
                {
                    JsonElement point = sample.TryGetProperty("value", out JsonElement number) ? number : sample.GetProperty("histogram");
                    await output.WriteLineAsync($"{Series(sample.GetProperty("metric"))} => {PointText(point)}");
                }

                break;
            case "matrix":
                foreach (JsonElement series in value.EnumerateArray())
                {
                    await output.WriteLineAsync($"{Series(series.GetProperty("metric"))} =>");
                    foreach (string name in (string[])["values", "histograms"])
                    {
                        if (series.TryGetProperty(name, out JsonElement points))
                        {
                            foreach (JsonElement point in points.EnumerateArray())
                            {
                                await output.WriteLineAsync(PointText(point));
                            }
                        }
                    }
                }

                break;
            default:
                await output.WriteLineAsync(PointText(value));
                break;
        }

        foreach (string kind in (string[])["warnings", "infos"])
        {
            if (answer.TryGetProperty(kind, out JsonElement texts))
            {
                foreach (JsonElement text in texts.EnumerateArray())
                {
                    await error.WriteLineAsync(text.GetString());
                }
            }
        }
    }

    private static string PointText(JsonElement point)
    {
        string value = point[1].ValueKind == JsonValueKind.String ? point[1].GetString()! : point[1].GetRawText();
        return $"{value} @[{point[0].GetDouble().ToString(CultureInfo.InvariantCulture)}]";
    }

    private static string Series(JsonElement metric)
    {
        string name = string.Empty;
        var labels = new List<string>();
        foreach (JsonProperty label in metric.EnumerateObject())
        {
            string value = label.Value.GetString()!;
            if (label.Name == LabelName.MetricName && LabelName.IsLegacyMetric(value))
            {
                name = value;
            }
            else
            {
                labels.Add((LabelName.IsLegacy(label.Name) ? label.Name : QuotedText.Of(label.Name)) + "=" + QuotedText.Of(value));
            }
        }

        return labels.Count == 0 && name.Length > 0 ? name : $"{name}{{{string.Join(", ", labels)}}}";
    }
}
