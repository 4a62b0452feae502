using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pleiad.Actors;

namespace Pleiad.Gateway;

/// <summary>What operators and their tools call: health, reload, quit, our own metrics.</summary>
internal sealed class OperateEndpoints(INodeControl control, IOwnPage page, GatewaySettings settings, ILogger log)
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

    /// <summary><c>/-/quit</c></summary>
    public async Task QuitAsync(GatewayCall call)
    {
        if (!settings.EnableLifecycle)
        {
            await call.AnswerTextAsync(StatusCodes.Status403Forbidden, NotEnabled).ConfigureAwait(false);
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

    private static string ClientOf(GatewayCall call) => (call.Http.Connection.RemoteIpAddress ?? IPAddress.None).ToString();
}
