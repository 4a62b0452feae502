namespace Pleiad.PromQL;

/// <summary>Which functions may read anchored and smoothed ranges.</summary>
internal static class RangeModes
{
    private static readonly string[] Anchored = ["changes", "delta", "increase", "rate", "resets"];
    private static readonly string[] Smoothed = ["delta", "increase", "rate"];

    /// <exception cref="QueryException">The function may not.</exception>
    public static void Check(CallExpr call, Expr range)
    {
        if (range is not MatrixSelector { Vector.Window: var mode and not WindowMode.Plain })
        {
            return;
        }

        (string modifier, string[] allowed) = mode == WindowMode.Anchored ? ("anchored", Anchored) : ("smoothed", Smoothed);
        if (!allowed.Contains(call.Function.Name))
        {
            throw new QueryException(
                QueryErrorKind.Execution,
                $"{modifier} modifier can only be used with: {string.Join(", ", allowed)} - not with {call.Function.Name}",
                call.Span);
        }
    }
}
