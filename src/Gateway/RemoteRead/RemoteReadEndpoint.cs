using Microsoft.AspNetCore.Http;
using Pleiad.Actors;
using Pleiad.Exposition;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway;

/// <summary>Answers remote read: raw samples of selected series, as samples or as a stream of chunks.</summary>
internal sealed class RemoteReadEndpoint(IQueryFrontend frontend, INodeStatus status, RemoteReadSettings settings, GatewayMetrics metrics)
{
    private const string Corrupt = "snappy: corrupt input\n";

    /// <summary><c>/api/v1/read</c></summary>
    public async Task ReadAsync(GatewayCall call)
    {
        try
        {
            using PooledBody? body = await PooledBody.ReadAsync(call, settings.BodyBytesMax).ConfigureAwait(false);
            if (body is null || (SnappyBlock.TryReadLength(body.Span, out uint length, out _) && length > settings.BodyBytesMax))
            {
                metrics.RemoteReadLimited("body-size");
                await call.AnswerTextAsync(StatusCodes.Status413PayloadTooLarge, $"the request is larger than {settings.BodyBytesMax} bytes\n").ConfigureAwait(false);
                return;
            }

            if (Decode(body.Span) is not { } message)
            {
                await call.AnswerTextAsync(StatusCodes.Status400BadRequest, Corrupt).ConfigureAwait(false);
                return;
            }

            RemoteReadRequest request = RemoteReadRequest.Read(message, settings.QueriesMax);
            await (request.WantsStream ? StreamAsync(call, request) : AnswerSamplesAsync(call, request)).ConfigureAwait(false);
        }
        catch (PageSyntaxException wrong)
        {
            await call.AnswerTextAsync(StatusCodes.Status400BadRequest, wrong.Reason + "\n").ConfigureAwait(false);
        }
        catch (PageLimitException limit)
        {
            metrics.RemoteReadLimited(limit.Limit);
            await call.AnswerTextAsync(
                limit.Limit == "samples" ? StatusCodes.Status400BadRequest : StatusCodes.Status413PayloadTooLarge, limit.Message + "\n").ConfigureAwait(false);
        }
        catch (QueryException failure)
        {
            await call.AnswerTextAsync(QueryErrors.Of(failure).Kind.StatusOf(), failure.Message + "\n").ConfigureAwait(false);
        }
    }

    private static byte[]? Decode(ReadOnlySpan<byte> block)
    {
        if (!SnappyBlock.TryReadLength(block, out uint length, out int head))
        {
            return null;
        }

        byte[] message = new byte[length];
        return SnappyBlock.TryDecode(block[head..], message) ? message : null;
    }

    private async Task AnswerSamplesAsync(GatewayCall call, RemoteReadRequest request)
    {
        var writer = new RemoteReadWriter();
        var results = new List<IReadOnlyList<byte[]>>(request.Queries.Count);
        var budget = new SampleBudget(settings.SamplesMax);
        foreach (RemoteReadQuery query in request.Queries)
        {
            results.Add(await SeriesAsync(query, budget, writer.Series, call.Cancel).ConfigureAwait(false));
        }

        byte[] block = SnappyBlock.Encode(writer.Response(results));
        call.Http.Response.ContentType = "application/x-protobuf";
        call.Http.Response.Headers.ContentEncoding = "snappy";
        call.Http.Response.ContentLength = block.Length;
        await call.Http.Response.Body.WriteAsync(block, call.Cancel).ConfigureAwait(false);
    }

    private async Task StreamAsync(GatewayCall call, RemoteReadRequest request)
    {
        var writer = new RemoteReadWriter();
        var frames = new List<byte[]>();
        var budget = new SampleBudget(settings.SamplesMax);
        for (int i = 0; i < request.Queries.Count; i++)
        {
            int query = i;
            frames.AddRange(await SeriesAsync(
                request.Queries[query],
                budget,
                (labels, samples) => writer.Frames(labels, samples, query, settings.FrameBytesMax),
                call.Cancel).ConfigureAwait(false));
        }

        call.Http.Response.ContentType = "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse";
        foreach (byte[] frame in frames)
        {
            await call.Http.Response.BodyWriter.WriteAsync(frame, call.Cancel).ConfigureAwait(false);
            call.Cancel.ThrowIfCancellationRequested();
        }
    }

    // External labels stand for this server: a matcher on them that fits selects everything, and every series carries them.
    private async Task<IReadOnlyList<byte[]>> SeriesAsync(
        RemoteReadQuery query, SampleBudget budget, Func<Labels, SampleColumns, byte[]> write, CancellationToken cancel)
    {
        Labels external = status.ExternalLabels;
        List<Matcher> matchers = [.. query.Matchers.Where(m => m.Kind != MatchKind.Equal || m.Value.Length == 0 || external.Get(m.Name) != m.Value)];
        if (matchers.Count == 0)
        {
            matchers.Add(new Matcher(LabelName.MetricName, MatchKind.NotEqual, string.Empty));
        }

        IReadOnlyList<(Labels Labels, byte[] Bytes)> series = await frontend.ReadAsync(
            matchers,
            TimeRange.Closed(query.StartMs, query.EndMs),
            (labels, samples) =>
            {
                budget.Take(samples.Count);
                Labels all = With(external, labels);
                return (all, write(all, samples));
            },
            cancel).ConfigureAwait(false);
        return [.. series.OrderBy(one => one.Labels).Select(one => one.Bytes)];
    }

    private static Labels With(Labels external, Labels series)
    {
        if (external.Count == 0)
        {
            return series;
        }

        var both = new LabelsBuilder(series);
        foreach (Label label in external)
        {
            if (!both.Has(label.Name))
            {
                both.Set(label.Name, label.Value);
            }
        }

        return both.ToLabels();
    }

    /// <summary>How many samples an answer may still have; series are read one at a time.</summary>
    private sealed class SampleBudget(long max)
    {
        private long _taken;

        public void Take(int samples)
        {
            _taken += samples;
            if (_taken > max)
            {
                throw new PageLimitException("samples", $"exceeded sample limit ({max})");
            }
        }
    }
}
