using System.Globalization;

namespace Pleiad.PromQL;

/// <summary>What kind of thing went wrong with a query; the gateway maps it to a status code.</summary>
public enum QueryErrorKind
{
    /// <summary>The text is not a valid query (400 bad_data).</summary>
    BadData,

    /// <summary>It could not be evaluated (422 execution).</summary>
    Execution,

    /// <summary>It ran out of time (503 timeout).</summary>
    Timeout,

    /// <summary>The client went away or somebody cancelled it (499 canceled).</summary>
    Canceled,

    /// <summary>Too many queries wait already (503 unavailable).</summary>
    Unavailable,

    /// <summary>Stored data cannot be read (500 internal).</summary>
    Internal,
}

/// <summary>A query that cannot be parsed, checked or evaluated.</summary>
public sealed class QueryException(QueryErrorKind kind, string message, SourceSpan? span = null, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What kind of error.</summary>
    public QueryErrorKind Kind { get; } = kind;

    /// <summary>Where in the text, if it has a place. The message of a parse error already starts with <c>line:column: </c>.</summary>
    public SourceSpan? Span { get; } = span;

    /// <summary>The limit it ran into, by the last part of its key in <c>pleiad.query</c> without "-max"; null where it is no limit.</summary>
    public string? Limit { get; init; }

    /// <summary>The error of a query that reads too many series.</summary>
    public static QueryException TooManySeries(long seriesMax) => new(
        QueryErrorKind.Execution, $"the query reads more than {seriesMax.ToString(CultureInfo.InvariantCulture)} series") { Limit = "series" };
}
