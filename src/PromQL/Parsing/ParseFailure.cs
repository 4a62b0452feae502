namespace Pleiad.PromQL;

/// <summary>Errors in the text of a query, worded and placed as Prometheus does.</summary>
internal static class ParseFailure
{
    /// <summary>An error at a place: <c>1:5: parse error: reason</c>.</summary>
    public static QueryException At(string text, SourceSpan span, string reason)
    {
        if (text.Length == 0)
        {
            return new QueryException(QueryErrorKind.BadData, $"unknown position: parse error: {reason}", span);
        }

        (int line, int column) = span.Place(text);
        return new QueryException(QueryErrorKind.BadData, $"{line}:{column}: parse error: {reason}", span);
    }
}
