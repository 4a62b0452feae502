using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Scraping.Tests;

public class RemoteWriteClientTests
{
    [Theory]
    [InlineData("200 OK", SendVerdict.Delivered)]
    [InlineData("204 No Content", SendVerdict.Delivered)]
    [InlineData("400 Bad Request", SendVerdict.Refused)]
    [InlineData("307 Temporary Redirect", SendVerdict.Refused)]
    [InlineData("429 Too Many Requests", SendVerdict.Refused)]
    [InlineData("500 Internal Server Error", SendVerdict.TryAgain)]
    [InlineData("503 Service Unavailable", SendVerdict.TryAgain)]
    public async Task A_status_decides_whether_it_is_tried_again(string status, SendVerdict verdict)
    {
        using var target = ByteTarget.Of(ByteTarget.Status(status, "too much\nof it"u8.ToArray(), "Retry-After: 7"));
        SendOutcome outcome = await SendAsync(target);
        Assert.Equal(verdict, outcome.Verdict);
        Assert.Equal(verdict == SendVerdict.TryAgain ? TimeSpan.FromSeconds(7) : null, outcome.After);
        Assert.Equal(verdict == SendVerdict.Delivered ? string.Empty : $"server returned HTTP status {status}: too much", outcome.Reason);
    }

    [Fact]
    public async Task Too_many_requests_are_tried_again_where_the_file_says_so()
    {
        using var target = ByteTarget.Of(ByteTarget.Status("429 Too Many Requests", []));
        Assert.Equal(SendVerdict.TryAgain, (await SendAsync(target, "queue_config: {retry_on_http_429: true}")).Verdict);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_may_come_back()
    {
        int port;
        using (var target = ByteTarget.Of(ByteTarget.Ok("")))
        {
            port = target.Port;
        }

        SendOutcome outcome = await SendAsync($"http://127.0.0.1:{port}/", string.Empty);
        Assert.Equal(SendVerdict.TryAgain, outcome.Verdict);
        Assert.Contains("connection refused", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_given_up_in_time()
    {
        using var target = new ByteTarget(static async (_, _, cancel) =>
        {
            await new TaskCompletionSource().Task.WaitAsync(cancel);
            return false;
        });
        SendOutcome outcome = await SendAsync(target, "remote_timeout: 50ms");
        Assert.Equal((SendVerdict.TryAgain, "no answer within 0.05 s"), (outcome.Verdict, outcome.Reason));
    }

    [Theory]
    [InlineData("", "application/x-protobuf", "0.1.0")]
    [InlineData("protobuf_message: io.prometheus.write.v2.Request", "application/x-protobuf;proto=io.prometheus.write.v2.Request", "2.0.0")]
    public async Task Requests_carry_the_headers_of_their_version_and_the_credentials(string message, string contentType, string version)
    {
        using var target = ByteTarget.Of(ByteTarget.Ok(""));
        await SendAsync(target, $"{message}{(message.Length > 0 ? ", " : "")}basic_auth: {{username: u, password: p}}, headers: {{X-Scope-OrgID: team}}");
        ByteRequest request = Assert.Single(target.Requests);
        Assert.Equal("POST /push HTTP/1.1", request.Line);
        Assert.Equal(
            (contentType, "snappy", version, "team", "Basic dTpw", "Pleiad/test"),
            (request.Header("Content-Type"), request.Header("Content-Encoding"), request.Header("X-Prometheus-Remote-Write-Version"),
                request.Header("X-Scope-OrgID"), request.Header("Authorization"), request.Header("User-Agent")));
        Assert.Equal([1, 2, 3], request.Bytes);
    }

    private static Task<SendOutcome> SendAsync(ByteTarget target, string more = "") => SendAsync($"http://{target.Address}/push", more);

    private static async Task<SendOutcome> SendAsync(string url, string more)
    {
        RemoteWriteConfig config = ScrapeConfigFile.Parse($"remote_write: [{{url: '{url}'{(more.Length > 0 ? ", " : "")}{more}}}]", "t.yml").RemoteWrite[0];
        using var client = new RemoteWriteClient(config, "Pleiad/test", TimeProvider.System);
        return await client.SendAsync([1, 2, 3], CancellationToken.None);
    }
}
