using System.Globalization;
using System.Net;

namespace Pleiad.Scraping;

/// <summary>Fetches the pages of a pool's targets. Its connections are shared by them and kept between scrapes. Thread-safe.</summary>
public sealed class PageFetcher : IDisposable
{
    private readonly HttpCaller _http;
    private readonly TimeProvider _clock;
    private readonly string _accept;
    private readonly string _acceptEncoding;
    private readonly string _userAgent;
    private readonly int _bodyBytesMax;
    private readonly PagePool _pool;

    /// <summary>A fetcher for the targets of a job.</summary>
    /// <param name="config">The job.</param>
    /// <param name="limits">What holds for it (<see cref="ScrapeConfig.LimitsWith"/>).</param>
    /// <param name="clock">Measures and ends fetches.</param>
    /// <param name="userAgent">Who we say we are: <c>Pleiad/1.2.3</c>.</param>
    /// <param name="pool">Where pages are read into; null for that of the process.</param>
    public PageFetcher(ScrapeConfig config, ScrapeLimits limits, TimeProvider clock, string userAgent, PagePool? pool = null)
    {
        _pool = pool ?? PagePool.Default;
        _clock = clock;
        _http = new HttpCaller(config.Http, clock);
        _accept = AcceptHeader.Of(config.ScrapeProtocols, config.NameEscaping);
        _acceptEncoding = config.EnableCompression ? "gzip" : "identity";
        _userAgent = userAgent;
        _bodyBytesMax = limits.BodyBytesMax;
    }

    /// <summary>What fetches one target's pages; to be kept as long as the target is.</summary>
    public TargetFetcher For(Target target) => new(this, target);

    /// <summary>Closes the connections. Fetches that are under way fail.</summary>
    public void Dispose() => _http.Dispose();

    internal KeyValuePair<string, string>[] HeadersOf(Target target) =>
    [
        KeyValuePair.Create("Accept", _accept),
        KeyValuePair.Create("Accept-Encoding", _acceptEncoding),
        KeyValuePair.Create("User-Agent", _userAgent),
        KeyValuePair.Create("X-Prometheus-Scrape-Timeout-Seconds", target.Timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
    ];

    internal async Task<FetchOutcome> FetchAsync(
        Target target, Uri url, KeyValuePair<string, string>[] headers, int bytesExpected, CancellationToken cancel)
    {
        long start = _clock.GetTimestamp();
        using var deadline = new CancellationTokenSource(target.Timeout, _clock);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        bool answered = false;
        FetchFailure failure;
        try
        {
            using HttpResponseMessage response = await _http.GetAsync(url, headers, ends.Token).ConfigureAwait(false);
            answered = true;
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw FetchErrors.StatusOf(response);
            }

            PageBuffer page = await BodyReader.ReadAsync(response, _pool, _bodyBytesMax, bytesExpected, ends.Token).ConfigureAwait(false);
            return FetchOutcome.Of(page, FetchErrors.ContentTypeOf(response.Content.Headers), _clock.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested && deadline.IsCancellationRequested)
        {
            failure = answered ? new FetchFailure(FetchKind.Timeout, FetchErrors.DeadlineExceeded) : FetchErrors.TimeoutOf(target.Url);
        }
        catch (Exception e) when (e is FetchFailure or HttpRequestException or IOException or InvalidDataException or UriFormatException or ObjectDisposedException or NotSupportedException)
        {
            // Disposed: the pool is gone. Not supported: a kind of proxy the client does not know.
            cancel.ThrowIfCancellationRequested();

            // A connection that breaks because its time is up is a matter of time, whatever it says.
            failure = deadline.IsCancellationRequested && e is not FetchFailure
                ? new FetchFailure(FetchKind.Timeout, FetchErrors.DeadlineExceeded)
                : FetchErrors.Of(e, target.Url);
        }

        return FetchOutcome.Of(failure, _clock.GetElapsedTime(start));
    }
}

/// <summary>Fetches the page of one target, one fetch at a time. What does not change between fetches is put together once.</summary>
public sealed class TargetFetcher
{
    private static readonly UriCreationOptions UrlOptions = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly PageFetcher _pool;
    private readonly Uri _url;
    private readonly KeyValuePair<string, string>[] _headers;
    private int _bytesExpected;

    internal TargetFetcher(PageFetcher pool, Target target)
    {
        _pool = pool;
        Target = target;
        _url = new Uri(target.Url, in UrlOptions);
        _headers = pool.HeadersOf(target);
    }

    /// <summary>The target.</summary>
    public Target Target { get; }

    /// <summary>Fetches the page, within the target's timeout.</summary>
    /// <param name="cancel">Gives the fetch up: the target is gone, or the node shuts down.</param>
    /// <returns>A page or a reason; dispose it.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public async Task<FetchOutcome> FetchAsync(CancellationToken cancel)
    {
        FetchOutcome outcome = await _pool.FetchAsync(Target, _url, _headers, _bytesExpected, cancel).ConfigureAwait(false);
        if (outcome.IsPage)
        {
            // A page is about as long as the last one; an eighth more, and the byte that tells the end.
            _bytesExpected = outcome.BodyBytes + (outcome.BodyBytes / 8) + 1;
        }

        return outcome;
    }
}
