namespace Pleiad.Gateway;

/// <summary>An endpoint of the API: parameters in, data out; a wrong request is an <see cref="ApiException"/>.</summary>
internal delegate Task<ApiAnswer> ApiEndpoint(GatewayCall call, Parameters parameters);

/// <summary>Makes routes of endpoints: reads the parameters, writes the envelope.</summary>
internal static class JsonAnswers
{
    /// <summary>The content type of every answer of the API.</summary>
    public const string ContentType = "application/json";

    /// <summary>The header of an answer that lacks what lies on shards nobody answered for.</summary>
    public const string PartialHeader = "Pleiad-Partial";

    /// <summary>The handler of an endpoint.</summary>
    /// <param name="endpoint">What it does.</param>
    /// <param name="formBytesMax">Bytes of a form body at most.</param>
    public static RouteHandler Handler(ApiEndpoint endpoint, int formBytesMax) => async call =>
    {
        Parameters parameters = await call.ReadParametersAsync(formBytesMax).ConfigureAwait(false);
        ApiAnswer answer = await endpoint(call, parameters).ConfigureAwait(false);
        using IDisposable? held = answer.Held;

        call.Http.Response.ContentType = ContentType;
        if (answer.IsPartial)
        {
            call.Http.Response.Headers[PartialHeader] = "true";
        }

        await using var body = new ResponseBody(call.Http);
        using var text = new JsonText(body.WriteAsync);
        await Envelope.WriteAsync(text, answer, call.Cancel).ConfigureAwait(false);
        await body.EndAsync(text.Pending, call.Cancel).ConfigureAwait(false);
    };
}
