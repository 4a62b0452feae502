namespace Pleiad.PromQL;

/// <summary>Errors in the text of a query, worded and placed as Prometheus does.</summary>
internal static class ParseFailure
{
    /// <summary>An error at a place: <c>1:5: parse error: reason</c>.</summary>
    public static QueryException At(string text, SourceSpan span, string reason) => Make(text, span, reason, limit: null);

    /// <summary>The error of a text beyond a limit.</summary>
    /// <param name="limit">As <see cref="QueryException.Limit"/>.</param>
    public static QueryException OverLimit(string text, SourceSpan span, string reason, string limit) => Make(text, span, reason, limit);

    private static QueryException Make(string text, SourceSpan span, string reason, string? limit)
    {
        if (text.Length == 0)
        {
            return new QueryException(QueryErrorKind.BadData, $"unknown position: parse error: {reason}", span) { Limit = limit };
        }

        (int line, int column) = span.Place(text);
        return new QueryException(QueryErrorKind.BadData, $"{line}:{column}: parse error: {reason}", span) { Limit = limit };
    }
}
