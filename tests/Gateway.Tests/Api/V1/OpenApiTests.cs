using System.Text.Json;
using Pleiad.Actors;
using Pleiad.Model;
using Pleiad.PromQL;
using Pleiad.TestKit;
using YamlDotNet.Serialization;

namespace Pleiad.Gateway.Tests;

/// <summary>Every answer against the schema that Prometheus publishes for it.</summary>
public sealed class OpenApiTests
{
    public static TheoryData<string, string, string> Calls => new()
    {
        { "/query", "get", "query?query=x" },
        { "/query", "post", "query?query=x&stats=all" },
        { "/query_range", "get", "query_range?query=x&start=0&end=1&step=1&stats=all" },
        { "/query_range", "post", "query_range?query=x&start=0&end=1&step=1" },
        { "/query_exemplars", "get", "query_exemplars?query=x" },
        { "/format_query", "get", "format_query?query=x" },
        { "/parse_query", "get", "parse_query?query=x" },
        { "/series", "get", "series?match[]=x" },
        { "/series", "post", "series?match[]=x" },
        { "/labels", "get", "labels" },
        { "/label/{name}/values", "get", "label/job/values" },
        { "/metadata", "get", "metadata" },
        { "/targets", "get", "targets" },
        { "/targets/metadata", "get", "targets/metadata" },
        { "/scrape_pools", "get", "scrape_pools" },
        { "/scrape_pools/config", "get", "scrape_pools/config?scrapePool=api" },
        { "/status/tsdb/blocks", "get", "status/tsdb/blocks" },
        { "/notifications", "get", "notifications" },
        { "/rules", "get", "rules" },
        { "/alerts", "get", "alerts" },
        { "/alertmanagers", "get", "alertmanagers" },
        { "/status/config", "get", "status/config" },
        { "/status/flags", "get", "status/flags" },
        { "/status/runtimeinfo", "get", "status/runtimeinfo" },
        { "/status/buildinfo", "get", "status/buildinfo" },
        { "/status/tsdb", "get", "status/tsdb" },
    };

    [SkippableTheory]
    [MemberData(nameof(Calls))]
    public async Task An_answer_fits_its_schema(string path, string method, string request)
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        await using RunningGateway gateway = await RunningGateway.StartAsync(node: Node());
        (int status, string body) = method == "get" ? await gateway.GetAsync("/api/v1/" + request) : await gateway.PostAsync("/api/v1/" + request, string.Empty);
        Assert.True(status == 200, body);
        OpenApi.Load().Check(path, method, "200", body);
    }

    [SkippableFact]
    public async Task An_error_fits_its_schema()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        OpenApi.Load().Check("/query", "get", "default", (await gateway.GetAsync("/api/v1/query?query=x&time=y")).Body);
    }

    private static FakeNode Node()
    {
        Labels labels = Labels.From(("__name__", "up"), ("job", "api"));
        var histogram = new NativeHistogram { Count = 1, Sum = 2, PositiveSpans = [new BucketSpan(0, 1)], PositiveBuckets = [1] };
        var node = new FakeNode
        {
            Series = [labels],
            Names = ["a"],
            Warnings = ["cut"],
            Stored = [new StoredBlock(3, 33, 2000, 2999) { Series = 5, Chunks = 6, Samples = 7, IsMerged = true }],
            ReloadFailedAt = DateTimeOffset.UnixEpoch,
            Active =
            [
                new ActiveTarget(
                    labels, labels, "api", "http://a/metrics", "http://a/metrics", string.Empty, DateTimeOffset.UnixEpoch, TimeSpan.FromSeconds(1), TargetHealth.Up, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)),
            ],
            Dropped = [new DroppedTarget(labels, "api")],
            Metadata = [new TargetMetadata(labels, "api", new Dictionary<string, MetricMetadata> { ["up"] = new(MetricType.Gauge, "h", "u") })],
        };
        node.AnswerWith(new MatrixValue([new(labels, [1], [1], null), new(labels, [1], [1], [histogram])]), ["w"], ["i"]);
        return node;
    }

    /// <summary>As much of JSON Schema as the document uses.</summary>
    private sealed class OpenApi(JsonElement document)
    {
        public static OpenApi Load()
        {
            using var text = new StreamReader(ConformanceData.PathOf("api/openapi_3.1.yaml"));
            object? yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(text);
            return new OpenApi(JsonSerializer.SerializeToElement(yaml));
        }

        public void Check(string path, string method, string status, string body)
        {
            JsonElement schema = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses")
                .GetProperty(status).GetProperty("content").GetProperty("application/json").GetProperty("schema");
            using JsonDocument answer = JsonDocument.Parse(body);
            string? problem = Problem(schema, answer.RootElement, "$");
            Assert.True(problem is null, $"{problem}\n{body}");
        }

        private string? Problem(JsonElement schema, JsonElement value, string at)
        {
            if (schema.TryGetProperty("$ref", out JsonElement reference))
            {
                JsonElement target = document;
                foreach (string part in reference.GetString()!.Split('/').Skip(1))
                {
                    target = target.GetProperty(part);
                }

                return Problem(target, value, at);
            }

            foreach (string either in (string[])["anyOf", "oneOf"])
            {
                if (schema.TryGetProperty(either, out JsonElement choices)
                    && choices.EnumerateArray().All(c => Problem(c, value, at) is not null))
                {
                    return $"{at}: fits no choice of {either}: " + string.Join("; ", choices.EnumerateArray().Select(c => Problem(c, value, at)));
                }
            }

            if (schema.TryGetProperty("enum", out JsonElement allowed) && allowed.EnumerateArray().All(a => a.ToString() != value.ToString()))
            {
                return $"{at}: {value} is not allowed";
            }

            return schema.TryGetProperty("type", out JsonElement type) ? ProblemOfType(schema, type.GetString()!, value, at) : null;
        }

        private string? ProblemOfType(JsonElement schema, string type, JsonElement value, string at) => (type, value.ValueKind) switch
        {
            ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => null,
            ("integer", JsonValueKind.Number) when value.TryGetInt64(out _) => null,
            ("array", JsonValueKind.Array) => ProblemOfArray(schema, value, at),
            ("object", JsonValueKind.Object) => ProblemOfObject(schema, value, at),
            _ => $"{at}: {value.ValueKind} where {type} belongs",
        };

        private string? ProblemOfArray(JsonElement schema, JsonElement value, string at)
        {
            int length = value.GetArrayLength();
            if ((schema.TryGetProperty("minItems", out JsonElement least) && length < least.GetInt32())
                || (schema.TryGetProperty("maxItems", out JsonElement most) && length > most.GetInt32()))
            {
                return $"{at}: {length} items";
            }

            return schema.TryGetProperty("items", out JsonElement items)
                ? value.EnumerateArray().Select((item, i) => Problem(items, item, $"{at}[{i}]")).FirstOrDefault(p => p is not null)
                : null;
        }

        private string? ProblemOfObject(JsonElement schema, JsonElement value, string at)
        {
            if (schema.TryGetProperty("required", out JsonElement required)
                && required.EnumerateArray().FirstOrDefault(r => !value.TryGetProperty(r.GetString()!, out _)) is { ValueKind: JsonValueKind.String } missing)
            {
                return $"{at}: lacks {missing}";
            }

            foreach (JsonProperty member in value.EnumerateObject())
            {
                string? problem = schema.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(member.Name, out JsonElement own)
                    ? Problem(own, member.Value, $"{at}.{member.Name}")
                    : !schema.TryGetProperty("additionalProperties", out JsonElement others) ? null
                    : others.ValueKind == JsonValueKind.False ? $"{at}: {member.Name} does not belong here"
                    : others.ValueKind == JsonValueKind.Object ? Problem(others, member.Value, $"{at}.{member.Name}")
                    : null;
                if (problem is not null)
                {
                    return problem;
                }
            }

            return null;
        }
    }
}
