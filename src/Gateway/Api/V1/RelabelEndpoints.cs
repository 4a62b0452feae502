using System.Text.Json;
using Pleiad.Actors;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary><c>targets/relabel_steps</c>: why a target has the labels it has, or why it was dropped.</summary>
internal sealed class RelabelEndpoints(ITargetCatalog catalog)
{
    private static readonly JsonDocumentOptions LabelsOptions = new() { MaxDepth = 2 };

    /// <summary><c>/api/v1/targets/relabel_steps</c></summary>
    /// <remarks>Members of a rule have the names that they have in prometheus.yml.</remarks>
    public Task<ApiAnswer> StepsAsync(GatewayCall call, Parameters parameters)
    {
        string pool = Required(parameters, "scrapePool");
        Labels discovered = ReadLabels(Required(parameters, "labels"));
        IReadOnlyList<TargetRelabelStep> steps = catalog.RelabelSteps(pool, discovered)
            ?? throw new ApiException(ApiErrorKind.BadData, $"error retrieving scrape config: unknown scrape pool: {pool}");
        return Task.FromResult(ApiAnswer.Of(text =>
        {
            text.ObjectStart().Name("steps"u8).ArrayStart();
            foreach (TargetRelabelStep step in steps)
            {
                text.ObjectStart().Name("rule"u8);
                WriteRule(text, step);
                text.Name("output"u8);
                PromJson.WriteLabels(text, step.Output);
                text.Name("keep"u8).Bool(step.Keep).ObjectEnd();
            }

            text.ArrayEnd().ObjectEnd();
        }));
    }

    private static string Required(Parameters parameters, string name) => parameters.Get(name) is { Length: > 0 } value
        ? value
        : throw new ApiException(ApiErrorKind.BadData, $"no {name} parameter provided");

    private static Labels ReadLabels(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, LabelsOptions);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ApiException(ApiErrorKind.BadData, "error parsing labels: a JSON object is expected");
            }

            var labels = new LabelsBuilder();
            foreach (JsonProperty label in document.RootElement.EnumerateObject())
            {
                if (label.Name.Length == 0)
                {
                    throw new ApiException(ApiErrorKind.BadData, "error parsing labels: a label has no name");
                }

                if (label.Value.ValueKind != JsonValueKind.String)
                {
                    throw new ApiException(ApiErrorKind.BadData, $"error parsing labels: the value of {QuotedText.Of(label.Name)} is not a string");
                }

                labels.Set(label.Name, label.Value.GetString()!);
            }

            return labels.ToLabels();
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            // The latter for half a surrogate pair, which no text can hold.
            throw new ApiException(ApiErrorKind.BadData, $"error parsing labels: {wrong.Message}");
        }
    }

    private static void WriteRule(JsonText text, TargetRelabelStep step)
    {
        text.ObjectStart();
        if (step.SourceLabels.Count > 0)
        {
            text.Name("source_labels"u8).ArrayStart();
            foreach (string label in step.SourceLabels)
            {
                text.String(label);
            }

            text.ArrayEnd();
        }

        text.Name("separator"u8).String(step.Separator).Name("regex"u8).String(step.Regex);
        if (step.Modulus > 0)
        {
            text.Name("modulus"u8).Number((double)step.Modulus);
        }

        if (step.TargetLabel.Length > 0)
        {
            text.Name("target_label"u8).String(step.TargetLabel);
        }

        text.Name("replacement"u8).String(step.Replacement).Name("action"u8).String(step.Action).ObjectEnd();
    }
}
