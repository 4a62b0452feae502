using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pleiad.Outside.Tests;

/// <summary>Every endpoint of the reference's list, and every query of its compliance suite, asked of a real node that scrapes itself.</summary>
public sealed class EndpointWalkTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    /// <summary>What is not there yet: docs/compatibility.md says so.</summary>
    private static readonly string[] NotThere =
    [
        "/api/v1/search/metric_names", "/api/v1/search/label_names", "/api/v1/search/label_values",
        "/api/v1/status/self_metrics", "/api/v1/notifications/live", "/api/v1/openapi.yaml", "/api/v1/otlp/v1/metrics",
    ];

    /// <summary>Statuses of requests without what they need, where that is not 200.</summary>
    private static readonly Dictionary<string, int> Bare = new()
    {
        ["/api/v1/admin/tsdb/delete_series"] = 400,
        ["/api/v1/admin/tsdb/clean_tombstones"] = 204,
        ["/api/v1/write"] = 415,
        ["/api/v1/read"] = 400,
        ["/-/reload"] = 403,
        ["/-/quit"] = 403,
    };

    private readonly Scratch _scratch = new();
    private readonly PleiadServer _pleiad;

    public EndpointWalkTests()
    {
        int port = RunningProgram.FreePort();
        string config = _scratch.File("prometheus.yml", "global: {scrape_interval: 1s, scrape_timeout: 1s}\nscrape_configs:\n"
            + $"  - {{job_name: self, static_configs: [{{targets: ['127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}']}}]}}\n");
        _pleiad = new PleiadServer(
            _scratch.Folder("data"), config, port, "--web.enable-admin-api", "--web.enable-remote-write-receiver", "--enable-feature=promql-experimental-functions");
    }

    public async Task InitializeAsync()
    {
        await _pleiad.ReadyAsync(Limit);
        await Pause.UntilAsync(async () => (await _pleiad.Client.VectorAsync("up == 1")).Count == 1, Limit, () => "the node does not scrape itself: " + _pleiad.Output);
    }

    public async Task DisposeAsync()
    {
        await _pleiad.DisposeAsync();
        _scratch.Dispose();
    }

    [SkippableFact]
    public async Task Each_endpoint_has_its_methods_statuses_and_shapes()
    {
        using JsonDocument endpoints = Read("api/endpoints.json");
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var wrong = new List<string>();
        foreach (JsonElement endpoint in endpoints.RootElement.GetProperty("endpoints").EnumerateArray())
        {
            string listed = endpoint.GetProperty("path").GetString()!;
            string path = listed.Replace("<name>", "job", StringComparison.Ordinal);
            string parameters = path switch
            {
                "/api/v1/query" or "/api/v1/query_exemplars" or "/api/v1/parse_query" => "query=up",
                "/api/v1/query_range" => string.Create(CultureInfo.InvariantCulture, $"query=up&start={now - 60}&end={now}&step=10"),
                "/api/v1/format_query" => "query=foo/bar",
                "/api/v1/series" => "match[]=up",
                "/api/v1/targets/relabel_steps" => "scrapePool=self&labels=%7B%22__address__%22:%22localhost%22%7D",
                "/api/v1/scrape_pools/config" => "scrapePool=self",
                _ => string.Empty,
            };
            int expected = NotThere.Contains(listed) ? 404 : Bare.GetValueOrDefault(listed, 200);
            foreach (string method in endpoint.GetProperty("methods").EnumerateArray().Select(m => m.GetString()!))
            {
                (int status, string type, string body) = await SendAsync(method, path, parameters);
                if (status != expected)
                {
                    wrong.Add($"{method} {path}: {status} instead of {expected}");
                }
                else if (status == 200 && type == "application/json")
                {
                    using JsonDocument answer = JsonDocument.Parse(body);
                    JsonElement data = answer.RootElement.GetProperty("data");
                    Compare(endpoint.GetProperty("data"), data, $"{method} {path}: data", wrong);
                }
                else if (status >= 400 && type == "application/json")
                {
                    using JsonDocument answer = JsonDocument.Parse(body);
                    Assert.Equal(["status", "errorType", "error"], answer.RootElement.EnumerateObject().Select(member => member.Name));
                }
            }

            if (expected != 404)
            {
                (int other, _, _) = await SendAsync("DELETE", path, string.Empty);
                if (other != 405)
                {
                    wrong.Add($"DELETE {path}: {other} instead of 405");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [SkippableFact]
    public async Task Each_query_of_the_compliance_suite_runs()
    {
        using JsonDocument suite = Read("promql-compliance/queries.json");
        string now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var wrong = new List<string>();
        int count = 0;
        foreach (JsonElement one in suite.RootElement.GetProperty("cases").EnumerateArray())
        {
            foreach (string query in one.GetProperty("queries").EnumerateArray().Select(text => text.GetString()!))
            {
                count++;
                (int status, _, string body) = await SendAsync(
                    "POST", "/api/v1/query_range", $"query={Uri.EscapeDataString(query)}&start={now}&end={now}&step=10");

                // What has to fail may have an answer here: it fails because of the labels of series that are not here.
                bool mayFail = one.GetProperty("should_fail").GetBoolean() && (status is 400 or 422);
                if (status != 200 && !mayFail)
                {
                    wrong.Add($"{query}: {status} {body}");
                }
            }
        }

        Assert.Equal(suite.RootElement.GetProperty("expanded_count").GetInt32(), count);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
    }

    // The list describes data by an example: its members have to be there, but for those it calls optional.
    private static void Compare(JsonElement wanted, JsonElement got, string at, List<string> wrong)
    {
        if (wanted.ValueKind == JsonValueKind.Object)
        {
            if (got.ValueKind != JsonValueKind.Object)
            {
                wrong.Add($"{at} is {got.ValueKind}");
                return;
            }

            foreach (JsonProperty member in wanted.EnumerateObject())
            {
                if (member.Name.StartsWith('<'))
                {
                    foreach (JsonProperty any in got.EnumerateObject().Take(3))
                    {
                        Compare(member.Value, any.Value, $"{at}.{any.Name}", wrong);
                    }
                }
                else if (got.TryGetProperty(member.Name, out JsonElement value))
                {
                    Compare(member.Value, value, $"{at}.{member.Name}", wrong);
                }
                else if (member.Value.ValueKind != JsonValueKind.String || !IsOptional(member.Value.GetString()!))
                {
                    wrong.Add($"{at} lacks {member.Name}");
                }
            }
        }
        else if (wanted.ValueKind == JsonValueKind.Array)
        {
            if (got.ValueKind != JsonValueKind.Array)
            {
                wrong.Add($"{at} is {got.ValueKind}");
            }
            else if (wanted.GetArrayLength() > 0 && got.GetArrayLength() > 0 && wanted[0].ValueKind != JsonValueKind.String)
            {
                Compare(wanted[0], got[0], at + "[0]", wrong);
            }
        }
    }

    private static bool IsOptional(string description) => new[] { "only", "optional", "omitted" }.Any(word => description.Contains(word, StringComparison.Ordinal));

    private static JsonDocument Read(string name)
    {
        string? path = Repository.Conformance(name);
        Skip.If(path is null, "the conformance data is not there");
        return JsonDocument.Parse(File.ReadAllText(path!));
    }

    private async Task<(int Status, string Type, string Body)> SendAsync(string method, string path, string parameters)
    {
        bool inQuery = method is not ("POST" or "PUT");
        using var request = new HttpRequestMessage(new HttpMethod(method), inQuery && parameters.Length > 0 ? $"{path}?{parameters}" : path);
        if (!inQuery)
        {
            request.Content = new StringContent(parameters, Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        using HttpResponseMessage answer = await _pleiad.Client.Http.SendAsync(request);
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType ?? string.Empty, await answer.Content.ReadAsStringAsync());
    }
}
