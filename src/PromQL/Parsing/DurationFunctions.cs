namespace Pleiad.PromQL;

/// <summary>The functions of two arguments inside durations.</summary>
internal static class DurationFunctions
{
    /// <summary>The function of a name, or null.</summary>
    public static DurationOp? Named(ReadOnlySpan<char> name) =>
        name.Equals("min_of", StringComparison.OrdinalIgnoreCase) ? DurationOp.MinOf
        : name.Equals("max_of", StringComparison.OrdinalIgnoreCase) ? DurationOp.MaxOf
        : null;
}
