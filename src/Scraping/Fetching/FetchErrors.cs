using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Pleiad.Scraping;

/// <summary>Failures of HTTP in words like Prometheus's: users and alerting rules know them.</summary>
internal static class FetchErrors
{
    public const string DeadlineExceeded = "context deadline exceeded";

    public const string BodySizeLimitExceeded = "body size limit exceeded";

    public static FetchFailure TimeoutOf(string url) => new(FetchKind.Timeout, Get(url, DeadlineExceeded));

    public static FetchFailure StatusOf(HttpResponseMessage response) => new(
        FetchKind.BadStatus,
        string.Create(
            CultureInfo.InvariantCulture,
            $"server returned HTTP status {(int)response.StatusCode} {Printable(response.ReasonPhrase)}").TrimEnd());

    /// <summary>The failure of an exception of the HTTP client, of a stream, or of TLS.</summary>
    public static FetchFailure Of(Exception e, string url)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner is FetchFailure failure)
            {
                return failure;
            }
        }

        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException socket:
                    return new FetchFailure(FetchKind.ConnectionFailed, Get(url, TextOf(socket, url)));
                case ServerCertificateException:
                    return new FetchFailure(FetchKind.TlsFailed, Get(url, $"tls: failed to verify certificate: {Printable(inner.Message)}"));
                case InvalidDataException:
                    return new FetchFailure(FetchKind.BadResponse, "gzip: invalid or truncated data");
            }
        }

        return e switch
        {
            AuthenticationException or HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                new FetchFailure(FetchKind.TlsFailed, Get(url, HandshakeErrors.TextOf(e))),
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => new FetchFailure(FetchKind.ConnectionFailed, Get(url, "EOF")),
            HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
                new FetchFailure(FetchKind.BadResponse, Get(url, "net/http: server response headers exceeded the limit; aborted")),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } =>
                new FetchFailure(FetchKind.BadResponse, Get(url, "net/http: HTTP/1.x transport connection broken: malformed HTTP response")),
            HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded } => new FetchFailure(FetchKind.ConnectionFailed, "unexpected EOF"),
            HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse } => new FetchFailure(FetchKind.BadResponse, "malformed chunked encoding"),
            EndOfStreamException => new FetchFailure(FetchKind.ConnectionFailed, "unexpected EOF"),
            _ => new FetchFailure(FetchKind.ConnectionFailed, Get(url, Printable(e.Message))),
        };
    }

    public static string Get(string url, string problem) => $"Get \"{UrlText.Redact(url)}\": {problem}";

    // From a hostile server: without control characters, and short.
    public static string Printable(string? text)
    {
        const int CharsMax = 200;
        string cut = text is null ? string.Empty : text.Length > CharsMax ? text[..CharsMax] : text;
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c)) : cut;
    }

    /// <summary>The value of <c>Content-Type</c> as it was sent; empty where there is none.</summary>
    public static string ContentTypeOf(HttpContentHeaders headers) =>
        headers.NonValidated.TryGetValues("Content-Type", out HeaderStringValues values) ? values.ToString() : string.Empty;

    private static string TextOf(SocketException socket, string url)
    {
        string host = UrlText.HostOf(url);
        int colon = host.LastIndexOf(':');
        string name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        return socket.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => $"dial tcp {host}: connect: connection refused",
            SocketError.HostNotFound or SocketError.NoData => $"dial tcp: lookup {name}: no such host",
            SocketError.TryAgain => $"dial tcp: lookup {name}: server misbehaving",
            SocketError.HostUnreachable => $"dial tcp {host}: connect: no route to host",
            SocketError.NetworkUnreachable => $"dial tcp {host}: connect: network is unreachable",
            SocketError.TimedOut => $"dial tcp {host}: connect: connection timed out",
            SocketError.ConnectionReset => "read: connection reset by peer",
            SocketError.ConnectionAborted => "read: software caused connection abort",
            SocketError.AccessDenied => $"dial tcp {host}: connect: permission denied",
            SocketError.AddressNotAvailable => $"dial tcp {host}: connect: cannot assign requested address",
            SocketError.NetworkDown => $"dial tcp {host}: connect: network is down",
            SocketError.HostDown => $"dial tcp {host}: connect: host is down",
            SocketError.TooManyOpenSockets => $"dial tcp {host}: socket: too many open files",
            SocketError.AddressFamilyNotSupported => $"dial tcp {host}: socket: address family not supported by protocol",
            SocketError.Shutdown => "write: broken pipe",
            _ => $"dial tcp {host}: {Printable(socket.Message)}",
        };
    }
}
