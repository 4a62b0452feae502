using System.Buffers;
using Microsoft.AspNetCore.Http;
using Pleiad.Actors;
using Pleiad.Exposition;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>The newest sample of selected series as a page, so that another server can scrape them here.</summary>
internal sealed class FederateEndpoint(IQueryFrontend frontend, INodeStatus status, GatewaySettings settings, TimeProvider time)
{
    /// <summary><c>/federate</c></summary>
    public async Task FederateAsync(GatewayCall call)
    {
        Parameters parameters = await call.ReadParametersAsync(settings.FormBytesMax).ConfigureAwait(false);
        IReadOnlyList<NewestSample> samples;
        try
        {
            List<IReadOnlyList<Matcher>> anyOf = [.. parameters.All("match[]").Select(Parser.ParseMatchers)];
            Timestamp now = Timestamp.From(time.GetUtcNow());
            TimeRange range = TimeRange.Closed((now - settings.Language.Lookback).Milliseconds, now.Milliseconds);
            samples = await frontend.NewestAsync(anyOf, range, call.Cancel).ConfigureAwait(false);
        }
        catch (QueryException wrong)
        {
            int code = wrong.Kind == QueryErrorKind.BadData ? StatusCodes.Status400BadRequest : QueryErrors.Of(wrong).Kind.StatusOf();
            await call.AnswerTextAsync(code, wrong.Message + "\n").ConfigureAwait(false);
            return;
        }

        await WriteAsync(call, samples).ConfigureAwait(false);
    }

    private async Task WriteAsync(GatewayCall call, IReadOnlyList<NewestSample> samples)
    {
        bool anyName = call.Http.Request.Headers.Accept.ToString().Contains("escaping=allow-utf-8", StringComparison.OrdinalIgnoreCase);
        call.Http.Response.ContentType = $"text/plain; version=0.0.4; charset=utf-8; escaping={(anyName ? "allow-utf-8" : "underscores")}";
        var page = new FederationPage(status.ExternalLabels, anyName);
        var buffer = new ArrayBufferWriter<byte>(JsonText.DrainFrom);
        var writer = new PageWriter(buffer, PageFormat.Text);
        await using var body = new ResponseBody(call.Http);
        foreach (NewestSample sample in samples)
        {
            page.Write(writer, sample);
            if (buffer.WrittenCount >= JsonText.DrainFrom)
            {
                await body.WriteAsync(buffer.WrittenMemory, call.Cancel).ConfigureAwait(false);
                buffer.ResetWrittenCount();
            }
        }

        await body.EndAsync(buffer.WrittenMemory, call.Cancel).ConfigureAwait(false);
    }
}
