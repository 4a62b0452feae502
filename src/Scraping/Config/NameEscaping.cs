namespace Pleiad.Scraping;

/// <summary>How names outside the legacy alphabet are asked for (<c>metric_name_escaping_scheme</c>).</summary>
public enum NameEscaping
{
    /// <summary>As they are.</summary>
    AllowUtf8,

    /// <summary>Other characters become underscores.</summary>
    Underscores,

    /// <summary>Dots become <c>_dot_</c>, other characters double underscores.</summary>
    Dots,

    /// <summary>Prefixed <c>U__</c>, code points in hexadecimal.</summary>
    Values,
}
