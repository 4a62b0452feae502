using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Pleiad.Scraping;

/// <summary>
/// Sends requests as a <see cref="HttpClientConfig"/> says: credentials, headers, TLS, proxy, redirects. Connections are kept and
/// used again. Thread-safe.
/// </summary>
internal sealed class HttpCaller : IDisposable
{
    /// <summary>Redirects that are followed for one request.</summary>
    public const int RedirectsMax = 10;

    /// <summary>Kilobytes of headers that a response may have.</summary>
    public const int HeaderKilobytesMax = 64;

    /// <summary>Connections to one host at a time.</summary>
    public const int ConnectionsMax = 1024;

    private static readonly TimeSpan IdleConnectionKept = TimeSpan.FromMinutes(5);

    private readonly HttpClientConfig _config;
    private readonly HttpMessageInvoker _http;
    private readonly OAuth2Tokens? _tokens;
    private readonly string? _fixedAuthorization;
    private readonly bool _ownTls;

    public HttpCaller(HttpClientConfig config, TimeProvider clock)
    {
        _config = config;
        _ownTls = config.Tls.ServerName.Length > 0;
        _http = new HttpMessageInvoker(HandlerOf(config.Tls, config.Proxy));
        _tokens = config.OAuth2 is null ? null : new OAuth2Tokens(config.OAuth2, clock);
        _fixedAuthorization = FixedAuthorization(config);
    }

    /// <summary>Sends a GET request and waits for the headers of the answer, redirects followed where they may be.</summary>
    /// <param name="url">An absolute URL.</param>
    /// <param name="headers">Sent to whatever host answers; they hold no secrets.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="FetchFailure">The credentials cannot be had, or there are too many redirects.</exception>
    /// <exception cref="HttpRequestException">No answer.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken cancel)
    {
        Uri at = url;
        bool trusted = true;
        for (int redirects = 0; ; redirects++)
        {
            // Credentials and custom headers are meant for one host; once a redirect has left it they do not come back.
            trusted &= IsSameHost(url, at);
            HttpResponseMessage response = await SendAsync(HttpMethod.Get, at, headers, null, trusted, cancel).ConfigureAwait(false);
            Uri? next = _config.FollowRedirects ? RedirectOf(at, response) : null;
            if (next is null)
            {
                return response;
            }

            response.Dispose();
            if (redirects == RedirectsMax)
            {
                throw new FetchFailure(FetchKind.BadResponse, FetchErrors.Get(url.OriginalString, $"stopped after {RedirectsMax} redirects"));
            }

            at = next;
        }
    }

    /// <summary>Sends a POST request and waits for the headers of the answer. Redirects are answers: a body is not sent twice.</summary>
    /// <param name="url">An absolute URL.</param>
    /// <param name="headers">They hold no secrets.</param>
    /// <param name="content">The body; stays the caller's.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="FetchFailure">The credentials cannot be had.</exception>
    /// <exception cref="HttpRequestException">No answer.</exception>
    public Task<HttpResponseMessage> PostAsync(
        Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, HttpContent content, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, url, headers, content, trusted: true, cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _tokens?.Dispose();
    }

    internal static SocketsHttpHandler HandlerOf(TlsConfig tlsConfig, ProxyConfig proxy)
    {
        var tls = new TlsClient(tlsConfig);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = HeaderKilobytesMax,
            MaxConnectionsPerServer = ConnectionsMax,
            PooledConnectionIdleTimeout = IdleConnectionKept,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = proxy.Url.Length > 0 || proxy.FromEnvironment,
            Proxy = proxy.Url.Length > 0 ? new ListedProxy(proxy) : proxy.FromEnvironment ? HttpClient.DefaultProxy : null,
            SslOptions = tls.OptionsFor(string.Empty),
        };
        if (tlsConfig.ServerName.Length > 0)
        {
            // The handler takes the name of a certificate from the URL; with a name of its own the handshake is done here.
            handler.ConnectCallback = (context, cancel) => ConnectTlsAsync(tls, context.DnsEndPoint, cancel);
        }

        return handler;
    }

    private static async ValueTask<Stream> ConnectTlsAsync(TlsClient tls, DnsEndPoint host, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, cancel).ConfigureAwait(false);
            var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await stream.AuthenticateAsClientAsync(tls.OptionsFor(host.Host), cancel).ConfigureAwait(false);
            return stream;
        }
        catch
        {
            // Whatever went wrong, the socket is ours until it has been handed over.
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, Uri url, IReadOnlyList<KeyValuePair<string, string>> headers, HttpContent? content, bool trusted, CancellationToken cancel)
    {
        bool https = url.Scheme == Uri.UriSchemeHttps;
        using var request = new HttpRequestMessage(method, https && _ownTls ? WithoutTls(url) : url) { Content = content };
        bool http2 = https && _config.EnableHttp2 && !_ownTls;
        request.Version = http2 ? HttpVersion.Version20 : HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        if (https && _ownTls)
        {
            request.Headers.Host = url.IsDefaultPort ? url.IdnHost : url.Authority;
        }

        for (int i = 0; i < headers.Count; i++)
        {
            request.Headers.TryAddWithoutValidation(headers[i].Key, headers[i].Value);
        }

        if (trusted)
        {
            await AuthorizeAsync(request, cancel).ConfigureAwait(false);
            AddCustomHeaders(request);
        }

        return await _http.SendAsync(request, cancel).ConfigureAwait(false);
    }

    private async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        string? value = _fixedAuthorization;
        if (_tokens is not null)
        {
            value = await _tokens.AuthorizationAsync(cancel).ConfigureAwait(false);
        }
        else if (value is null && _config.BasicAuth is { } basic)
        {
            string user = basic.UsernameFile.Length > 0 ? ReadSecret(basic.UsernameFile, "basic auth username") : basic.Username;
            string password = basic.PasswordFile.Length > 0 ? ReadSecret(basic.PasswordFile, "basic auth password") : basic.Password.Reveal();
            value = BasicOf(user, password);
        }
        else if (value is null && _config.Authorization is { } authorization)
        {
            value = $"{authorization.Type} {ReadSecret(authorization.CredentialsFile, "authorization credentials")}";
        }

        if (value is not null)
        {
            Add(request, "Authorization", value, "the credentials");
        }
    }

    private void AddCustomHeaders(HttpRequestMessage request)
    {
        foreach (HttpHeaderConfig header in _config.Headers)
        {
            foreach (string value in header.Values)
            {
                Add(request, header.Name, value, "a header");
            }

            foreach (Secret secret in header.Secrets)
            {
                Add(request, header.Name, secret.Reveal(), "a header");
            }

            foreach (string file in header.Files)
            {
                Add(request, header.Name, ReadSecret(file, "header"), "a header");
            }
        }
    }

    private static void Add(HttpRequestMessage request, string name, string value, string what)
    {
        if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0 || !request.Headers.TryAddWithoutValidation(name, value))
        {
            throw new FetchFailure(FetchKind.CredentialsFailed, $"net/http: invalid header field value for \"{name}\": {what} may hold no line breaks");
        }
    }

    private static string ReadSecret(string path, string what) => SecretFile.Read(path, what, FetchKind.CredentialsFailed);

    // What no file is needed for is put together once.
    private static string? FixedAuthorization(HttpClientConfig config) => config switch
    {
        { BasicAuth: { UsernameFile.Length: 0, PasswordFile.Length: 0 } basic } => BasicOf(basic.Username, basic.Password.Reveal()),
        { Authorization: { CredentialsFile.Length: 0 } authorization } => $"{authorization.Type} {authorization.Credentials.Reveal()}",
        _ => null,
    };

    internal static string BasicOf(string user, string password) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    private static Uri? RedirectOf(Uri at, HttpResponseMessage response)
    {
        bool redirects = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if (!redirects
            || !response.Headers.NonValidated.TryGetValues("Location", out System.Net.Http.Headers.HeaderStringValues location)
            || !Uri.TryCreate(at, location.ToString(), out Uri? next))
        {
            return null;
        }

        return next.Scheme is "http" or "https"
            ? next
            : throw new FetchFailure(FetchKind.BadResponse, FetchErrors.Get(at.OriginalString, $"unsupported protocol scheme \"{FetchErrors.Printable(next.Scheme)}\""));
    }

    // The port and the scheme count too: another port is another service, and http in place of https gives secrets away.
    private static bool IsSameHost(Uri a, Uri b) =>
        a.Scheme == b.Scheme && a.Port == b.Port && string.Equals(a.IdnHost, b.IdnHost, StringComparison.OrdinalIgnoreCase);

    private static Uri WithoutTls(Uri url) => new UriBuilder(url) { Scheme = Uri.UriSchemeHttp, Port = url.Port }.Uri;
}
