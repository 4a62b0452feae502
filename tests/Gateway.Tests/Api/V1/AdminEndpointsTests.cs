namespace Pleiad.Gateway.Tests;

public sealed class AdminEndpointsTests
{
    private const string Disabled = """{"status":"error","errorType":"unavailable","error":"admin APIs disabled"}""";

    [Theory]
    [InlineData("seal")]
    [InlineData("snapshot")]
    [InlineData("delete_series?match[]=up")]
    [InlineData("clean_tombstones")]
    public async Task Nothing_is_done_unless_it_is_switched_on(string name)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.PostAsync($"/api/v1/admin/tsdb/{name}", string.Empty);
        Assert.Equal((503, Disabled), (status, body.TrimEnd()));
        Assert.Empty(gateway.Node.Asked);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Sealing_answers_without_content_when_it_is_done(string method)
    {
        await using RunningGateway gateway = await Enabled();
        using HttpResponseMessage answer = await gateway.SendAsync(method, "/api/v1/admin/tsdb/seal");
        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(["seal"], gateway.Node.Asked);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task Cleaning_answers_without_content_when_it_is_done(string method)
    {
        await using RunningGateway gateway = await Enabled();
        using HttpResponseMessage answer = await gateway.SendAsync(method, "/api/v1/admin/tsdb/clean_tombstones");
        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal(["clean"], gateway.Node.Asked);
    }

    [Fact]
    public async Task Each_selector_is_deleted_in_the_times_given()
    {
        await using RunningGateway gateway = await Enabled();
        (int status, string body) = await gateway.PostAsync(
            "/api/v1/admin/tsdb/delete_series?match[]=up&match[]={job%3D~%22a|b%22}&start=1.5&end=2015-07-01T20:10:30.781Z", string.Empty);
        Assert.Equal((204, string.Empty), (status, body));
        Assert.Equal(["delete __name__=\"up\" 1500..1435781430781", "delete job=~\"a|b\" 1500..1435781430781"], gateway.Node.Asked);
    }

    [Fact]
    public async Task Without_times_all_of_time_is_deleted()
    {
        await using RunningGateway gateway = await Enabled();
        using HttpResponseMessage answer = await gateway.SendAsync("PUT", "/api/v1/admin/tsdb/delete_series?match[]=up");
        Assert.Equal(204, (int)answer.StatusCode);
        Assert.Equal([$"delete __name__=\"up\" {TimeText.Min.Milliseconds}..{TimeText.Max.Milliseconds}"], gateway.Node.Asked);
    }

    [Theory]
    [InlineData("", "no match[] parameter provided")]
    [InlineData("?match[]=up&match[]={", "match[]")]
    [InlineData("?match[]={job=~\"(\"}", "match[]")]
    [InlineData("?match[]=up&start=soon", "start")]
    [InlineData("?match[]=up&end=soon", "end")]
    public async Task A_wrong_deletion_deletes_nothing(string query, string says)
    {
        await using RunningGateway gateway = await Enabled();
        (int status, string body) = await gateway.PostAsync("/api/v1/admin/tsdb/delete_series" + query, string.Empty);
        Assert.Equal(400, status);
        Assert.Contains("bad_data", body, StringComparison.Ordinal);
        Assert.Contains(says, body, StringComparison.Ordinal);
        Assert.Empty(gateway.Node.Asked);
    }

    [Fact]
    public async Task A_wrong_method_is_refused_and_nothing_is_done()
    {
        await using RunningGateway gateway = await Enabled();
        Assert.Equal(405, (await gateway.GetAsync("/api/v1/admin/tsdb/seal")).Status);
        Assert.Equal(405, (await gateway.GetAsync("/api/v1/admin/tsdb/snapshot")).Status);
        Assert.Empty(gateway.Node.Asked);
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not_ask()
    {
        await using RunningGateway gateway = await Enabled();
        using HttpResponseMessage answer = await gateway.SendAsync("POST", "/api/v1/admin/tsdb/seal", ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Empty(gateway.Node.Asked);
    }

    [Theory]
    [InlineData("", "copy all")]
    [InlineData("?skip_head=true", "copy blocks")]
    [InlineData("?skip_head=1", "copy blocks")]
    [InlineData("?skip_head=false", "copy all")]
    public async Task A_copy_is_answered_with_its_name(string query, string asked)
    {
        await using RunningGateway gateway = await Enabled();
        (int status, string body) = await gateway.PostAsync("/api/v1/admin/tsdb/snapshot" + query, string.Empty);
        Assert.Equal((200, """{"status":"success","data":{"name":"20260101T000000Z-1"}}"""), (status, body.TrimEnd()));
        Assert.Equal([asked], gateway.Node.Asked);
    }

    [Fact]
    public async Task A_word_that_is_neither_true_nor_false_is_refused()
    {
        await using RunningGateway gateway = await Enabled();
        (int status, string body) = await gateway.PostAsync("/api/v1/admin/tsdb/snapshot?skip_head=perhaps", string.Empty);
        Assert.Equal(400, status);
        Assert.Contains("skip_head", body, StringComparison.Ordinal);
        Assert.Empty(gateway.Node.Asked);
    }

    [Theory]
    [InlineData("seal")]
    [InlineData("snapshot")]
    [InlineData("delete_series?match[]=up")]
    [InlineData("clean_tombstones")]
    public async Task What_fails_says_why(string name)
    {
        await using RunningGateway gateway = await Enabled();
        gateway.Node.StorageProblem = "no space left";
        (int status, string body) = await gateway.PostAsync($"/api/v1/admin/tsdb/{name}", string.Empty);
        Assert.Equal(500, status);
        Assert.Contains("no space left", body, StringComparison.Ordinal);
    }

    private static Task<RunningGateway> Enabled() => RunningGateway.StartAsync(static settings => settings with { EnableAdminApi = true });
}
