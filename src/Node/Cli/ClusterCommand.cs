using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Pleiad.Node;

/// <summary><c>pleiad cluster</c>: look at the nodes of a cluster, empty one, make their certificates.</summary>
internal static class ClusterCommand
{
    private const int MovesShownMax = 10;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var command = new Command("cluster", "Look at the nodes of a cluster, empty one, make their certificates.");
        var server = new Argument<string>("server") { Description = "URL of a node", DefaultValueFactory = _ => "http://localhost:9090" };
        var shards = new Option<bool>("--shards") { Description = "Show every shard." };
        var status = new Command("status", "Show the nodes, and what they lead and copy.") { server, shards };
        status.SetAction((result, cancel) => AskAsync(
            result.GetValue(server)!, error, (http, url) => StatusAsync(http, url, result.GetValue(shards), output, cancel)));
        var node = new Argument<string>("node") { Description = "Name of the node that is to be emptied" };
        var drain = new Command(
            "drain",
            "Have a node hand its shards over, leave the cluster and stop. It must run with --web.enable-lifecycle. "
            + "Ends with 0 when it has left, with 1 when the order was refused or not answered or it has not left within two minutes, with 4 when no node says whether it has.") { node, server };
        drain.SetAction((result, cancel) => AskAsync(
            result.GetValue(server)!, error, (http, url) => new ClusterDrain(http, url, output, error, TimeProvider.System).RunAsync(result.GetValue(node)!, cancel)));
        command.Subcommands.Add(status);
        command.Subcommands.Add(drain);
        var directory = new Option<string>("--dir") { Description = "Where the authority's files are.", DefaultValueFactory = static _ => "pleiad-ca" };
        var authority = new Command("init-ca", "Make the cluster's certificate authority: ca.crt for all nodes, ca.key for nobody but you.") { directory };
        authority.SetAction(result => Make(error, output, () =>
        {
            ClusterAuthority.Create(result.GetValue(directory)!, TimeProvider.System.GetUtcNow());
            return $"made {result.GetValue(directory)}/ca.crt and ca.key; pleiad cluster issue-cert NODE makes the certificate of a node";
        }));
        var named = new Argument<string>("node") { Description = "Name of the node" };
        var issue = new Command("issue-cert", "Make the certificate of a node: NODE.crt and NODE.key.") { named, directory };
        issue.SetAction(result => Make(error, output, () =>
        {
            ClusterAuthority.Issue(result.GetValue(directory)!, result.GetValue(named)!, TimeProvider.System.GetUtcNow());
            return $"made {result.GetValue(directory)}/{result.GetValue(named)}.crt and .key: pleiad.cluster.tls says where a node finds them, and ca.crt";
        }));
        command.Subcommands.Add(authority);
        command.Subcommands.Add(issue);
        return command;
    }

    private static int Make(TextWriter error, TextWriter output, Func<string> make)
    {
        try
        {
            output.WriteLine(make());
            return PleiadCommand.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            error.WriteLine(e.Message);
            return PleiadCommand.Failure;
        }
    }

    private static async Task<int> AskAsync(string server, TextWriter error, Func<HttpClient, string, Task<int>> ask)
    {
        string url = (server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server).TrimEnd('/');
        using var http = new HttpClient { Timeout = AnswerTimeout };
        try
        {
            return await ask(http, url);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException or UriFormatException)
        {
            await error.WriteLineAsync($"{url}: {e.Message}");
            return PleiadCommand.Failure;
        }
    }

    private static async Task<int> StatusAsync(HttpClient http, string url, bool withShards, TextWriter output, CancellationToken cancel)
    {
        JsonElement cluster = await ClusterAsync(http, url, cancel);
        if (!cluster.GetProperty("clustered").GetBoolean())
        {
            await StatusOfOneAsync(http, url, output, cancel);
            return PleiadCommand.Success;
        }

        await output.WriteLineAsync($"{"NODE",-24} {"STATE",-8} {"ZONE",-12} {"LEADS",6} {"COPIES",6} {"TARGETS",8}  {"ADDRESS",-24} HTTP");
        foreach (JsonElement node in cluster.GetProperty("nodes").EnumerateArray())
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{TextOf(node, "name"),-24} {TextOf(node, "status"),-8} {TextOf(node, "zone"),-12} {node.GetProperty("leads").GetInt32(),6} {node.GetProperty("follows").GetInt32(),6} {NumberOf(node, "targets"),8}  {TextOf(node, "address"),-24} {TextOf(node, "httpAddress")}"));
        }

        JsonElement[] shards = [.. cluster.GetProperty("shards").EnumerateArray()];
        int leaderless = shards.Count(static shard => TextOf(shard, "leader").Length == 0);
        JsonElement[] moving = [.. shards.Where(static shard => shard.TryGetProperty("movingTo", out _))];
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{shards.Length} shards, {leaderless} without a leader, {moving.Length} moving; as {TextOf(cluster, "self")} sees it"));
        foreach (JsonElement shard in moving.Take(MovesShownMax))
        {
            await output.WriteLineAsync($"shard {shard.GetProperty("shard").GetRawText()} moves to {MoveOf(shard)}");
        }

        if (moving.Length > MovesShownMax)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"and {moving.Length - MovesShownMax} more: --shards shows all"));
        }

        if (cluster.TryGetProperty("unanswered", out JsonElement unanswered) && unanswered.GetArrayLength() > 0)
        {
            await output.WriteLineAsync($"{string.Join(", ", unanswered.EnumerateArray().Select(static name => name.GetString()))}: no answer within a second; what only they know is missing");
        }

        foreach (JsonElement node in cluster.GetProperty("nodes").EnumerateArray())
        {
            if (node.TryGetProperty("spool", out JsonElement spool) && spool.GetProperty("records").GetInt64() is > 0 and long records)
            {
                await output.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"spool of {TextOf(node, "name")}: {records} batches wait for the database, the oldest for {spool.GetProperty("ageSeconds").GetInt64()} s, {spool.GetProperty("usedPercent").GetInt64()} % used"));
            }
        }

        if (cluster.TryGetProperty("storeReached", out JsonElement reached) && !reached.GetBoolean())
        {
            await output.WriteLineAsync($"{TextOf(cluster, "self")} does not reach the database: what is acknowledged is on the disks of two nodes, nothing moves");
        }

        if (withShards)
        {
            await WriteShardsAsync(shards, output);
        }

        return leaderless == 0 ? PleiadCommand.Success : PleiadCommand.Failure;
    }

    private static async Task WriteShardsAsync(JsonElement[] shards, TextWriter output)
    {
        await output.WriteLineAsync($"{"SHARD",5} {"LEADER",-24} {"COPIES (RECORDS BEHIND)",-32} {"EPOCH",6} {"JOURNAL",10} {"SAVED",10}  MOVES TO");
        foreach (JsonElement shard in shards)
        {
            string copies = string.Join(", ", shard.GetProperty("followers").EnumerateArray().Select(follower => $"{follower.GetString()} ({LagOf(shard, follower.GetString()!)})"));
            string moves = shard.TryGetProperty("movingTo", out _) ? MoveOf(shard) : "";
            await output.WriteLineAsync(
                $"{shard.GetProperty("shard").GetRawText(),5} {TextOf(shard, "leader"),-24} {copies,-32} {shard.GetProperty("epoch").GetRawText(),6} "
                + $"{shard.GetProperty("journalSeq").GetRawText(),10} {shard.GetProperty("snapshotSeq").GetRawText(),10}  {moves}");
        }
    }

    private static string MoveOf(JsonElement shard) => TextOf(shard, "movingTo") + (shard.TryGetProperty("movingLag", out JsonElement left)
        ? left.GetInt64() is > 0 and var records ? string.Create(CultureInfo.InvariantCulture, $", {records} records to go") : ", which has all of it"
        : CopyOf(shard, TextOf(shard, "movingTo")) is null ? ", which does not say how far it is" : ", which has no copy that is ready");

    private static string LagOf(JsonElement shard, string node) => CopyOf(shard, node) is { } copy ? NumberOf(copy, "lag") : "-";

    // By the node itself, where it says.
    private static JsonElement? CopyOf(JsonElement shard, string node) => shard.TryGetProperty("copies", out JsonElement copies)
        && copies.EnumerateArray().FirstOrDefault(copy => TextOf(copy, "node") == node) is { ValueKind: JsonValueKind.Object } copy ? copy : null;

    private static string NumberOf(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement number) ? number.GetRawText() : "-";

    private static async Task StatusOfOneAsync(HttpClient http, string url, TextWriter output, CancellationToken cancel)
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
    }

    /// <summary>What a node says of its cluster.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or not with success.</exception>
    internal static async Task<JsonElement> ClusterAsync(HttpClient http, string url, CancellationToken cancel, string parameters = "")
    {
        using JsonDocument answer = JsonDocument.Parse(await http.GetStringAsync(new Uri(url + "/api/v1/cluster" + parameters), cancel));
        return answer.RootElement.GetProperty("data").Clone();
    }

    /// <summary>A text of what it says.</summary>
    /// <exception cref="KeyNotFoundException">It is not there.</exception>
    internal static string TextOf(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
