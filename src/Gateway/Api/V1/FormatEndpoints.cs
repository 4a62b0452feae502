using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary><c>format_query</c> and <c>parse_query</c>.</summary>
internal sealed class FormatEndpoints(GatewaySettings settings)
{
    // A node of the tree is an object inside an array or a member of its parent: two levels each, and a little around them.
    private readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        MaxDepth = (2 * settings.Language.DepthMax) + 64,
    };

    /// <summary><c>/api/v1/format_query</c></summary>
    public Task<ApiAnswer> FormatAsync(GatewayCall call, Parameters parameters)
    {
        string pretty = PrettyPrinter.Print(Parse(parameters));
        return Task.FromResult(ApiAnswer.Of(text => text.String(pretty)));
    }

    /// <summary><c>/api/v1/parse_query</c></summary>
    public Task<ApiAnswer> ParseAsync(GatewayCall call, Parameters parameters)
    {
        var tree = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(tree, _options))
        {
            SyntaxJson.Write(json, Parse(parameters));
        }

        return Task.FromResult(ApiAnswer.Of(text => text.Literal(tree.WrittenSpan)));
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
