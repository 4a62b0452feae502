using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pleiad.Actors;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>Takes every request from the socket to its route: prefix, table, method, readiness, time limit, failures.</summary>
internal sealed class Dispatch(
    RouteTable routes,
    PathPrefix prefix,
    CrossOrigin origins,
    INodeStatus status,
    GatewaySettings settings,
    GatewayMetrics metrics,
    TimeProvider time,
    ILogger log)
{
    private const string UnknownRoute = "unknown";
    private const string NotFoundText = "404 page not found\n";

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        long started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(settings.RequestTimeout, time);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, timeout.Token);
        string path = http.Request.Path.Value ?? string.Empty;
        string[] segments = [];
        GatewayRoute? route = prefix.Strip(path) is { } inside ? routes.Find(inside, out segments) : null;
        var call = new GatewayCall(http, segments, cancel.Token);
        string name = route?.Path ?? UnknownRoute;
        try
        {
            AddSafetyHeaders(http.Response.Headers);
            await AnswerAsync(call, path, route).ConfigureAwait(false);
        }
        catch (ApiException refused)
        {
            await AnswerErrorAsync(call, refused.Kind, refused.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            bool late = timeout.IsCancellationRequested && !http.RequestAborted.IsCancellationRequested;
            Log.RequestGivenUp(log, http.Request.Method, name, late ? "it took too long" : "the client went away");
            await AnswerErrorAsync(
                call,
                late ? ApiErrorKind.Timeout : ApiErrorKind.Canceled,
                late ? $"the request took longer than {PrometheusDuration.Format(settings.RequestTimeout)}" : "context canceled").ConfigureAwait(false);
        }
        catch (BadHttpRequestException broken)
        {
            await AnswerErrorAsync(
                call, broken.StatusCode == 413 ? ApiErrorKind.TooLarge : ApiErrorKind.BadData, broken.Message).ConfigureAwait(false);
        }
        catch (OutOfMemoryException gone)
        {
            // The text of an answer counts nowhere: what it took is garbage from here on, and the node goes on.
            Log.NoMemoryLeft(log, http.Request.Method, name, gone);
            await AnswerErrorAsync(call, ApiErrorKind.Unavailable, "the node has no memory left to answer; try again later, or ask for less").ConfigureAwait(false);
        }
        catch (Exception bug)
        {
            // The border of the process: whatever went wrong here must not take the connection's neighbours with it.
            Log.RequestFailed(log, http.Request.Method, name, bug);
            await AnswerErrorAsync(call, ApiErrorKind.Internal, "internal error; the log of the node says more").ConfigureAwait(false);
        }
        finally
        {
            metrics.Answered(name, http.Response.StatusCode, time.GetElapsedTime(started));
        }
    }

    private async Task AnswerAsync(GatewayCall call, string path, GatewayRoute? route)
    {
        HttpContext http = call.Http;
        bool inApi = prefix.Strip(path)?.StartsWith(RouteTable.ApiPrefix, StringComparison.Ordinal) == true;
        if (inApi && HttpMethods.IsOptions(http.Request.Method))
        {
            origins.AddHeaders(http);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (route is null)
        {
            if (prefix.IsEntrance(path) && HttpMethods.IsGet(http.Request.Method))
            {
                http.Response.Redirect(prefix.PageOutside);
                return;
            }

            await call.AnswerTextAsync(StatusCodes.Status404NotFound, NotFoundText).ConfigureAwait(false);
            return;
        }

        if (!route.Methods.Contains(http.Request.Method))
        {
            await AnswerWrongMethodAsync(call, route).ConfigureAwait(false);
            return;
        }

        if (route.IsApi)
        {
            origins.AddHeaders(http);
        }

        if (Changes(route, http.Request.Method) && CrossOrigin.IsForeign(http.Request))
        {
            Log.ForeignCallRefused(log, route.Path, QuotedText.Of(http.Request.Headers.Origin.ToString()));
            await call.AnswerTextAsync(StatusCodes.Status403Forbidden, "Forbidden: the call comes from another origin.\n").ConfigureAwait(false);
            return;
        }

        if (route.NeedsReady && !status.IsReady)
        {
            await AnswerNotReadyAsync(call, route).ConfigureAwait(false);
            return;
        }

        await route.Handle(call).ConfigureAwait(false);
    }

    private static bool Changes(GatewayRoute route, string method) => route.Access switch
    {
        RouteAccess.Operator => true,
        RouteAccess.Editor => !HttpMethods.IsGet(method),
        _ => false,
    };

    private static Task AnswerWrongMethodAsync(GatewayCall call, GatewayRoute route)
    {
        if (route.WrongMethodText is { } text)
        {
            return call.AnswerTextAsync(StatusCodes.Status405MethodNotAllowed, text);
        }

        call.Http.Response.Headers.Allow = string.Join(", ", route.Methods.Append("OPTIONS").Order(StringComparer.Ordinal));
        return call.AnswerTextAsync(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed\n");
    }

    private static Task AnswerNotReadyAsync(GatewayCall call, GatewayRoute route)
    {
        call.Http.Response.Headers["X-Prometheus-Stopping"] = "false";
        return route.IsApi
            ? AnswerErrorAsync(call, ApiErrorKind.Unavailable, "Service Unavailable")
            : call.AnswerTextAsync(StatusCodes.Status503ServiceUnavailable, "Service Unavailable");
    }

    // Where part of an answer is already out, only a broken connection tells the client that the rest will not come.
    private static async Task AnswerErrorAsync(GatewayCall call, ApiErrorKind kind, string message)
    {
        HttpContext http = call.Http;
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Headers.Remove("Content-Encoding");
        http.Response.StatusCode = kind.StatusOf();
        http.Response.ContentType = JsonAnswers.ContentType;
        using var text = new JsonText((_, _) => throw new InvalidOperationException("an error fits the buffer"));
        Envelope.WriteError(text, kind, message);
        http.Response.ContentLength = text.Pending.Length;
        try
        {
            await http.Response.Body.WriteAsync(text.Pending, http.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client is gone; nobody is left to tell.
        }
    }

    private static void AddSafetyHeaders(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
    }
}
