using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Pleiad.TestKit;

namespace Pleiad.Node.Tests;

/// <summary>When a drain says that a node has left, and when that it cannot tell.</summary>
public sealed class ClusterDrainTests
{
    [Fact]
    public async Task A_node_that_is_not_the_one_that_answered_before_is_told_whom_it_is_for_and_refuses()
    {
        await using var balanced = new FakeNode("b&c") { QuitStatus = 409, QuitText = "this node is \"a\" and does not quit for \"b&c\": ask that node itself" };
        await balanced.StartAsync();
        (int code, string output, string error) = await DrainAsync(balanced.Url, "b&c");
        Assert.Equal((1, "", "b&c: this node is \"a\" and does not quit for \"b&c\": ask that node itself\n"), (code, output, error));
        Assert.Equal(["/-/quit?node=b%26c"], balanced.Posts);
    }

    [Fact]
    public async Task An_answer_that_does_not_say_it_is_no_departure_and_it_looks_on()
    {
        await using var node = new FakeNode("b") { Looks = new(["503", "502", "429", "200 no JSON", "200 clustered", "up", "503", "dead"]) };
        await node.StartAsync();
        Assert.Equal((0, "b still leads 2 shards\nb has left\n", ""), await DrainAsync(node.Url, "b"));
        Assert.Empty(node.Looks);
    }

    [Fact]
    public async Task Where_nobody_says_it_until_patience_ends_it_cannot_be_told()
    {
        await using var node = new FakeNode("b") { Last = "503" };
        await node.StartAsync();
        AssertUnknown(await DrainAsync(node.Url, "b"), node.Url);
    }

    [Fact]
    public async Task A_node_that_is_a_member_still_when_patience_ends_has_not_left()
    {
        await using var node = new FakeNode("b") { Last = "up" };
        await node.StartAsync();
        (int code, string output, string error) = await DrainAsync(node.Url, "b");
        Assert.Equal((1, "b was told to leave and has not within 2 minutes; pleiad cluster status shows when it has\n"), (code, error));
        Assert.DoesNotContain("left", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_listens_any_more_it_cannot_be_told()
    {
        await using var node = new FakeNode("b") { ClosesAtQuit = true };
        await node.StartAsync();
        AssertUnknown(await DrainAsync(node.Url, "b"), node.Url);
    }

    [Fact]
    public async Task Another_node_that_lives_is_asked_where_the_one_that_leaves_does_not_listen_any_more()
    {
        await using var other = new FakeNode("c") { Looks = new(["up", "dead"]), IsTold = true };
        await other.StartAsync();
        await using var node = new FakeNode("b") { ClosesAtQuit = true, AddressOfC = other.Address };
        await node.StartAsync();
        Assert.Equal((0, "b still leads 2 shards\nb has left\n", ""), await DrainAsync(node.Url, "b"));
        Assert.Empty(other.Posts);
    }

    [Fact]
    public async Task A_node_of_another_cluster_at_that_address_knows_nothing_of_it()
    {
        await using var other = new FakeNode("c") { Last = "another cluster", IsTold = true };
        await other.StartAsync();
        await using var node = new FakeNode("b") { ClosesAtQuit = true, AddressOfC = other.Address };
        await node.StartAsync();
        AssertUnknown(await DrainAsync(node.Url, "b"), $"{node.Url}, {other.Url}");
    }

    private static void AssertUnknown((int Code, string Output, string Error) ended, string asked)
    {
        Assert.Equal(
            (4, "", $"b was told to leave, but it cannot be told whether it has: no node says so (asked at {asked}). See pleiad cluster status with the URL of a node that lives\n"),
            ended);
    }

    private static async Task<(int Code, string Output, string Error)> DrainAsync(string url, string name)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var http = new HttpClient();
        var time = new VirtualTime();
        Task<int> run = new ClusterDrain(http, url, output, error, time).RunAsync(name, CancellationToken.None);
        while (!run.IsCompleted)
        {
            // A pause has begun: until then only the end of the patience is ahead.
            if (time.NextTimer is { } next && next <= ClusterDrain.LookPause)
            {
                time.Advance(next);
            }

            await Task.Yield();
        }

        return (await run, output.ToString(), error.ToString());
    }

    /// <summary>A node of a cluster of b, which is drained, and c; or whatever is in its place.</summary>
    private sealed class FakeNode(string self) : IAsyncDisposable
    {
        private const int ConnectsMax = 100_000;

        private WebApplication _server = null!;
        private Task _stopped = Task.CompletedTask;

        public string Url { get; private set; } = "";

        public string Address => Url["http://".Length..];

        public string AddressOfC { get; init; } = "";

        public int QuitStatus { get; init; } = 200;

        public string QuitText { get; init; } = "";

        public bool ClosesAtQuit { get; init; }

        /// <summary>Whether the node was told to leave: from then on a look is answered as follows.</summary>
        public bool IsTold { get; set; }

        /// <summary>What looks are answered, one after the other.</summary>
        public Queue<string> Looks { get; init; } = [];

        /// <summary>What they are answered after that.</summary>
        public string Last { get; init; } = "dead";

        public List<string> Posts { get; } = [];

        public async Task StartAsync()
        {
            (_server, Url) = await LoopbackServer.StartAsync(AnswerAsync);
        }

        public async ValueTask DisposeAsync()
        {
            await _stopped;
            await _server.DisposeAsync();
        }

        private async Task AnswerAsync(HttpContext http)
        {
            if (HttpMethods.IsPost(http.Request.Method))
            {
                Posts.Add(http.Request.Path + http.Request.QueryString);
                if (ClosesAtQuit)
                {
                    // It closes the door first, and waits for this answer then. Nothing more comes by this connection either, however soon the server sees to it.
                    http.Response.Headers.Connection = "close";
                    _stopped = _server.StopAsync(CancellationToken.None);
                    await UntilClosedAsync();
                }

                IsTold = true;
                http.Response.StatusCode = QuitStatus;
                await http.Response.WriteAsync(QuitText);
                return;
            }

            string look = !IsTold ? "up" : Looks.TryDequeue(out string? next) ? next : Last;
            http.Response.StatusCode = int.TryParse(look.Split(' ')[0], out int status) ? status : 200;
            await http.Response.WriteAsync(look switch
            {
                "up" or "dead" => Cluster(look),
                "another cluster" => """{"status":"success","data":{"clustered":true,"self":"c","nodes":[{"name":"c","incarnation":"z","httpAddress":"","status":"up","leads":1}]}}""",
                "200 clustered" => """{"status":"success","data":{"clustered":false}}""",
                _ => "<html>a proxy's page</html>",
            });
        }

        private string Cluster(string statusOfB)
        {
            string b = self == "c" ? "b" : self;
            string c = self == "c" || AddressOfC.Length > 0 ? $$""", {"name":"c","incarnation":"k","httpAddress":"{{AddressOfC}}","status":"up","leads":1}""" : "";
            return $$$"""
                {"status":"success","data":{"clustered":true,"self":"{{{self}}}","nodes":[
                  {"name":"{{{b}}}","incarnation":"j","httpAddress":"127.0.0.1:1","status":"{{{statusOfB}}}","leads":2}{{{c}}}]}}
                """;
        }

        private async Task UntilClosedAsync()
        {
            for (int attempt = 0; attempt < ConnectsMax; attempt++)
            {
                try
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync("127.0.0.1", new Uri(Url).Port);
                }
                catch (SocketException)
                {
                    return;
                }
            }

            throw new InvalidOperationException("it listens still");
        }
    }
}
