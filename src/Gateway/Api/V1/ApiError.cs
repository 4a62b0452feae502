namespace Pleiad.Gateway;

/// <summary>The closed set of errors the API knows.</summary>
internal enum ApiErrorKind
{
    /// <summary>The request is wrong.</summary>
    BadData,

    /// <summary>The query is right and could not be evaluated.</summary>
    Execution,

    /// <summary>Given up, mostly because the client went away.</summary>
    Canceled,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>Our fault.</summary>
    Internal,

    /// <summary>Not now: starting, stopping, or too much to do.</summary>
    Unavailable,

    /// <summary>There is no such thing.</summary>
    NotFound,

    /// <summary>The body is larger than the limit.</summary>
    TooLarge,
}

/// <summary>A request that is answered with an error.</summary>
internal sealed class ApiException(ApiErrorKind kind, string message) : Exception(message)
{
    /// <summary>Which of the errors.</summary>
    public ApiErrorKind Kind { get; } = kind;

    /// <summary>A parameter that is wrong: <c>invalid parameter "step": …</c>.</summary>
    public static ApiException Parameter(string name, string cause) =>
        new(ApiErrorKind.BadData, $"invalid parameter \"{name}\": {cause}");
}

/// <summary>Texts and status codes of errors.</summary>
internal static class ApiErrorKinds
{
    /// <summary>The value of <c>errorType</c>.</summary>
    public static string TypeOf(this ApiErrorKind kind) => kind switch
    {
        ApiErrorKind.Execution => "execution",
        ApiErrorKind.Canceled => "canceled",
        ApiErrorKind.Timeout => "timeout",
        ApiErrorKind.Internal => "internal",
        ApiErrorKind.Unavailable => "unavailable",
        ApiErrorKind.NotFound => "not_found",
        _ => "bad_data",
    };

    /// <summary>The HTTP status code.</summary>
    public static int StatusOf(this ApiErrorKind kind) => kind switch
    {
        ApiErrorKind.Execution => 422,
        ApiErrorKind.Canceled => 499,   // nginx's "client closed request", as Prometheus answers
        ApiErrorKind.Timeout => 503,
        ApiErrorKind.Internal => 500,
        ApiErrorKind.Unavailable => 503,
        ApiErrorKind.NotFound => 404,
        ApiErrorKind.TooLarge => 413,
        _ => 400,
    };
}
