using System.Globalization;
using System.Net;
using System.Text;
using Pleiad.Exposition;

namespace Pleiad.Scraping;

/// <summary>Sends requests to one destination. Thread-safe.</summary>
/// <remarks>Remote-Write 1.0 and 2.0 specifications: headers, and which answers may be tried again.</remarks>
public sealed class RemoteWriteClient : IDisposable
{
    /// <summary>Bytes of a refusal that are read for the log.</summary>
    public const int ReasonBytesMax = 512;

    /// <summary>The longest pause that a receiver can ask for.</summary>
    public static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(5);

    private readonly RemoteWriteConfig _config;
    private readonly HttpCaller _caller;
    private readonly Uri _url;
    private readonly KeyValuePair<string, string>[] _headers;
    private readonly string _contentType;
    private readonly TimeProvider _clock;

    /// <param name="config">Where to, and who we are.</param>
    /// <param name="userAgent">What we call ourselves.</param>
    /// <param name="clock">For timeouts.</param>
    public RemoteWriteClient(RemoteWriteConfig config, string userAgent, TimeProvider clock)
    {
        _config = config;
        _clock = clock;
        _caller = new HttpCaller(config.Http, clock);
        _url = new Uri(config.Url);
        bool first = config.Version == RemoteWriteVersion.First;
        _contentType = first ? "application/x-protobuf" : "application/x-protobuf;proto=io.prometheus.write.v2.Request";
        _headers =
        [
            new("User-Agent", userAgent),
            new("X-Prometheus-Remote-Write-Version", first ? "0.1.0" : "2.0.0"),
            .. config.Headers,
        ];
    }

    /// <summary>Sends one request; every failure is an outcome.</summary>
    /// <param name="body">As <see cref="SendBatch.ToBody"/> made it.</param>
    /// <param name="cancel">Ends it; that alone is thrown.</param>
    public async Task<SendOutcome> SendAsync(byte[] body, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(_config.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", _contentType);
            content.Headers.TryAddWithoutValidation("Content-Encoding", "snappy");
            using HttpResponseMessage response = await _caller.PostAsync(_url, _headers, content, either.Token).ConfigureAwait(false);
            return await OutcomeOf(response, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return new SendOutcome(SendVerdict.TryAgain, $"no answer within {_config.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FetchFailure)
        {
            return new SendOutcome(SendVerdict.TryAgain, FetchErrors.Of(e, _config.Url).Message, null);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _caller.Dispose();

    private async Task<SendOutcome> OutcomeOf(HttpResponseMessage response, CancellationToken cancel)
    {
        int status = (int)response.StatusCode;
        if (status is >= 200 and < 300)
        {
            return new SendOutcome(SendVerdict.Delivered, string.Empty, null);
        }

        bool again = status >= 500 || (response.StatusCode == HttpStatusCode.TooManyRequests && _config.Queue.RetryOn429);
        string said = await ReasonOf(response, cancel).ConfigureAwait(false);
        string reason = string.Create(CultureInfo.InvariantCulture, $"server returned HTTP status {status} {FetchErrors.Printable(response.ReasonPhrase)}: {said}");
        return new SendOutcome(again ? SendVerdict.TryAgain : SendVerdict.Refused, reason.TrimEnd(' ', ':'), again ? PauseOf(response) : null);
    }

    private TimeSpan? PauseOf(HttpResponseMessage response)
    {
        TimeSpan? pause = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.GetUtcNow(),
            _ => null,
        };
        return pause is { } asked && asked > TimeSpan.Zero ? asked < PauseMax ? asked : PauseMax : null;
    }

    private static async Task<string> ReasonOf(HttpResponseMessage response, CancellationToken cancel)
    {
        var bytes = new byte[ReasonBytesMax];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        int read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        return FetchErrors.Printable(Encoding.UTF8.GetString(bytes.AsSpan(0, read)).Split('\n')[0]);
    }
}
