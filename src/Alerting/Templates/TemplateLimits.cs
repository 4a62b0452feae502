namespace Pleiad.Alerting;

/// <summary>What one expansion of a template may use. Templates come from rule files, but what they are fed comes from targets.</summary>
internal static class TemplateLimits
{
    /// <summary>Nesting of parentheses and blocks, and of templates that call each other.</summary>
    public const int DepthMax = 100;

    /// <summary>Nodes that are run: a range over a large number would not end otherwise.</summary>
    public const int StepsMax = 1_000_000;

    /// <summary>Characters of the output.</summary>
    public const int OutputCharsMax = 1 << 20;

    /// <summary>Width or precision of <c>printf</c>; Go has the same limit.</summary>
    public const int PrintWidthMax = 1_000_000;

    /// <summary>Different queries one template may ask.</summary>
    public const int QueriesMax = 100;
}
