using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>format_query</c>.</summary>
internal sealed class FormatEndpoints(GatewaySettings settings)
{
    /// <summary><c>/api/v1/format_query</c></summary>
    public Task<ApiAnswer> FormatAsync(GatewayCall call, Parameters parameters)
    {
        string pretty = PrettyPrinter.Print(Parse(parameters));
        return Task.FromResult(ApiAnswer.Of(text => text.String(pretty)));
    }

    private Expr Parse(Parameters parameters)
    {
        try
        {
            return Parser.Parse(parameters.Get("query"), settings.Language);
        }
        catch (QueryException wrong)
        {
            throw QueryErrors.Of(wrong);
        }
    }
}
