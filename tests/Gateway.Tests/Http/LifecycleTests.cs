using System.Net;

namespace Pleiad.Gateway.Tests;

public sealed class LifecycleTests
{
    [Theory]
    [InlineData("/-/reload")]
    [InlineData("/-/quit")]
    public async Task The_lifecycle_is_off_by_default(string path)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal((403, "Lifecycle API is not enabled."), await gateway.PostAsync(path, string.Empty));
        Assert.Equal((405, "Only POST or PUT requests allowed"), await gateway.GetAsync(path));
        Assert.Equal((0, 0), (gateway.Node.Reloads, gateway.Node.Quits));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Reload_says_nothing_when_it_went_well(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { EnableLifecycle = true });
        using HttpResponseMessage answer = await gateway.SendAsync(method, "/-/reload");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(string.Empty, await answer.Content.ReadAsStringAsync());
        Assert.Equal(1, gateway.Node.Reloads);
    }

    [Fact]
    public async Task A_bad_configuration_is_500_with_the_reason()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(
            s => s with { EnableLifecycle = true }, new FakeNode { ReloadProblem = "prometheus.yml:3: unknown key \"foo\"" });
        Assert.Equal(
            (500, "failed to reload config: prometheus.yml:3: unknown key \"foo\"\n"), await gateway.PostAsync("/-/reload", string.Empty));
    }

    [Fact]
    public async Task Quit_answers_and_quits_once()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { EnableLifecycle = true });
        Assert.Equal((200, "Requesting termination... Goodbye!"), await gateway.PostAsync("/-/quit", string.Empty));
        Assert.Equal((200, "Termination already in progress."), await gateway.PostAsync("/-/quit", string.Empty));
        Assert.Equal(1, gateway.Node.Quits);
    }

    [Theory]
    [InlineData("a b", "?node=c", 409, "this node is \"a b\" and does not quit for \"c\": ask that node itself")]
    [InlineData("a b", "?node=", 409, "this node is \"a b\" and does not quit for \"\": ask that node itself")]
    [InlineData("a b", "?node", 409, "this node is \"a b\" and does not quit for \"\": ask that node itself")]
    [InlineData("a b", "?node=A%20b", 409, "this node is \"a b\" and does not quit for \"A b\": ask that node itself")]
    [InlineData("a b", "?node=a+b&node=c", 409, "this node is \"a b\" and does not quit for \"c\": ask that node itself")]
    [InlineData(null, "?node=c", 409, "this node is not part of a cluster and does not quit for \"c\": ask that node itself")]
    [InlineData(null, "?node=", 409, "this node is not part of a cluster and does not quit for \"\": ask that node itself")]
    [InlineData("a b", "?node=c;d", 400, "error parsing form values")]
    [InlineData("a b", "?node=%ff", 400, "node")]
    [InlineData("a b", "?node=a%20b", 200, "Requesting termination... Goodbye!")]
    [InlineData("a b", "", 200, "Requesting termination... Goodbye!")]
    public async Task Quit_for_another_node_is_refused(string? nodeName, string query, int status, string text)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { EnableLifecycle = true }, nodeName: nodeName);
        (int answered, string body) = await gateway.PostAsync("/-/quit" + query, string.Empty);
        Assert.Equal(status, answered);
        Assert.Contains(text, body, StringComparison.Ordinal);
        Assert.Equal(status == 200 ? 1 : 0, gateway.Node.Quits);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Origin", "null", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Sec-Fetch-Site", "same-origin", 200)]
    public async Task A_page_of_another_origin_cannot_reload(string header, string value, int status)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { EnableLifecycle = true });
        using HttpResponseMessage answer = await gateway.SendAsync("POST", "/-/reload", (header, value));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(status == 200 ? 1 : 0, gateway.Node.Reloads);
    }

    [Fact]
    public async Task A_page_of_our_own_origin_can()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync(s => s with { EnableLifecycle = true });
        using HttpResponseMessage answer = await gateway.SendAsync(
            "POST", "/-/reload", ("Origin", gateway.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
