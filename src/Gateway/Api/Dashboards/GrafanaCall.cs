using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Pleiad.Dashboards;

namespace Pleiad.Gateway;

/// <summary>A request in the manner of Grafana's API: JSON in, JSON out without an envelope, errors as <c>{"message": …}</c>.</summary>
/// <param name="call">The request.</param>
/// <param name="catalog">The dashboards.</param>
internal sealed class GrafanaCall(GatewayCall call, DashboardCatalog catalog)
{
    // What may stand around a dashboard: a folder, a message, inputs.
    private const int WrapperBytesMax = 64 * 1024;
    private const int WrapperLevels = 4;
    private const int WrapperValuesMax = 1000;

    /// <summary>The dashboards.</summary>
    public DashboardCatalog Catalog { get; } = catalog;

    /// <summary>Fires when the client goes away or the request takes too long.</summary>
    public CancellationToken Cancel => call.Cancel;

    /// <summary>The parameters of the query string.</summary>
    public Parameters Query { get; } = new(string.Empty, call.Http.Request.QueryString.Value ?? string.Empty);

    /// <summary>The text of a <c>{name}</c> of the route.</summary>
    public string Segment(int at) => call.Segments[at];

    /// <summary>The body.</summary>
    /// <exception cref="DashboardException">It is no JSON object, or too large.</exception>
    public async Task<JsonObject> ReadAsync()
    {
        DashboardLimits limits = Catalog.Limits;
        byte[] body = await call.ReadBodyAsync(limits.BytesMax + WrapperBytesMax).ConfigureAwait(false);
        return DashboardJson.Read(body, limits with
        {
            BytesMax = limits.BytesMax + WrapperBytesMax, DepthMax = limits.DepthMax + WrapperLevels, ValuesMax = limits.ValuesMax + WrapperValuesMax,
        });
    }

    /// <summary>Answers.</summary>
    public async Task AnswerAsync(JsonNode json, int status = StatusCodes.Status200OK)
    {
        call.Http.Response.StatusCode = status;
        call.Http.Response.ContentType = "application/json; charset=utf-8";
        call.Http.Response.Headers.CacheControl = "no-store";
        await using var body = new ResponseBody(call.Http);
        await body.EndAsync(DashboardJson.Write(json), call.Cancel).ConfigureAwait(false);
    }

    /// <summary>Answers with a file to keep.</summary>
    public async Task AnswerFileAsync(byte[] json, string name)
    {
        call.Http.Response.ContentType = "application/json; charset=utf-8";
        call.Http.Response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        call.Http.Response.Headers.CacheControl = "no-store";
        await using var body = new ResponseBody(call.Http);
        await body.EndAsync(json, call.Cancel).ConfigureAwait(false);
    }

    /// <summary>Answers that the store failed; whether it did what it was asked is not known.</summary>
    public Task AnswerFailureAsync() => AnswerAsync(
        new JsonObject { ["message"] = "the store of dashboards failed; the log of the node says more" }, StatusCodes.Status500InternalServerError);

    /// <summary>Answers that it went wrong.</summary>
    public Task AnswerErrorAsync(DashboardException wrong)
    {
        DashboardMetrics.Refused(wrong.Fault);
        var json = new JsonObject { ["message"] = wrong.Message };
        if (wrong.Fault == DashboardFault.Conflict)
        {
            // By this word clients offer to overwrite.
            json["status"] = "version-mismatch";
        }
        else if (wrong.Fault == DashboardFault.NotFound)
        {
            json["status"] = "not-found";
        }

        return AnswerAsync(json, wrong.Fault switch
        {
            DashboardFault.NotFound => StatusCodes.Status404NotFound,
            DashboardFault.Conflict => StatusCodes.Status412PreconditionFailed,
            DashboardFault.Exists => StatusCodes.Status409Conflict,
            DashboardFault.TooLarge => StatusCodes.Status413PayloadTooLarge,
            _ => StatusCodes.Status400BadRequest,
        });
    }
}
