using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Pleiad.Dashboards;

namespace Pleiad.Node;

/// <summary>Speaks to the dashboards of a node over HTTP.</summary>
internal sealed class DashboardClient : IDisposable
{
    private const int PageSize = 1000;

    private static readonly DashboardLimits AnswerLimits = new() { BytesMax = 64 * 1024 * 1024, DepthMax = 200, ValuesMax = 10_000_000 };

    private readonly HttpClient _http;

    /// <summary>For a server.</summary>
    /// <param name="server">Its URL; without a scheme it is http.</param>
    /// <exception cref="UsageException">It is no URL.</exception>
    public DashboardClient(string server)
    {
        string text = server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server;
        if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw new UsageException($"\"{server}\" is not a URL");
        }

        _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Sends a request.</summary>
    /// <returns>The answer, or in words why there is none.</returns>
    public async Task<(JsonObject? Answer, string? Problem)> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancel)
    {
        (byte[]? answer, string? problem) = await AskAsync(method, path, body, cancel);
        if (answer is null)
        {
            return (null, problem);
        }

        try
        {
            return (DashboardJson.Read(answer, AnswerLimits), null);
        }
        catch (DashboardException wrong)
        {
            return (null, wrong.Message);
        }
    }

    /// <summary>All dashboards, as the search tells of them.</summary>
    public async Task<(JsonArray? Dashboards, string? Problem)> ListAsync(CancellationToken cancel)
    {
        var all = new JsonArray();
        for (int page = 1; ; page++)
        {
            (byte[]? answer, string? problem) = await AskAsync(HttpMethod.Get, $"api/search?type=dash-db&limit={PageSize}&page={page}", null, cancel);
            if (answer is null)
            {
                return (null, problem);
            }

            JsonArray? hits;
            try
            {
                hits = JsonNode.Parse(answer) as JsonArray;
            }
            catch (System.Text.Json.JsonException wrong)
            {
                return (null, wrong.Message);
            }

            foreach (JsonNode? hit in hits ?? [])
            {
                all.Add(hit?.DeepClone());
            }

            if (hits is null || hits.Count < PageSize)
            {
                return (all, null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<(byte[]? Answer, string? Problem)> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(DashboardJson.Write(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        try
        {
            using HttpResponseMessage answer = await _http.SendAsync(request, cancel);
            byte[] content = await answer.Content.ReadAsByteArrayAsync(cancel);
            return answer.IsSuccessStatusCode ? (content, null) : (null, $"{(int)answer.StatusCode} {Message(content)}");
        }
        catch (HttpRequestException failure)
        {
            return (null, failure.Message);
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, "the server did not answer in time");
        }
    }

    private static string Message(byte[] content)
    {
        try
        {
            return (DashboardJson.Read(content, AnswerLimits)["message"] as JsonValue)?.ToString() ?? string.Empty;
        }
        catch (DashboardException)
        {
            return System.Text.Encoding.UTF8.GetString(content.AsSpan(0, Math.Min(content.Length, 200))).Trim();
        }
    }
}
