namespace Pleiad.Scraping;

/// <summary>Which metric and label names are accepted (<c>metric_name_validation_scheme</c>).</summary>
public enum NameValidation
{
    /// <summary>Any non-empty UTF-8 text: the default.</summary>
    Utf8,

    /// <summary>Only <c>[a-zA-Z_][a-zA-Z0-9_]*</c> (and <c>:</c> in metric names).</summary>
    Legacy,
}
