using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>Errors of the engine as errors of the API.</summary>
internal static class QueryErrors
{
    /// <summary>The error of a query given in the parameter <c>query</c>.</summary>
    public static ApiException Of(QueryException failure) => failure.Kind switch
    {
        QueryErrorKind.BadData => ApiException.Parameter("query", failure.Message),
        QueryErrorKind.Timeout => new ApiException(ApiErrorKind.Timeout, failure.Message),
        QueryErrorKind.Canceled => new ApiException(ApiErrorKind.Canceled, failure.Message),
        QueryErrorKind.Internal => new ApiException(ApiErrorKind.Internal, failure.Message),
        QueryErrorKind.Unavailable => new ApiException(ApiErrorKind.Unavailable, failure.Message),
        _ => new ApiException(ApiErrorKind.Execution, failure.Message),
    };

    /// <summary>The error of a text that is no query but contains one, where Prometheus does not name the parameter.</summary>
    public static ApiException Unnamed(QueryException failure) =>
        failure.Kind == QueryErrorKind.BadData ? new ApiException(ApiErrorKind.BadData, failure.Message) : Of(failure);
}
