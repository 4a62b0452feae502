namespace Pleiad.PromQL;

/// <summary>The functions of range vectors by name.</summary>
internal static class RangeFunctions
{
    /// <summary>A new instance for one operator, or null for a name this version does not evaluate.</summary>
    public static RangeFunction? Find(string name) => name switch
    {
        "rate" => new ExtrapolatedRate(isCounter: true, perSecond: true),
        "increase" => new ExtrapolatedRate(isCounter: true, perSecond: false),
        "delta" => new ExtrapolatedRate(isCounter: false, perSecond: false),
        _ => null,
    };
}
