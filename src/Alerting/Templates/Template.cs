namespace Pleiad.Alerting;

/// <summary>A template that has been read, with all it defines. Immutable.</summary>
/// <remarks>The language is that of Go's <c>text/template</c>; the functions are Prometheus's.</remarks>
internal sealed class Template
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> _trees;

    private Template(string name, string text, TemplateOptions options, IReadOnlyDictionary<string, IReadOnlyList<TemplateNode>> trees)
    {
        Name = name;
        Text = text;
        Options = options;
        _trees = trees;
    }

    /// <summary>Named in errors.</summary>
    public string Name { get; }

    /// <summary>As written.</summary>
    public string Text { get; }

    public TemplateOptions Options { get; }

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">Not a template; the message begins with <c>template: name:line: </c>.</exception>
    public static Template Parse(string name, string text, TemplateOptions options) =>
        new(name, text, options, TemplateParser.Parse(name, text, options.Html ? TemplateFunctions.ForHtml : TemplateFunctions.ForText));

    /// <summary>Fills it with data.</summary>
    /// <exception cref="TemplateException">It fails; the message says where.</exception>
    /// <exception cref="TemplateQueryWantedException">It asks a query whose answer is not there.</exception>
    public string Expand(object? data, TemplateContext context) => new TemplateRun(this, context).Run(data);

    /// <summary>What was defined under a name; null where nothing was.</summary>
    public IReadOnlyList<TemplateNode>? Tree(string name) => _trees.GetValueOrDefault(name);
}

/// <summary>How a template is expanded.</summary>
/// <param name="Html">Whether what actions print is escaped as the text of an HTML page, as in a console of Prometheus.</param>
/// <param name="MissingKey">What a key that a map does not have is.</param>
internal sealed record TemplateOptions(bool Html, MissingKey MissingKey)
{
    /// <summary>Plain text, and what is missing is the zero of the map's values.</summary>
    public static readonly TemplateOptions Text = new(false, MissingKey.Zero);
}

/// <summary>What a key that a map does not have is.</summary>
internal enum MissingKey
{
    /// <summary>Printed as <c>&lt;no value&gt;</c>.</summary>
    NoValue,

    /// <summary>The zero of the map's values: an empty text for a map of texts.</summary>
    Zero,

    /// <summary>An error.</summary>
    Error,
}
