using System.Net;
using System.Text;

namespace Pleiad.Gateway.Tests;

public sealed class StaticUiTests
{
    private const string Index = "<!doctype html><base href=\"/\"><title>Pleiad</title>";

    private static readonly byte[] Script = Encoding.UTF8.GetBytes("export const answer = 42;");

    private static readonly IReadOnlyList<UiFile> Files =
    [
        new(UiFile.IndexPath, Encoding.UTF8.GetBytes(Index)),
        new("icon.svg", "<svg/>"u8.ToArray()),
        new("assets/main-1.js", Script, Gzip: "as gzip"u8.ToArray(), Brotli: "as brotli"u8.ToArray()),
        new("assets/odd.exe", Script),
    ];

    private static Task<RunningGateway> StartAsync(string? prefix = null) =>
        RunningGateway.StartAsync(settings => settings with { Interface = Files, RoutePrefix = prefix });

    [Theory]
    [InlineData("/")]
    [InlineData("/query?g0.expr=up")]
    [InlineData("/targets")]
    [InlineData("/d/abc")]
    [InlineData("/d/abc/a-slug")]
    public async Task Every_address_of_the_interface_is_its_page(string path)
    {
        await using RunningGateway gateway = await StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/html; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("no-cache", answer.Headers.CacheControl?.ToString());
        Assert.Equal(Index, await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/nothere")]
    [InlineData("/query/")]
    [InlineData("/query/x")]
    [InlineData("/d/")]
    [InlineData("/assets/")]
    [InlineData("/assets/../index.html")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/index.html")]
    [InlineData("/api/v1/nothere")]
    [InlineData("/alertmanager/api/v2/status")]
    public async Task An_unknown_path_stays_404(string path)
    {
        await using RunningGateway gateway = await StartAsync();
        Assert.Equal((404, "404 page not found\n"), await gateway.GetAsync(path));
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br", "as brotli")]
    [InlineData("gzip", "gzip", "as gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip", "as gzip")]
    [InlineData("identity", null, "export const answer = 42;")]
    public async Task A_file_comes_in_the_coding_the_browser_takes(string accepted, string? coding, string body)
    {
        await using RunningGateway gateway = await StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/assets/main-1.js", ("Accept-Encoding", accepted));
        Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        Assert.Equal("text/javascript; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("Accept-Encoding", string.Join(",", answer.Headers.Vary));
    }

    [Fact]
    public async Task A_file_without_another_coding_comes_plain()
    {
        await using RunningGateway gateway = await StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/icon.svg", ("Accept-Encoding", "gzip, br"));
        Assert.Empty(answer.Content.Headers.ContentEncoding);
        Assert.Equal("<svg/>", await answer.Content.ReadAsStringAsync());
        Assert.Equal("image/svg+xml", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task What_has_its_hash_in_its_name_is_kept_for_good_and_all_else_asked_for_again()
    {
        await using RunningGateway gateway = await StartAsync();
        using HttpResponseMessage hashed = await gateway.SendAsync("GET", "/assets/main-1.js");
        Assert.Equal("public, max-age=31536000, immutable", hashed.Headers.CacheControl?.ToString());
        using HttpResponseMessage page = await gateway.SendAsync("GET", "/");
        string tag = page.Headers.ETag!.ToString();
        using HttpResponseMessage again = await gateway.SendAsync("GET", "/", ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(string.Empty, await again.Content.ReadAsStringAsync());
        using HttpResponseMessage other = await gateway.SendAsync("GET", "/", ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Nothing_inline_and_nothing_foreign_may_run()
    {
        await using RunningGateway gateway = await StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/");
        string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("require-trusted-types-for 'script'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task A_kind_of_file_that_nobody_knows_is_neither_run_nor_drawn()
    {
        await using RunningGateway gateway = await StartAsync();
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/assets/odd.exe");
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Behind_a_prefix_the_page_knows_where_its_links_begin()
    {
        await using RunningGateway gateway = await StartAsync("/prom");
        Assert.Equal((200, Index.Replace("\"/\"", "\"/prom/\"", StringComparison.Ordinal)), await gateway.GetAsync("/prom/d/abc/slug"));
        Assert.Equal(200, (await gateway.GetAsync("/prom/assets/main-1.js")).Status);
        Assert.Equal(404, (await gateway.GetAsync("/assets/main-1.js")).Status);
    }

    [Fact]
    public void An_interface_without_a_page_is_refused() =>
        Assert.Throws<ArgumentException>(() => StaticUi.Routes(new GatewaySettings { Interface = [new UiFile("assets/a.js", Script)] }).Count());

    [Fact]
    public async Task Without_an_interface_the_plain_page_says_how_to_get_it()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/");
        Assert.Equal(200, status);
        Assert.Contains("npm", body, StringComparison.Ordinal);
        Assert.Equal(404, (await gateway.GetAsync("/query")).Status);
    }
}
