namespace Pleiad.PromQL;

/// <summary>
/// Refuses trees deeper than the limit. A chain like <c>a + b + c</c> is parsed in a loop but is deep on its left,
/// and everybody who walks a tree recurses.
/// </summary>
internal static class TreeDepth
{
    /// <summary>Throws unless every node is within <see cref="EngineSettings.DepthMax"/> of the root.</summary>
    public static void Check(Expr root, string text, EngineSettings settings)
    {
        var open = new Stack<(Expr Node, int Depth)>();
        open.Push((root, 1));
        while (open.TryPop(out (Expr Node, int Depth) at))
        {
            if (at.Depth > settings.DepthMax)
            {
                throw ParseFailure.OverLimit(text, at.Node.Span, $"expression is nested deeper than {settings.DepthMax} levels", "depth");
            }

            foreach (Expr child in Children.Of(at.Node))
            {
                open.Push((child, at.Depth + 1));
            }
        }
    }
}
