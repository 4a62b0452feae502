using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Pleiad.Scraping;

/// <summary>Targets from a web server, as JSON. What cannot be fetched or understood leaves the last good groups in force.</summary>
internal sealed class HttpDiscovery : IDiscovery
{
    /// <summary>Bytes that an answer may have.</summary>
    public const int AnswerBytesMax = 10 * 1024 * 1024;

    /// <summary>How long an answer may take.</summary>
    public static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(10);

    private readonly HttpDiscoveryConfig _config;
    private readonly TimeProvider _clock;
    private readonly RefreshLoop _loop;
    private readonly KeyValuePair<string, string>[] _headers;
    private IReadOnlyList<TargetGroup> _lastGood;

    public HttpDiscovery(string name, HttpDiscoveryConfig config, TimeProvider clock, string userAgent, IReadOnlyList<TargetGroup> lastGood)
    {
        Name = name;
        _config = config;
        _clock = clock;
        _lastGood = lastGood;
        TimeSpan interval = config.RefreshInterval > TimeSpan.Zero ? config.RefreshInterval : TimeSpan.FromMinutes(1);
        _loop = new RefreshLoop(interval, clock);
        _headers =
        [
            KeyValuePair.Create("User-Agent", userAgent),
            KeyValuePair.Create("Accept", "application/json"),
            KeyValuePair.Create("X-Prometheus-Refresh-Interval-Seconds", interval.TotalSeconds.ToString("0.######", CultureInfo.InvariantCulture)),
        ];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel)
    {
        using var http = new HttpCaller(_config.Http, _clock);
        await _loop.RunAsync(ending => LookAsync(http, ending), found, cancel).ConfigureAwait(false);
    }

    private async Task<DiscoveryUpdate> LookAsync(HttpCaller http, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeMax, _clock);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        string problem;
        try
        {
            _lastGood = await FetchAsync(http, ends.Token).ConfigureAwait(false);
            return new DiscoveryUpdate(_lastGood, []);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            problem = FetchErrors.TimeoutOf(_config.Url).Message;
        }
        catch (ConfigException e)
        {
            problem = $"{UrlText.Redact(_config.Url)}: {e.Problem}";
        }
        catch (Exception e) when (e is FetchFailure or HttpRequestException or IOException or InvalidDataException or UriFormatException)
        {
            cancel.ThrowIfCancellationRequested();
            problem = FetchErrors.Of(e, _config.Url).Message;
        }

        return new DiscoveryUpdate(_lastGood, [_lastGood.Count > 0 ? $"{problem}; the last good targets are kept" : problem]);
    }

    private async Task<IReadOnlyList<TargetGroup>> FetchAsync(HttpCaller http, CancellationToken cancel)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri(_config.Url), _headers, cancel).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw FetchErrors.StatusOf(response);
        }

        string contentType = FetchErrors.ContentTypeOf(response.Content.Headers);
        if (!IsJson(contentType))
        {
            throw new FetchFailure(FetchKind.BadResponse, $"unsupported content type {GoText.Quote(FetchErrors.Printable(contentType))}");
        }

        using PageBuffer answer = await BodyReader.ReadAsync(response, PagePool.Default, AnswerBytesMax, 0, cancel).ConfigureAwait(false);
        return TargetGroupFile.ParseJson(answer.Memory[..answer.Length], UrlText.Redact(_config.Url), "__meta_url");
    }

    private static bool IsJson(string contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out MediaTypeHeaderValue? type)
        && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
        && type.CharSet?.Trim('"').ToLowerInvariant() is null or "utf-8";
}
