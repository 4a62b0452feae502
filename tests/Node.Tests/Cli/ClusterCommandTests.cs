using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pleiad.Node.Tests;

/// <summary>What is shown of a cluster, and whom a drain is asked of.</summary>
public sealed class ClusterCommandTests : IAsyncLifetime
{
    private readonly List<string> _asked = [];
    private WebApplication _server = null!;
    private string _url = "";
    private string _self = "a";
    private string _addressOfB = "";

    public async Task InitializeAsync()
    {
        (_server, _url) = await LoopbackServer.StartAsync(AnswerAsync);
        _addressOfB = _url["http://".Length..];
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Status_tells_a_copy_that_is_not_ready_from_a_node_that_does_not_say_and_shows_the_spool_of_each()
    {
        (int code, string output, _) = await RunAsync("status", _url);
        Assert.Equal(0, code);
        Assert.Contains("shard 0 moves to b, 30 records to go\n", output, StringComparison.Ordinal);
        Assert.Contains("shard 1 moves to b, which has no copy that is ready\n", output, StringComparison.Ordinal);
        Assert.Contains("shard 2 moves to c, which does not say how far it is\n", output, StringComparison.Ordinal);
        Assert.Contains("spool of b: 3 batches wait for the database, the oldest for 2 s, 25 % used\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("spool of a", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_is_drained_where_it_listens_or_where_it_was_asked_if_that_is_itself()
    {
        (int code, string output, string error) = await RunAsync("drain", "b", _url);
        Assert.Equal((0, ""), (code, error));
        Assert.EndsWith("b has left\n", output, StringComparison.Ordinal);
        Assert.Equal(["/-/quit?node=b"], _asked);

        // By what others know of it, nobody reaches it: as behind a proxy that speaks TLS.
        (_self, _addressOfB) = ("b", "127.0.0.1:1");
        _asked.Clear();
        (code, _, error) = await RunAsync("drain", "b", _url);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(["/-/quit?node=b"], _asked);

        _self = "a";
        _asked.Clear();
        (code, _, _) = await RunAsync("drain", "b", _url);
        Assert.Equal(1, code);
        (code, _, error) = await RunAsync("drain", "nobody", _url);
        Assert.Equal((1, $"{_url}: there is no node \"nobody\"\n"), (code, error));
        Assert.Empty(_asked);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await PleiadCommand.InvokeAsync(["cluster", .. args], output, error);
        return (code, output.ToString(), error.ToString());
    }

    private Task AnswerAsync(HttpContext http)
    {
        if (HttpMethods.IsPost(http.Request.Method))
        {
            _asked.Add(http.Request.Path + http.Request.QueryString);
            return Task.CompletedTask;
        }

        string status = _asked.Count > 0 ? "dead" : "up";
        return http.Response.WriteAsync(
            $$$"""
            {"status":"success","data":{"clustered":true,"self":"{{{_self}}}","unanswered":["c"],"nodes":[
              {"name":"a","incarnation":"i","address":"a:1","httpAddress":"a:2","zone":"","status":"up","leads":3,"follows":0,"spool":{"records":0,"bytes":0,"ageSeconds":0,"usedPercent":0}},
              {"name":"b","incarnation":"j","address":"b:1","httpAddress":"{{{_addressOfB}}}","zone":"","status":"{{{status}}}","leads":0,"follows":2,"spool":{"records":3,"bytes":4096,"ageSeconds":2,"usedPercent":25}},
              {"name":"c","incarnation":"k","address":"c:1","httpAddress":"c:2","zone":"","status":"up","leads":0,"follows":0}],
            "shards":[
              {"shard":0,"leader":"a","followers":["b"],"movingTo":"b","movingLag":30,"copies":[{"node":"a","lag":0},{"node":"b","lag":30}]},
              {"shard":1,"leader":"a","followers":["b"],"movingTo":"b","copies":[{"node":"a","lag":0},{"node":"b"}]},
              {"shard":2,"leader":"a","followers":["c"],"movingTo":"c","copies":[{"node":"a","lag":0}]}]}}
            """);
    }
}
