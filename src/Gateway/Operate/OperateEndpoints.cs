using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pleiad.Actors;
using Pleiad.Model;

namespace Pleiad.Gateway;

/// <summary>What operators and their tools call: health, reload, quit, our own metrics.</summary>
/// <param name="control">Reloads and quits.</param>
/// <param name="page">Our own metrics.</param>
/// <param name="settings">Whether there is a lifecycle.</param>
/// <param name="nodeName">The node's name in its cluster; null on a node by itself.</param>
/// <param name="log">Says who asked.</param>
internal sealed class OperateEndpoints(INodeControl control, IOwnPage page, GatewaySettings settings, string? nodeName, ILogger log)
{
    private const string NotEnabled = "Lifecycle API is not enabled.";

    private int _quitting;

    /// <summary><c>/-/healthy</c></summary>
    public static Task HealthyAsync(GatewayCall call) => call.AnswerTextAsync(StatusCodes.Status200OK, "Prometheus Server is Healthy.\n");

    /// <summary><c>/-/ready</c>; what it says before is the dispatcher's.</summary>
    public static Task ReadyAsync(GatewayCall call) => call.AnswerTextAsync(StatusCodes.Status200OK, "Prometheus Server is Ready.\n");

    /// <summary><c>/-/reload</c></summary>
    public async Task ReloadAsync(GatewayCall call)
    {
        if (!settings.EnableLifecycle)
        {
            await call.AnswerTextAsync(StatusCodes.Status403Forbidden, NotEnabled).ConfigureAwait(false);
            return;
        }

        Log.ReloadAsked(log, ClientOf(call));
        string? problem = await control.ReloadAsync(call.Cancel).ConfigureAwait(false);
        await (problem is null
            ? call.AnswerTextAsync(StatusCodes.Status200OK, string.Empty)
            : call.AnswerTextAsync(StatusCodes.Status500InternalServerError, $"failed to reload config: {problem}\n")).ConfigureAwait(false);
    }

    /// <summary><c>/-/quit</c>; with <c>?node=NAME</c>, which Prometheus does not have, only where that is this node's name.</summary>
    /// <exception cref="ApiException">The name cannot be read.</exception>
    public async Task QuitAsync(GatewayCall call)
    {
        if (!settings.EnableLifecycle)
        {
            await call.AnswerTextAsync(StatusCodes.Status403Forbidden, NotEnabled).ConfigureAwait(false);
            return;
        }

        if (AnotherAskedFor(call) is { } another)
        {
            string self = nodeName is null ? "this node is not part of a cluster" : $"this node is {QuotedText.Of(nodeName)}";
            await call.AnswerTextAsync(StatusCodes.Status409Conflict, $"{self} and does not quit for {QuotedText.Of(another)}: ask that node itself").ConfigureAwait(false);
            return;
        }

        Log.QuitAsked(log, ClientOf(call));
        bool first = Interlocked.Exchange(ref _quitting, 1) == 0;
        await call.AnswerTextAsync(
            StatusCodes.Status200OK,
            first ? "Requesting termination... Goodbye!" : "Termination already in progress.").ConfigureAwait(false);
        if (first)
        {
            control.Quit();
        }
    }

    /// <summary><c>/metrics</c></summary>
    public async Task MetricsAsync(GatewayCall call)
    {
        var written = new ArrayBufferWriter<byte>(64 * 1024);
        call.Http.Response.ContentType = page.Write(call.Http.Request.Headers.Accept.ToString(), written);
        await using var body = new ResponseBody(call.Http);
        await body.EndAsync(written.WrittenMemory, call.Cancel).ConfigureAwait(false);
    }

    // An empty name, as of a variable that is not set, is not this node's either. What cannot be read must not stop whoever is asked.
    private string? AnotherAskedFor(GatewayCall call)
    {
        var parameters = new Parameters(string.Empty, call.Http.Request.QueryString.Value ?? string.Empty);
        return parameters.Problem is { } problem
            ? throw new ApiException(ApiErrorKind.BadData, $"error parsing form values: {problem}")
            : parameters.All("node").FirstOrDefault(name => name != nodeName);
    }

    private static string ClientOf(GatewayCall call) => (call.Http.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
}
