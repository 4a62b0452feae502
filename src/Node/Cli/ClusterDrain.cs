using System.Globalization;
using System.Text.Json;

namespace Pleiad.Node;

/// <summary>Tells a node of a cluster to hand its shards over, to leave and to stop, and looks whether it has left.</summary>
/// <param name="http">Asks.</param>
/// <param name="url">Of a node, or of a balancer before several.</param>
/// <param name="output">Takes how far it is.</param>
/// <param name="error">Takes why it is not done.</param>
/// <param name="time">Of the patience and of the pauses.</param>
internal sealed class ClusterDrain(HttpClient http, string url, TextWriter output, TextWriter error, TimeProvider time)
{
    /// <summary>Looks in a row at which nobody answers at all, until it gives up: whoever is there answers one of them.</summary>
    public const int SilentLooksMax = 5;

    /// <summary>How long it goes on looking.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks.</summary>
    public static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);

    private enum Look
    {
        /// <summary>Nobody answers.</summary>
        Silent,

        /// <summary>Somebody answers, and does not say.</summary>
        Untold,

        /// <summary>The node is a member still.</summary>
        There,

        /// <summary>It is none any more, or again in another life.</summary>
        Gone,
    }

    /// <summary>Does it.</summary>
    /// <param name="name">Of the node.</param>
    /// <param name="cancel">Gives up; a node that was told to leave leaves all the same.</param>
    /// <returns>How the command ends: <see cref="PleiadCommand.Unknown"/> where the node was told, and nobody says whether it has left.</returns>
    public async Task<int> RunAsync(string name, CancellationToken cancel)
    {
        JsonElement cluster = await ClusterAsync(url, cancel);
        if (LivingIn(cluster).FirstOrDefault(node => TextOf(node, "name") == name) is not { ValueKind: JsonValueKind.Object } drained)
        {
            await error.WriteLineAsync($"{url}: there is no node \"{name}\"");
            return PleiadCommand.Failure;
        }

        // What others know of a node is where it listens, which is never with TLS; who asks the node itself may reach it by another way. Behind a balancer that way
        // may lead to another node this time: so it is told whom this is for.
        string itself = TextOf(cluster, "self") == name ? url : "http://" + TextOf(drained, "httpAddress");
        using HttpResponseMessage asked = await http.PostAsync(new Uri($"{itself}/-/quit?node={Uri.EscapeDataString(name)}"), null, cancel);
        if (!asked.IsSuccessStatusCode)
        {
            await error.WriteLineAsync($"{name}: {await asked.Content.ReadAsStringAsync(cancel)}");
            return PleiadCommand.Failure;
        }

        string[] others = [.. LivingIn(cluster).Where(node => TextOf(node, "name") != name).Select(static node => "http://" + TextOf(node, "httpAddress"))
            .Where(static other => Uri.TryCreate(other, UriKind.Absolute, out _))];
        return await WatchAsync(new Drained(name, TextOf(drained, "incarnation"), IncarnationsIn(cluster).ToHashSet()), [url, .. others], cancel);
    }

    private async Task<int> WatchAsync(Drained node, string[] urls, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        Look last = Look.Untold;
        try
        {
            for (int silent = 0; silent < SilentLooksMax; silent = last == Look.Silent ? silent + 1 : 0)
            {
                last = await LookAsync(node, urls, either.Token);
                if (last == Look.Gone)
                {
                    await output.WriteLineAsync($"{node.Name} has left");
                    return PleiadCommand.Success;
                }

                await Task.Delay(LookPause, time, either.Token);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            // What the last look showed is what is known.
        }

        if (last == Look.There)
        {
            await error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{node.Name} was told to leave and has not within {Patience.TotalMinutes} minutes; pleiad cluster status shows when it has"));
            return PleiadCommand.Failure;
        }

        await error.WriteLineAsync(
            $"{node.Name} was told to leave, but it cannot be told whether it has: no node says so (asked at {string.Join(", ", urls)}). See pleiad cluster status with the URL of a node that lives");
        return PleiadCommand.Unknown;
    }

    // The first who says it: the one that was asked may be the one that stops.
    private async Task<Look> LookAsync(Drained node, string[] urls, CancellationToken cancel)
    {
        Look best = Look.Silent;
        foreach (string each in urls)
        {
            Look look = await LookAsync(node, each, cancel);
            if (look is Look.There or Look.Gone)
            {
                return look;
            }

            best = look == Look.Untold ? look : best;
        }

        return best;
    }

    private async Task<Look> LookAsync(Drained node, string at, CancellationToken cancel)
    {
        try
        {
            JsonElement cluster = await ClusterAsync(at, cancel);
            if (LivingIn(cluster).FirstOrDefault(member => TextOf(member, "name") == node.Name) is not { ValueKind: JsonValueKind.Object } there)
            {
                // A node that starts, or one of another cluster at an address that was another's, does not have it either.
                return IncarnationsIn(cluster).Any(node.Known.Contains) ? Look.Gone : Look.Untold;
            }

            if (TextOf(there, "incarnation") != node.Incarnation)
            {
                return Look.Gone;
            }

            await output.WriteLineAsync($"{node.Name} still leads {there.GetProperty("leads").GetRawText()} shards");
            return Look.There;
        }
        catch (Exception e) when (e is HttpRequestException { StatusCode: not null } or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A node that stops or has too much to do, or a proxy before it.
            return Look.Untold;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return Look.Silent;
        }
    }

    private Task<JsonElement> ClusterAsync(string at, CancellationToken cancel) => ClusterCommand.ClusterAsync(http, at, cancel, "?others=false");

    private static IEnumerable<JsonElement> MembersIn(JsonElement cluster) =>
        cluster.TryGetProperty("nodes", out JsonElement nodes) ? nodes.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static IEnumerable<JsonElement> LivingIn(JsonElement cluster) => MembersIn(cluster).Where(static node => TextOf(node, "status") != "dead");

    private static IEnumerable<string> IncarnationsIn(JsonElement cluster) => MembersIn(cluster).Select(static node => TextOf(node, "incarnation"));

    private static string TextOf(JsonElement element, string name) => ClusterCommand.TextOf(element, name);

    /// <summary>The node that is told to leave.</summary>
    /// <param name="Name">What its operator calls it.</param>
    /// <param name="Incarnation">Which of its lives.</param>
    /// <param name="Known">The lives of all members: who knows one of them is of the same cluster.</param>
    private sealed record Drained(string Name, string Incarnation, IReadOnlySet<string> Known);
}
