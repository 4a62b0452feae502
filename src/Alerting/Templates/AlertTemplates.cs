namespace Pleiad.Alerting;

/// <summary>Labels and annotations of alerts as templates.</summary>
internal static class AlertTemplates
{
    // Short names for what templates need most; part of the text, so that places in messages are Prometheus's.
    private const string Definitions =
        "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}";

    /// <summary>What is wrong with a template as far as reading it tells; null where nothing is.</summary>
    /// <param name="alert">The alert's name.</param>
    /// <param name="text">The template.</param>
    public static string? Problem(string alert, string text)
    {
        try
        {
            Parse(alert, text);
            return null;
        }
        catch (TemplateException e)
        {
            return e.Message;
        }
    }

    /// <summary>Expands a template; an error becomes the text, as in Prometheus, so that the alert is raised all the same.</summary>
    /// <exception cref="TemplateQueryWantedException">It asks a query whose answer is not there.</exception>
    public static string Expand(string alert, string text, AlertTemplateData data, TemplateContext context)
    {
        // Most labels are plain.
        if (!text.Contains("{{", StringComparison.Ordinal))
        {
            return text;
        }

        string step = "parsing";
        try
        {
            Template template = Parse(alert, text);
            step = "executing";
            return template.Expand(data, context);
        }
        catch (TemplateException e)
        {
            return $"<error expanding template: error {step} template {NameOf(alert)}: {e.Message}>";
        }
    }

    private static Template Parse(string alert, string text) => Template.Parse(NameOf(alert), Definitions + text, TemplateOptions.Text);

    private static string NameOf(string alert) => "__alert_" + alert;
}
