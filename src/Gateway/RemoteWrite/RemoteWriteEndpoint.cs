using System.Buffers;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Pleiad.Actors;
using Pleiad.Exposition;

namespace Pleiad.Gateway;

/// <summary>
/// Takes remote write 1.0 and 2.0 and answers when every sample is durable or refused. What a sender could only repeat in vain is
/// answered 4xx, what it should send again 5xx.
/// </summary>
internal sealed class RemoteWriteEndpoint(
    IIngest ingest, INodeStatus status, ReceivedMetadata metadata, RemoteWriteSettings settings, GatewayMetrics metrics, TimeProvider time)
{
    // Of the series remembered usually, while memory is short.
    private const int ShortMemoryShare = 16;

    private const string Disabled = "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n";

    private readonly SeriesKeyCache _cache = new(settings.KnownSeriesMax);

    // One token a request that is being read or written.
    private readonly Channel<bool> _running = Channel.CreateBounded<bool>(settings.ConcurrencyMax);
    private int _present;

    /// <summary><c>/api/v1/write</c></summary>
    public async Task WriteAsync(GatewayCall call)
    {
        if (!settings.Enabled)
        {
            await call.AnswerTextAsync(StatusCodes.Status404NotFound, Disabled).ConfigureAwait(false);
            return;
        }

        HttpRequest request = call.Http.Request;
        if (RemoteWriteType.Refuse(request.ContentType, request.Headers.ContentEncoding.ToString(), out bool second) is { } refusal)
        {
            await call.AnswerTextAsync(StatusCodes.Status415UnsupportedMediaType, refusal + "\n").ConfigureAwait(false);
            return;
        }

        MemoryStatus memory = status.Memory;
        _cache.LimitTo(memory.Step >= MemoryStep.CachesShrink ? settings.KnownSeriesMax / ShortMemoryShare : settings.KnownSeriesMax);
        if (memory.Step >= MemoryStep.WritesRefused)
        {
            call.Http.Response.Headers.RetryAfter = "5";
            await LimitAsync(call, "memory", StatusCodes.Status429TooManyRequests, $"memory is short ({memory.InWords}): samples are not taken until there is more")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _present) > settings.ConcurrencyMax + settings.QueueMax)
            {
                call.Http.Response.Headers.RetryAfter = "1";
                await LimitAsync(call, "queue", StatusCodes.Status429TooManyRequests, "too many remote write requests at the same time").ConfigureAwait(false);
                return;
            }

            await _running.Writer.WriteAsync(true, call.Cancel).ConfigureAwait(false);
            try
            {
                await TakeAsync(call, second).ConfigureAwait(false);
            }
            finally
            {
                _running.Reader.TryRead(out _);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _present);
        }
    }

    private async Task TakeAsync(GatewayCall call, bool second)
    {
        using PooledBody? body = await PooledBody.ReadAsync(call, settings.BodyBytesMax).ConfigureAwait(false);
        if (body is null)
        {
            await LimitAsync(call, "body-size", StatusCodes.Status413PayloadTooLarge, $"the body is larger than {settings.BodyBytesMax} bytes").ConfigureAwait(false);
            return;
        }

        if (!SnappyBlock.TryReadLength(body.Span, out uint declared, out int head))
        {
            await call.AnswerTextAsync(StatusCodes.Status400BadRequest, "snappy: corrupt input\n").ConfigureAwait(false);
            return;
        }

        if (declared > settings.MessageBytesMax)
        {
            await LimitAsync(
                call, "message-size", StatusCodes.Status413PayloadTooLarge, $"the decompressed body is larger than {settings.MessageBytesMax} bytes").ConfigureAwait(false);
            return;
        }

        byte[] message = ArrayPool<byte>.Shared.Rent((int)declared);
        try
        {
            if (!SnappyBlock.TryDecode(body.Span[head..], message.AsSpan(0, (int)declared)))
            {
                await call.AnswerTextAsync(StatusCodes.Status400BadRequest, "snappy: corrupt input\n").ConfigureAwait(false);
                return;
            }

            using RemoteWriteContent content = Read(message.AsSpan(0, (int)declared), second);
            await StoreAsync(call, content, second).ConfigureAwait(false);
        }
        catch (PageSyntaxException wrong)
        {
            await call.AnswerTextAsync(StatusCodes.Status400BadRequest, wrong.Reason + "\n").ConfigureAwait(false);
        }
        catch (PageLimitException limit)
        {
            await LimitAsync(call, limit.Limit, StatusCodes.Status413PayloadTooLarge, limit.Message).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }

    private RemoteWriteContent Read(ReadOnlySpan<byte> message, bool second)
    {
        long latest = (time.GetUtcNow() + settings.AheadMax).ToUnixTimeMilliseconds();
        var reader = new RemoteWriteReader(ingest.Shards, _cache, settings.SeriesMax, latest);
        return second ? reader.ReadSecond(message) : reader.ReadFirst(message);
    }

    private async Task StoreAsync(GatewayCall call, RemoteWriteContent content, bool second)
    {
        metrics.RemoteWriteLimited("metadata", metadata.Put(content.Metadata));
        metrics.RemoteWriteLimited("ahead", content.AheadCount);
        IngestOutcome outcome = await ingest.WriteAsync(content.TakeBatches(), call.Cancel).ConfigureAwait(false);
        if (second)
        {
            IHeaderDictionary headers = call.Http.Response.Headers;
            headers["X-Prometheus-Remote-Write-Samples-Written"] = Number(outcome.Accepted + outcome.Duplicates - outcome.Histograms);
            headers["X-Prometheus-Remote-Write-Histograms-Written"] = Number(outcome.Histograms);
            headers["X-Prometheus-Remote-Write-Exemplars-Written"] = Number(outcome.Failure is null ? content.ExemplarCount : 0);
        }

        if (outcome.Failure is { } failure)
        {
            call.Http.Response.Headers.RetryAfter = "1";
            await call.AnswerTextAsync(StatusCodes.Status503ServiceUnavailable, failure + "\n").ConfigureAwait(false);
        }
        else if (content.InvalidCount > 0 || outcome.Refused > 0)
        {
            await call.AnswerTextAsync(StatusCodes.Status400BadRequest, Refusals(content, outcome)).ConfigureAwait(false);
        }
        else
        {
            call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private static string Refusals(RemoteWriteContent content, IngestOutcome outcome)
    {
        var lines = new List<string>();
        if (content.FirstFault is { } fault)
        {
            lines.Add(content.InvalidCount > 1 ? $"{fault} (and {content.InvalidCount - 1} more)" : fault);
        }

        void Add(int count, string what)
        {
            if (count > 0)
            {
                lines.Add($"{what} ({count} refused)");
            }
        }

        // The words are Prometheus's, which senders' operators search for.
        Add(outcome.OutOfOrder, "out of order sample");
        Add(outcome.BeyondWindow, "too old sample");
        Add(outcome.Conflicting, "duplicate sample for timestamp");
        Add(outcome.TooOld, "out of bounds");
        Add(outcome.SeriesOverLimit, "series limit reached");
        Add(outcome.Invalid, "histogram or labels too large to be stored");
        return string.Join('\n', lines) + "\n";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private Task LimitAsync(GatewayCall call, string limit, int status, string text)
    {
        metrics.RemoteWriteLimited(limit, 1);
        return call.AnswerTextAsync(status, text + "\n");
    }
}
