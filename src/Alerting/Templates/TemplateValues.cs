using Pleiad.Model;

namespace Pleiad.Alerting;

/// <summary>Values by name: labels, or the arguments of a template.</summary>
/// <param name="Entries">In any order; printed and walked by name.</param>
/// <param name="OfTexts">Whether all values are texts: what is missing is then an empty text.</param>
internal sealed record TemplateMap(IReadOnlyDictionary<string, object?> Entries, bool OfTexts)
{
    /// <summary>Labels as a map of texts.</summary>
    public static TemplateMap Of(Labels labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new(labels.ToDictionary(label => label.Name, label => (object?)label.Value, StringComparer.Ordinal), true);
    }
}

/// <summary>A value with fields and methods.</summary>
internal abstract class TemplateRecord
{
    /// <summary>As Go names the type.</summary>
    public abstract string TypeName { get; }

    /// <summary>The fields in order of declaration.</summary>
    public virtual IReadOnlyList<(string Name, object? Value)> Fields => [];

    /// <summary>A method; null where there is none of this name.</summary>
    public virtual TemplateFunction? Method(string name) => null;

    /// <summary>As Go prints it.</summary>
    public override string ToString() => $"{{{string.Join(' ', Fields.Select(field => GoFormat.Value(field.Value)))}}}";
}

/// <summary>One sample of the answer to a query.</summary>
internal sealed class TemplateSample(Labels labels, object value) : TemplateRecord
{
    public TemplateMap Labels { get; } = TemplateMap.Of(labels);

    public object Value { get; } = value;

    public override string TypeName => "*template.sample";

    public override IReadOnlyList<(string Name, object? Value)> Fields => [("Labels", Labels), ("Value", Value)];

    public string Label(string name) => Labels.Entries.TryGetValue(name, out object? value) ? (string)value! : string.Empty;

    public override string ToString() => "&" + base.ToString();
}

/// <summary>What the templates of an alert are expanded with.</summary>
/// <param name="labels">Of the sample.</param>
/// <param name="externalLabels">Of this server.</param>
/// <param name="externalUrl">Of this server.</param>
/// <param name="value">A <c>double</c> or a <see cref="NativeHistogram"/>.</param>
internal sealed class AlertTemplateData(Labels labels, Labels externalLabels, string externalUrl, object value) : TemplateRecord
{
    public override string TypeName =>
        "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }";

    public override IReadOnlyList<(string Name, object? Value)> Fields { get; } =
    [
        ("Labels", TemplateMap.Of(labels)),
        ("ExternalLabels", TemplateMap.Of(externalLabels)),
        ("ExternalURL", externalUrl),
        ("Value", value),
    ];
}

/// <summary>Markup that is not escaped any more.</summary>
internal sealed record SafeHtml(string Text)
{
    public override string ToString() => Text;
}
