using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Pleiad.Node;

/// <summary><c>pleiad query instant|range URL EXPR</c>: asks a server over the Prometheus HTTP API.</summary>
internal static class QueryCommand
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromMinutes(3);

    /// <summary>The command with its two kinds.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("query", "Ask a server with Prometheus's HTTP API.");
        command.Subcommands.Add(Instant(output, error));
        command.Subcommands.Add(Range(output, error));
        return command;
    }

    private static Command Instant(TextWriter output, TextWriter error)
    {
        var server = new Argument<string>("server") { Description = "URL of the server" };
        var expression = new Argument<string>("expr") { Description = "PromQL" };
        var time = new Option<string?>("--time") { Description = "RFC 3339 or Unix seconds; default: now" };
        Option<string> format = Format();
        var command = new Command("instant", "Evaluate at one time.") { server, expression, time, format };
        command.SetAction((result, cancel) => AskAsync(
            result.GetValue(server)!,
            "query",
            [("query", result.GetValue(expression)!), ("time", result.GetValue(time))],
            result.GetValue(format)!,
            output,
            error,
            cancel));
        return command;
    }

    private static Command Range(TextWriter output, TextWriter error)
    {
        var server = new Argument<string>("server") { Description = "URL of the server" };
        var expression = new Argument<string>("expr") { Description = "PromQL" };
        var start = new Option<string?>("--start") { Description = "RFC 3339 or Unix seconds; default: five minutes before the end" };
        var end = new Option<string?>("--end") { Description = "RFC 3339 or Unix seconds; default: now" };
        var step = new Option<string?>("--step") { Description = "duration; default: chosen so that there are 250 steps" };
        Option<string> format = Format();
        var command = new Command("range", "Evaluate over a range of time.") { server, expression, start, end, step, format };
        command.SetAction((result, cancel) =>
        {
            double endSeconds = Seconds(result.GetValue(end)) ?? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
            double startSeconds = Seconds(result.GetValue(start)) ?? endSeconds - 300;
            string stepText = result.GetValue(step) ?? Math.Max(1, Math.Floor((endSeconds - startSeconds) / 250)).ToString(CultureInfo.InvariantCulture);
            return AskAsync(
                result.GetValue(server)!,
                "query_range",
                [("query", result.GetValue(expression)!), ("start", Text(startSeconds)), ("end", Text(endSeconds)), ("step", stepText)],
                result.GetValue(format)!,
                output,
                error,
                cancel);
        });
        return command;
    }

    private static Option<string> Format()
    {
        var option = new Option<string>("--format", "-o") { Description = "promql or json", DefaultValueFactory = _ => "promql" };
        option.AcceptOnlyFromAmong("promql", "json");
        return option;
    }

    private static async Task<int> AskAsync(
        string server, string endpoint, (string Name, string? Value)[] parameters, string format, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        string text = server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/api/v1/" + endpoint, UriKind.Absolute, out Uri? url))
        {
            throw new UsageException($"\"{server}\" is not a URL");
        }

        using var http = new HttpClient { Timeout = RequestTimeout };
        using var form = new FormUrlEncodedContent(
            parameters.Where(p => p.Value is not null).Select(p => KeyValuePair.Create(p.Name, p.Value!)));
        try
        {
            using HttpResponseMessage answer = await http.PostAsync(url, form, cancel);
            string body = await answer.Content.ReadAsStringAsync(cancel);
            if (format == "json" && answer.IsSuccessStatusCode)
            {
                await output.WriteLineAsync(body);
                return PleiadCommand.Success;
            }

            using JsonDocument json = JsonDocument.Parse(body);
            if (json.RootElement.GetProperty("status").GetString() != "success")
            {
                await error.WriteLineAsync($"{json.RootElement.GetProperty("errorType").GetString()}: {json.RootElement.GetProperty("error").GetString()}");
                return PleiadCommand.Failure;
            }

            await QueryResultText.WriteAsync(json.RootElement, output, error);
            return PleiadCommand.Success;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException)
        {
            await error.WriteLineAsync($"{url}: {e.Message}");
            return PleiadCommand.Failure;
        }
    }

    private static double? Seconds(string? text) =>
        text is null ? null
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) ? seconds
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at.ToUnixTimeMilliseconds() / 1000.0
        : throw new UsageException($"\"{text}\" is neither Unix seconds nor an RFC 3339 time");

    private static string Text(double seconds) => seconds.ToString("F3", CultureInfo.InvariantCulture);
}
