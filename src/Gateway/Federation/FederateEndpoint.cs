using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
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
        bool isProtobuf = PrefersProtobuf(call.Http.Request.GetTypedHeaders().Accept);
        string format = isProtobuf ? "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited" : "text/plain; version=0.0.4; charset=utf-8";
        call.Http.Response.ContentType = $"{format}; escaping={(anyName ? "allow-utf-8" : "underscores")}";
        var page = new FederationPage(status.ExternalLabels, anyName);
        var buffer = new ArrayBufferWriter<byte>(JsonText.DrainFrom);
        var writer = new PageWriter(buffer, PageFormat.Text);
        var families = new MetricFamilyWriter(buffer);
        await using var body = new ResponseBody(call.Http);
        foreach (string warning in newest.Warnings)
        {
            // A page has no place for warnings but its comments; a header tells those who do not read them.
            call.Http.Response.Headers.Append("Warning", $"199 - \"{warning}\"");
            if (!isProtobuf)
            {
                buffer.Write(Encoding.UTF8.GetBytes($"# warning: {warning}\n"));
            }
        }

        foreach (NewestSample sample in newest.Items)
        {
            if (isProtobuf)
            {
                page.Write(families, sample);
            }
            else
            {
                page.Write(writer, sample);
            }

            if (buffer.WrittenCount >= JsonText.DrainFrom)
            {
                await body.WriteAsync(buffer.WrittenMemory, call.Cancel).ConfigureAwait(false);
                buffer.ResetWrittenCount();
            }
        }

        families.End();
        await body.EndAsync(buffer.WrittenMemory, call.Cancel).ConfigureAwait(false);
    }

    // What is asked for as much as text is taken for what is wanted, for only it has native histograms.
    private static bool PrefersProtobuf(IList<MediaTypeHeaderValue> accepted)
    {
        double protobuf = 0;
        double text = 0;
        foreach (MediaTypeHeaderValue type in accepted)
        {
            double weight = type.Quality ?? 1;
            if (type.MediaType.Equals(ContentType.Protobuf, StringComparison.OrdinalIgnoreCase))
            {
                bool isFamilies = Has(type, "proto", "io.prometheus.client.MetricFamily") && Has(type, "encoding", "delimited");
                protobuf = isFamilies ? Math.Max(protobuf, weight) : protobuf;
            }
            else if (type.MediaType.Equals(ContentType.Text, StringComparison.OrdinalIgnoreCase))
            {
                text = Math.Max(text, weight);
            }
        }

        return protobuf > 0 && protobuf >= text;
    }

    private static bool Has(MediaTypeHeaderValue type, string name, string value) => type.Parameters.Any(
        parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && parameter.Value.Equals(value, StringComparison.Ordinal));
}
