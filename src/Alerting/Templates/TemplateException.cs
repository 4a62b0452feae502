namespace Pleiad.Alerting;

/// <summary>A template that cannot be read or expanded; the message is Go's: <c>template: name:1: unclosed action</c>.</summary>
public sealed class TemplateException(string message) : Exception(message);

/// <summary>A function of a template refuses what it was given; the caller puts name and place in front.</summary>
internal sealed class TemplateCallException(string message) : Exception(message);

/// <summary>A template asks a query whose answer is not known yet: whoever expands it asks, and expands again.</summary>
internal sealed class TemplateQueryWantedException(string query) : Exception("the answer of a query is needed: " + query)
{
    public string Query { get; } = query;
}
