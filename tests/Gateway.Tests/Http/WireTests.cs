using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

/// <summary>What goes over a real socket: framing, compression, CORS, headers, disconnects.</summary>
public sealed class WireTests
{
    private const int ManySeries = 40;
    private const int ManySamples = 5000;

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("deflate, gzip;q=0.5", "deflate")]
    [InlineData("gzip;q=0, deflate", "deflate")]
    [InlineData("br, zstd, GZIP", "gzip")]
    [InlineData("identity", null)]
    [InlineData("gzip;q=0", null)]
    [InlineData("gzip;q=0.5", "gzip")]
    [InlineData("", null)]
    public async Task A_large_answer_is_compressed_as_the_client_likes_it(string accept, string? coding)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.AnswerWith(Large());
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/query?query=x", ("Accept-Encoding", accept));
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Null(answer.Content.Headers.ContentLength);
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        CheckLarge(coding switch
        {
            "gzip" => Decompress(new GZipStream(new MemoryStream(body), CompressionMode.Decompress)),
            "deflate" => Decompress(new ZLibStream(new MemoryStream(body), CompressionMode.Decompress)),
            _ => Encoding.UTF8.GetString(body),
        });
    }

    [Fact]
    public async Task A_small_answer_has_a_length_and_no_coding()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/query?query=1", ("Accept-Encoding", "gzip"));
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal(68, answer.Content.Headers.ContentLength);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task An_answer_of_one_buffer_is_compressed_too()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.AnswerWith(new StringValue(default, new string('x', 2000)));
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/query?query=1", ("Accept-Encoding", "gzip"));
        Assert.Equal("gzip", answer.Content.Headers.ContentEncoding.Single());
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        Assert.Contains(new string('x', 2000), Decompress(new GZipStream(new MemoryStream(body), CompressionMode.Decompress)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_is_neither_compressed_nor_marked_so()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.FailWith(QueryErrorKind.Execution, new string('x', 5000));
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/query?query=1", ("Accept-Encoding", "gzip"));
        Assert.Equal(422, (int)answer.StatusCode);
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        string body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(answer.Content.Headers.ContentLength, body.Length);
        Assert.Equal("execution", Json.ErrorOf(body).Type);
    }

    [Fact]
    public async Task Two_answers_follow_each_other_on_one_connection()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, gateway.Client.BaseAddress!.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            "GET /api/v1/query?query=1 HTTP/1.1\r\nHost: x\r\n\r\nGET /nothere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(socket.GetStream());
        string both = await reader.ReadToEndAsync();
        Assert.Contains("[4,\"2\"]}}HTTP/1.1 404 Not Found", both, StringComparison.Ordinal);
        Assert.EndsWith("404 page not found\n", both, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".*", "http://a.example", "*")]
    [InlineData("https?://(a|b)\\.example", "http://a.example", "http://a.example")]
    [InlineData("https?://(a|b)\\.example", "http://c.example", null)]
    [InlineData("https?://(a|b)\\.example", "http://a.example.evil", null)]
    public async Task Origins_are_allowed_by_pattern(string pattern, string origin, string? allowed)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { CorsOrigin = pattern });
        foreach (string method in (string[])["GET", "OPTIONS"])
        {
            using HttpResponseMessage answer = await gateway.SendAsync(method, "/api/v1/query?query=1", ("Origin", origin));
            Assert.Equal(method == "GET" ? 200 : 204, (int)answer.StatusCode);
            Assert.Equal(allowed, Header(answer, "Access-Control-Allow-Origin"));
            Assert.Equal("Accept, Authorization, Content-Type, Origin", Header(answer, "Access-Control-Allow-Headers"));
            Assert.Equal("GET, POST, OPTIONS", Header(answer, "Access-Control-Allow-Methods"));
            Assert.Equal("Date", Header(answer, "Access-Control-Expose-Headers"));
            Assert.Contains("Origin", answer.Headers.Vary);
        }
    }

    [Fact]
    public async Task A_call_from_no_page_gets_no_CORS_headers()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage options = await gateway.SendAsync("OPTIONS", "/api/v1/anything");
        Assert.Equal(204, (int)options.StatusCode);
        Assert.Null(Header(options, "Access-Control-Allow-Origin"));
        using HttpResponseMessage get = await gateway.SendAsync("GET", "/api/v1/query?query=1");
        Assert.Null(Header(get, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Errors_carry_CORS_headers_so_that_a_page_can_read_them()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/query?query=1&time=x", ("Origin", "http://a.example"));
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Equal("*", Header(answer, "Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("/api/v1/query?query=1")]
    [InlineData("/")]
    [InlineData("/nothere")]
    [InlineData("/metrics")]
    public async Task Every_answer_carries_the_safety_headers(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", path);
        Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
        Assert.Equal("DENY", Header(answer, "X-Frame-Options"));
        Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
        string policy = Header(answer, "Content-Security-Policy")!;
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Null(Header(answer, "Server"));
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_its_query()
    {
        var begun = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.Answer = async cancel =>
        {
            await using CancellationTokenRegistration _ = cancel.Register(cancelled.SetResult);
            begun.SetResult();
            await cancelled.Task;
            throw new OperationCanceledException(cancel);
        };
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Client.BaseAddress!.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/v1/query?query=1 HTTP/1.1\r\nHost: x\r\n\r\n"));
            await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
            Assert.False(cancelled.Task.IsCompleted);
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_client_that_goes_away_stops_the_stream()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        var walked = new EndlessSeries();
        gateway.Node.AnswerWith(new MatrixValue(walked));
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, gateway.Client.BaseAddress!.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes("GET /api/v1/query?query=1 HTTP/1.1\r\nHost: x\r\n\r\n"));
            byte[] some = new byte[100_000];
            await socket.GetStream().ReadExactlyAsync(some);
        }

        await walked.Ended.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_failure_in_the_middle_of_an_answer_breaks_the_connection()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.AnswerWith(new MatrixValue(new EndlessSeries { FailsAt = 100 }));
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/api/v1/query?query=1");
        Assert.Equal(200, (int)answer.StatusCode);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_request_that_takes_too_long_is_503()
    {
        var clock = new StoppedClock(DateTimeOffset.UnixEpoch);
        await using RunningGateway gateway = await RunningGateway.StartAsync(time: clock);
        gateway.Node.Answer = async cancel =>
        {
            var cancelled = new TaskCompletionSource();
            await using CancellationTokenRegistration _ = cancel.Register(cancelled.SetResult);
            clock.FireAll();
            await cancelled.Task;
            throw new OperationCanceledException(cancel);
        };
        (int status, string body) = await gateway.GetAsync("/api/v1/query?query=1");
        Assert.Equal(503, status);
        Assert.Equal(("timeout", "the request took longer than 5m"), Json.ErrorOf(body));
    }

    [Fact]
    public async Task A_port_in_use_is_a_plain_message()
    {
        await using RunningGateway first = await RunningGateway.StartAsync();
        string address = $"127.0.0.1:{first.Client.BaseAddress!.Port}";
        GatewayStartException refused = await Assert.ThrowsAsync<GatewayStartException>(() => RunningGateway.StartAsync(s => s with { Listen = [address] }));
        Assert.StartsWith($"cannot listen on {address}: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in use", refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task What_the_host_logs_of_itself_is_one_line_of_ours()
    {
        using var logs = new RecordedLogs();
        var node = new FakeNode();
        await using var host = new GatewayHost(
            new GatewaySettings { Listen = ["127.0.0.1:0"] }, new GatewayPorts(node, node, node, node, node, node, node, node), logs, TimeProvider.System);
        await host.StartAsync(CancellationToken.None);
        string address = $"127.0.0.1:{host.Addresses[0].Port}";
        Assert.Equal([$"Information Pleiad.Gateway: listening on http://{address}"], logs.Lines);
        await using var second = new GatewayHost(
            new GatewaySettings { Listen = [address] }, new GatewayPorts(node, node, node, node, node, node, node, node), logs, TimeProvider.System);
        await Assert.ThrowsAsync<GatewayStartException>(() => second.StartAsync(CancellationToken.None));
        await host.StopAsync(CancellationToken.None);
        Assert.Single(logs.Lines);
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData(":0")]
    [InlineData("[::]:0")]
    [InlineData("192.0.2.1:0")]
    public void Other_machines_are_let_in_only_when_that_is_wanted(string address)
    {
        GatewayStartException refused = Assert.Throws<GatewayStartException>(() => Compose(new GatewaySettings { Listen = [address] }));
        Assert.Contains("insecure-listen", refused.Message, StringComparison.Ordinal);
        Compose(new GatewaySettings { Listen = [address], InsecureListen = true });
    }

    [Theory]
    [InlineData("9090")]
    [InlineData("localhost:")]
    [InlineData("localhost:99999")]
    [InlineData("example.org:9090")]
    public void An_address_that_cannot_be_read_is_named(string address) =>
        Assert.Contains($"\"{address}\"", Assert.Throws<GatewayStartException>(() => Compose(new GatewaySettings { Listen = [address] })).Message, StringComparison.Ordinal);

    [Fact]
    public void A_wrong_pattern_of_origins_is_named() =>
        Assert.StartsWith(
            "web.cors.origin: ",
            Assert.Throws<GatewayStartException>(() => Compose(new GatewaySettings { CorsOrigin = "(" })).Message,
            StringComparison.Ordinal);

    private static GatewayHost Compose(GatewaySettings settings)
    {
        var node = new FakeNode();
        return new GatewayHost(settings, new GatewayPorts(node, node, node, node, node, node, node, node), NullLoggerFactory.Instance, TimeProvider.System);
    }

    private static MatrixValue Large() => new([.. Enumerable.Range(0, ManySeries).Select(s => new MatrixSeries(
        Labels.From(("__name__", "x"), ("s", s.ToString())),
        [.. Enumerable.Range(0, ManySamples).Select(i => i * 1000L)],
        [.. Enumerable.Range(0, ManySamples).Select(i => i / 7.0)],
        null))]);

    private static void CheckLarge(string body)
    {
        using JsonDocument parsed = JsonDocument.Parse(body);
        JsonElement result = parsed.RootElement.GetProperty("data").GetProperty("result");
        Assert.Equal(ManySeries, result.GetArrayLength());
        foreach (JsonElement series in result.EnumerateArray())
        {
            JsonElement values = series.GetProperty("values");
            Assert.Equal(ManySamples, values.GetArrayLength());
            Assert.Equal(ManySamples - 1, values[ManySamples - 1][0].GetInt64());
            Assert.Equal((ManySamples - 1) / 7.0, double.Parse(values[ManySamples - 1][1].GetString()!));
        }
    }

    private static string Decompress(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;

    /// <summary>Series without end, which notices when nobody walks it any more.</summary>
    private sealed class EndlessSeries : IReadOnlyList<MatrixSeries>
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int FailsAt { get; init; } = int.MaxValue;

        public Task Ended => _ended.Task;

        public int Count => int.MaxValue;

        public MatrixSeries this[int index] =>
            index < FailsAt ? new(Labels.Empty, new long[1000], new double[1000], null) : throw new InvalidOperationException("broken series");

        public IEnumerator<MatrixSeries> GetEnumerator()
        {
            try
            {
                for (int i = 0; i < Count; i++)
                {
                    yield return this[i];
                }
            }
            finally
            {
                _ended.TrySetResult();
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
