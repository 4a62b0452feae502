using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pleiad.TestKit;

/// <summary>One request as it came over the wire.</summary>
/// <param name="Line">The request line: <c>GET /metrics HTTP/1.1</c>.</param>
/// <param name="Headers">Names in any case; values of repeated names joined by a comma.</param>
/// <param name="Body">As many bytes as <c>Content-Length</c> says.</param>
public sealed record ByteRequest(string Line, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The body, whatever bytes it has.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>The value of a header; empty where there is none.</summary>
    public string Header(string name) => Headers.GetValueOrDefault(name, string.Empty);
}

/// <summary>
/// A web server on a loopback port that sends exactly the bytes it is told to: honest pages and hostile ones. It knows as much HTTP as
/// it takes to find where a request ends; connections stay open until an answer closes them.
/// </summary>
public sealed class ByteTarget : IDisposable
{
    /// <summary>Writes an answer; false closes the connection.</summary>
    public delegate Task<bool> Answer(ByteRequest request, Stream wire, CancellationToken cancel);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;
    private readonly Lock _gate = new();
    private readonly List<ByteRequest> _requests = [];
    private readonly Func<Stream, CancellationToken, Task<Stream>>? _wrap;
    private readonly Answer _answer;
    private int _connections;

    /// <param name="answer">What every request gets.</param>
    /// <param name="wrap">Puts something around the raw connection: TLS.</param>
    public ByteTarget(Answer answer, Func<Stream, CancellationToken, Task<Stream>>? wrap = null)
    {
        _answer = answer;
        _wrap = wrap;
        _stopped = _stop.Token;
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>A server that answers every request with one page.</summary>
    public static ByteTarget Of(string page, string contentType = "text/plain; version=0.0.4") => Of(Ok(page, $"Content-Type: {contentType}"));

    /// <summary>A server that answers every request with the same bytes.</summary>
    public static ByteTarget Of(byte[] answer) => new(async (_, wire, cancel) =>
    {
        await wire.WriteAsync(answer, cancel).ConfigureAwait(false);
        return true;
    });

    /// <summary>A whole answer with status 200.</summary>
    public static byte[] Ok(string page, params string[] headers) => Ok(Encoding.UTF8.GetBytes(page), headers);

    /// <summary>A whole answer with status 200.</summary>
    public static byte[] Ok(byte[] body, params string[] headers) => Status("200 OK", body, headers);

    /// <summary>A whole answer.</summary>
    public static byte[] Status(string status, byte[] body, params string[] headers) =>
    [
        .. Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n"),
        .. body,
    ];

    /// <summary>The port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary><c>127.0.0.1:port</c>.</summary>
    public string Address => $"127.0.0.1:{Port}";

    /// <summary>The requests so far.</summary>
    public IReadOnlyList<ByteRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>How many connections were made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stopped).ConfigureAwait(false);
                Interlocked.Increment(ref _connections);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Closed by Dispose.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var raw = new NetworkStream(socket, ownsSocket: true);
        try
        {
            await using Stream wire = _wrap is null ? raw : await _wrap(raw, _stopped).ConfigureAwait(false);
            while (await ReadAsync(wire).ConfigureAwait(false) is { } request)
            {
                lock (_gate)
                {
                    _requests.Add(request);
                }

                if (!await _answer(request, wire, _stopped).ConfigureAwait(false))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
        {
            // The client has had enough, or the test is over.
        }
    }

    private async Task<ByteRequest?> ReadAsync(Stream wire)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!EndsHead(head))
        {
            if (await wire.ReadAsync(one, _stopped).ConfigureAwait(false) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Skip(1))
        {
            string[] parts = line.Split(':', 2, StringSplitOptions.TrimEntries);
            headers[parts[0]] = headers.TryGetValue(parts[0], out string? before) ? $"{before},{parts[1]}" : parts[1];
        }

        byte[] body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await wire.ReadExactlyAsync(body, _stopped).ConfigureAwait(false);
        return new ByteRequest(lines[0], headers, Encoding.UTF8.GetString(body)) { Bytes = body };
    }

    private static bool EndsHead(StringBuilder head) =>
        head.Length >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n' && head[^4] == '\r';
}
