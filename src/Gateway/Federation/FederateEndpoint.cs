using System.Buffers;
using System.Text;
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
        LabelAnswer<NewestSample> newest;
        try
        {
            List<IReadOnlyList<Matcher>> anyOf = SelectorTexts.ReadAny(parameters.All("match[]"), call.Cancel);
            Timestamp now = Timestamp.From(time.GetUtcNow());
            TimeRange range = TimeRange.Closed((now - settings.Language.Lookback).Milliseconds, now.Milliseconds);
            newest = await frontend.NewestAsync(anyOf, range, call.Cancel).ConfigureAwait(false);
        }
        catch (QueryException wrong)
        {
            int code = wrong.Kind == QueryErrorKind.BadData ? StatusCodes.Status400BadRequest : QueryErrors.Of(wrong).Kind.StatusOf();
            await call.AnswerTextAsync(code, wrong.Message + "\n").ConfigureAwait(false);
            return;
        }

        await WriteAsync(call, newest).ConfigureAwait(false);
    }

    private async Task WriteAsync(GatewayCall call, LabelAnswer<NewestSample> newest)
    {
        bool anyName = call.Http.Request.Headers.Accept.ToString().Contains("escaping=allow-utf-8", StringComparison.OrdinalIgnoreCase);
        call.Http.Response.ContentType = $"text/plain; version=0.0.4; charset=utf-8; escaping={(anyName ? "allow-utf-8" : "underscores")}";
        var page = new FederationPage(status.ExternalLabels, anyName);
        var buffer = new ArrayBufferWriter<byte>(JsonText.DrainFrom);
        var writer = new PageWriter(buffer, PageFormat.Text);
        await using var body = new ResponseBody(call.Http);
        foreach (string warning in newest.Warnings)
        {
            // A page has no place for warnings but its comments; a header tells those who do not read them.
            call.Http.Response.Headers.Append("Warning", $"199 - \"{warning}\"");
            buffer.Write(Encoding.UTF8.GetBytes($"# warning: {warning}\n"));
        }

        foreach (NewestSample sample in newest.Items)
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
