using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Pleiad.Model;
using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class PageFetcherTests
{
    private const string Page = "# TYPE a counter\na 1\n";

    [Fact]
    public async Task A_page_comes_with_its_content_type_and_length()
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.Equal(FetchKind.Page, outcome.Kind);
        Assert.Equal(Page, Encoding.UTF8.GetString(outcome.Page));
        Assert.Equal(Page.Length, outcome.BodyBytes);
        Assert.Equal("text/plain; version=0.0.4", outcome.ContentType);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public async Task The_request_says_what_Prometheus_says()
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await FetchAsync("{job_name: a, scrape_timeout: 2s500ms, params: {x: [y]}}", target);
        ByteRequest request = Assert.Single(target.Requests);
        Assert.Equal("GET /metrics?x=y HTTP/1.1", request.Line);
        Assert.Equal(
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
            + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            request.Header("Accept"));
        Assert.Equal("gzip", request.Header("Accept-Encoding"));
        Assert.Equal("2.5", request.Header("X-Prometheus-Scrape-Timeout-Seconds"));
        Assert.Equal("Pleiad/test", request.Header("User-Agent"));
        Assert.Equal(target.Address, request.Header("Host"));
    }

    [Theory]
    [InlineData("{job_name: a, scrape_native_histograms: true}", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,")]
    [InlineData("{job_name: a, scrape_protocols: [PrometheusText0.0.4]}", "text/plain;version=0.0.4;q=0.6,*/*;q=0.5")]
    [InlineData("{job_name: a, metric_name_validation_scheme: legacy}", "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.6,")]
    public async Task Protocols_are_asked_for_by_weight(string job, string accept)
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await FetchAsync(job, target);
        Assert.StartsWith(accept, target.Requests[0].Header("Accept"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_compression_identity_is_asked_for()
    {
        using var target = ByteTarget.Of(Page);
        using FetchOutcome outcome = await FetchAsync("{job_name: a, enable_compression: false}", target);
        Assert.Equal("identity", target.Requests[0].Header("Accept-Encoding"));
    }

    [Fact]
    public async Task A_packed_page_is_unpacked()
    {
        using var target = ByteTarget.Of(ByteTarget.Ok(Gzip(Encoding.UTF8.GetBytes(Page)), "Content-Encoding: gzip"));
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.Equal(Page, Encoding.UTF8.GetString(outcome.Page));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(20)]
    public async Task A_packed_page_that_was_cut_off_is_refused(int bytesMissing)
    {
        byte[] packed = Gzip(Encoding.UTF8.GetBytes(Page));
        using var target = ByteTarget.Of(ByteTarget.Ok(packed[..^bytesMissing], "Content-Encoding: gzip"));
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.Equal(FetchKind.BadResponse, outcome.Kind);
        Assert.Equal("gzip: invalid or truncated data", outcome.Error);
    }

    [Fact]
    public async Task A_connection_is_used_again()
    {
        using var target = ByteTarget.Of(Page);
        using var fetcher = Fetcher("{job_name: a}", out ScrapeConfig job);
        TargetFetcher one = fetcher.For(TargetOf(job, target.Address));
        for (int i = 0; i < 5; i++)
        {
            using FetchOutcome outcome = await one.FetchAsync(CancellationToken.None);
            Assert.True(outcome.IsPage, outcome.Error);
        }

        Assert.Equal(5, target.Requests.Count);
        Assert.Equal(1, target.Connections);
    }

    [Theory]
    [InlineData("500 Internal Server Error", "server returned HTTP status 500 Internal Server Error")]
    [InlineData("404 Not Found", "server returned HTTP status 404 Not Found")]
    [InlineData("204 No Content", "server returned HTTP status 204 No Content")]
    [InlineData("418 \u0001\u0002", "server returned HTTP status 418")]
    public async Task Another_status_than_200_is_an_error(string status, string error)
    {
        using var target = ByteTarget.Of(ByteTarget.Status(status, []));
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.False(outcome.IsPage);
        Assert.StartsWith(status.StartsWith("418", StringComparison.Ordinal) ? string.Empty : error, outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(outcome.Error, char.IsControl);
    }

    [Fact]
    public async Task A_refused_connection_is_said_as_Go_says_it()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        using var fetcher = Fetcher("{job_name: a}", out ScrapeConfig job);
        using FetchOutcome outcome = await fetcher.For(TargetOf(job, $"127.0.0.1:{port}")).FetchAsync(CancellationToken.None);
        Assert.Equal(FetchKind.ConnectionFailed, outcome.Kind);
        Assert.Equal($"Get \"http://127.0.0.1:{port}/metrics\": dial tcp 127.0.0.1:{port}: connect: connection refused", outcome.Error);
    }

    [Fact]
    public async Task Body_limit_is_exact_with_and_without_a_length_and_packed()
    {
        byte[] body = Encoding.ASCII.GetBytes(new string('x', 100));
        byte[] chunked = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{new string('x', 100)}\r\n0\r\n\r\n");
        byte[][] answers = [ByteTarget.Ok(body), chunked, ByteTarget.Ok(Gzip(body), "Content-Encoding: gzip")];
        foreach (byte[] answer in answers)
        {
            using var target = ByteTarget.Of(answer);
            using FetchOutcome at = await FetchAsync("{job_name: a, body_size_limit: 100B}", target);
            Assert.Equal(100, at.BodyBytes);
            using FetchOutcome over = await FetchAsync("{job_name: a, body_size_limit: 99B}", target);
            Assert.Equal(FetchKind.BodyTooLarge, over.Kind);
            Assert.Equal("body size limit exceeded", over.Error);
        }
    }

    [Fact]
    public async Task A_page_that_grows_over_every_size_arrives_whole()
    {
        byte[] body = new byte[5_000_000];
        new Random(7).NextBytes(body);
        using var target = new ByteTarget(async (_, wire, cancel) =>
        {
            await wire.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), cancel);
            await wire.WriteAsync(body, cancel);
            return false;
        });
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.True(outcome.Page.SequenceEqual(body));
    }

    [Fact]
    public async Task A_gigabyte_that_is_announced_is_not_even_read()
    {
        using var target = ByteTarget.Of(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\nxxx"));
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.Equal(FetchKind.BodyTooLarge, outcome.Kind);
    }

    [Fact]
    public async Task A_gzip_bomb_is_stopped_by_its_ratio()
    {
        byte[] bomb = Gzip(new byte[50_000_000]);
        Assert.True(bomb.Length < 60_000);
        using var target = ByteTarget.Of(ByteTarget.Ok(bomb, "Content-Encoding: gzip"));
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.Equal(FetchKind.CompressionBomb, outcome.Kind);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("zstd")]
    public async Task Encodings_that_were_not_asked_for_are_refused(string encoding)
    {
        using var target = ByteTarget.Of(ByteTarget.Ok("x", $"Content-Encoding: {encoding}"));
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.Equal(FetchKind.BadResponse, outcome.Kind);
        Assert.Equal($"unsupported Content-Encoding \"{encoding}\"", outcome.Error);
    }

    [Theory]
    [InlineData("not http at all\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc")]
    [InlineData("HTTP/1.1 2")]
    [InlineData("")]
    public async Task A_broken_answer_ends_with_an_outcome(string answer)
    {
        using var target = new ByteTarget(async (_, wire, cancel) =>
        {
            await wire.WriteAsync(Encoding.ASCII.GetBytes(answer), cancel);
            return false;
        });
        using FetchOutcome outcome = await FetchAsync("{job_name: a}", target);
        Assert.False(outcome.IsPage);
        Assert.NotEmpty(outcome.Error);
    }

    [Fact]
    public async Task Headers_without_end_are_cut_off()
    {
        using var target = new ByteTarget(async (_, wire, cancel) =>
        {
            await wire.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n"), cancel);
            byte[] header = Encoding.ASCII.GetBytes($"X-Y: {new string('z', 1000)}\r\n");
            while (true)
            {
                await wire.WriteAsync(header, cancel);
            }
        });
        using FetchOutcome outcome = await FetchAsync("{job_name: a, scrape_timeout: 50s}", target);
        Assert.Equal(FetchKind.BadResponse, outcome.Kind);
    }

    [Fact]
    public async Task A_slow_drip_ends_when_its_time_is_up_although_bytes_keep_coming()
    {
        var clock = new VirtualTime();
        var dripped = new TaskCompletionSource();
        using var target = new ByteTarget(async (_, wire, cancel) =>
        {
            await wire.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), cancel);
            while (true)
            {
                await wire.WriteAsync("x"u8.ToArray(), cancel);
                dripped.TrySetResult();
                await Task.Yield();
            }
        });
        using var fetcher = Fetcher("{job_name: a}", out ScrapeConfig job, clock);
        Task<FetchOutcome> fetching = fetcher.For(TargetOf(job, target.Address)).FetchAsync(CancellationToken.None);
        await dripped.Task;
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(fetching.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        using FetchOutcome outcome = await fetching;
        Assert.Equal(FetchKind.Timeout, outcome.Kind);
        Assert.Contains("context deadline exceeded", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(10), outcome.Duration);
    }

    [Fact]
    public async Task A_target_that_says_nothing_ends_when_its_time_is_up()
    {
        var clock = new VirtualTime();
        var asked = new TaskCompletionSource();
        using var target = new ByteTarget(async (_, _, cancel) =>
        {
            asked.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancel);
            return false;
        });
        using var fetcher = Fetcher("{job_name: a}", out ScrapeConfig job, clock);
        Task<FetchOutcome> fetching = fetcher.For(TargetOf(job, target.Address)).FetchAsync(CancellationToken.None);
        await asked.Task;
        clock.Advance(TimeSpan.FromSeconds(10));
        using FetchOutcome outcome = await fetching;
        Assert.Equal($"Get \"http://{target.Address}/metrics\": context deadline exceeded", outcome.Error);
    }

    [Fact]
    public async Task A_fetch_that_is_given_up_is_cancelled_not_failed()
    {
        var asked = new TaskCompletionSource();
        using var target = new ByteTarget(async (_, _, cancel) =>
        {
            asked.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancel);
            return false;
        });
        using var fetcher = Fetcher("{job_name: a}", out ScrapeConfig job);
        using var cancel = new CancellationTokenSource();
        Task<FetchOutcome> fetching = fetcher.For(TargetOf(job, target.Address)).FetchAsync(cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fetching);
    }

    internal static async Task<FetchOutcome> FetchAsync(string yaml, ByteTarget target)
    {
        using PageFetcher fetcher = Fetcher(yaml, out ScrapeConfig job);
        return await fetcher.For(TargetOf(job, target.Address)).FetchAsync(CancellationToken.None);
    }

    internal static PageFetcher Fetcher(string yaml, out ScrapeConfig job, TimeProvider? clock = null)
    {
        job = TargetBuilderTests.Job(yaml);
        return new PageFetcher(job, job.LimitsWith(ScrapeLimits.Default), clock ?? TimeProvider.System, "Pleiad/test");
    }

    internal static Target TargetOf(ScrapeConfig job, string address)
    {
        TargetOutcome outcome = new TargetBuilder(job).Build(Labels.From(("__address__", address)), Labels.Empty);
        return outcome.Target ?? throw new InvalidOperationException(outcome.Problem);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }
}
