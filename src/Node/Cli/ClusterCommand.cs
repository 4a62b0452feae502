using System.CommandLine;
using System.Text.Json;

namespace Pleiad.Node;

/// <summary><c>pleiad cluster status</c>: the nodes there are and whether they serve.</summary>
internal static class ClusterCommand
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("cluster", "Look at the nodes of a cluster.");
        var server = new Argument<string>("server")
        {
            Description = "URL of a node", DefaultValueFactory = _ => "http://localhost:9090",
        };
        var status = new Command("status", "Show the nodes. This version runs as one node; there is no cluster to join yet.") { server };
        status.SetAction((result, cancel) => StatusAsync(result.GetValue(server)!, output, error, cancel));
        command.Subcommands.Add(status);
        return command;
    }

    private static async Task<int> StatusAsync(string server, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        string url = (server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server).TrimEnd('/');
        using var http = new HttpClient { Timeout = AnswerTimeout };
        try
        {
            using HttpResponseMessage ready = await http.GetAsync(new Uri(url + "/-/ready"), cancel);
            string series = "-";
            if (ready.IsSuccessStatusCode)
            {
                using JsonDocument tsdb = JsonDocument.Parse(await http.GetStringAsync(new Uri(url + "/api/v1/status/tsdb"), cancel));
                series = tsdb.RootElement.GetProperty("data").GetProperty("headStats").GetProperty("numSeries").GetRawText();
            }

            await output.WriteLineAsync($"{"NODE",-40} {"STATE",-12} SERIES");
            await output.WriteLineAsync($"{url,-40} {(ready.IsSuccessStatusCode ? "ready" : "starting"),-12} {series}");
            await output.WriteLineAsync("one node, not part of a cluster");
            return PleiadCommand.Success;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException or UriFormatException)
        {
            await error.WriteLineAsync($"{url}: {e.Message}");
            return PleiadCommand.Failure;
        }
    }
}
