using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Pleiad.Dashboards;
using Pleiad.TestKit;

namespace Pleiad.Gateway.Tests;

/// <summary>Dashboards and folders over HTTP, in the words of Grafana's API.</summary>
public sealed class DashboardApiTests : IAsyncLifetime
{
    private readonly DashboardCatalog _catalog;
    private RunningGateway _gateway = null!;
    private int _uids;

    public DashboardApiTests() =>
        _catalog = new DashboardCatalog(new MemoryDocuments(), new DashboardSettings(), TimeProvider.System, () => $"new-{Interlocked.Increment(ref _uids)}");

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(node: new FakeNode { IsReady = false }, dashboards: _catalog);

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _catalog.Dispose();
    }

    private async Task<(int Status, JsonNode Json)> AskAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using HttpResponseMessage answer = await _gateway.Client.SendAsync(request);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.Content.Headers.ContentType?.MediaType == "application/json", $"{answer.StatusCode} {text}");
        return ((int)answer.StatusCode, JsonNode.Parse(text)!);
    }

    private async Task<JsonNode> OkAsync(string method, string path, string? body = null)
    {
        (int status, JsonNode json) = await AskAsync(method, path, body);
        Assert.True(status == 200, json.ToJsonString());
        return json;
    }

    [Fact]
    public async Task A_dashboard_is_saved_read_found_and_deleted()
    {
        JsonNode saved = await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"id":null,"uid":null,"title":"Prod <b>Overview</b>","tags":["t"],"schemaVersion":16,"panels":[{"type":"graph","title":"x"}]},"message":"first","overwrite":false}""");
        Assert.Equal(("new-1", "success", 1, "prod-b-overview-b"), ((string?)saved["uid"], (string?)saved["status"], (int)saved["version"]!, (string?)saved["slug"]));
        Assert.Equal("/d/new-1/prod-b-overview-b", (string?)saved["url"]);
        Assert.True((long)saved["id"]! > 0);

        JsonNode read = await OkAsync("GET", "/api/dashboards/uid/new-1");
        Assert.Equal(("Prod <b>Overview</b>", 43, 1), ((string?)read["dashboard"]!["title"], (int)read["dashboard"]!["schemaVersion"]!, (int)read["dashboard"]!["version"]!));
        Assert.Equal("timeseries", (string?)read["dashboard"]!["panels"]![0]!["type"]);
        Assert.Equal((true, false, "General"), ((bool)read["meta"]!["canSave"]!, (bool)read["meta"]!["provisioned"]!, (string?)read["meta"]!["folderTitle"]));

        JsonArray hits = (await OkAsync("GET", "/api/search?query=overview&tag=t&type=dash-db&limit=10")).AsArray();
        Assert.Equal(("new-1", "dash-db", "/d/new-1/prod-b-overview-b"), ((string?)hits[0]!["uid"], (string?)hits[0]!["type"], (string?)hits[0]!["url"]));
        Assert.Empty((await OkAsync("GET", "/api/search?query=overview&page=2")).AsArray());
        Assert.Equal("""[{"term":"t","count":1}]""", (await OkAsync("GET", "/api/dashboards/tags")).ToJsonString());

        JsonNode deleted = await OkAsync("DELETE", "/api/dashboards/uid/new-1");
        Assert.Equal("Dashboard Prod <b>Overview</b> deleted", (string?)deleted["message"]);
        (int status, JsonNode gone) = await AskAsync("GET", "/api/dashboards/uid/new-1");
        Assert.Equal((404, "Dashboard not found"), (status, (string?)gone["message"]));
    }

    [Fact]
    public async Task Two_editors_at_once_get_412_and_lose_nothing()
    {
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"one"}}""");
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"two","version":1}}""");
        (int status, JsonNode json) = await AskAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"late","version":1}}""");
        Assert.Equal(412, status);
        Assert.Equal("""{"message":"The dashboard has been changed by someone else","status":"version-mismatch"}""", json.ToJsonString());
        Assert.Equal("two", (string?)(await OkAsync("GET", "/api/dashboards/uid/u"))["dashboard"]!["title"]);
        Assert.Equal(3, (int)(await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"forced","version":1},"overwrite":true}"""))["version"]!);
    }

    [Fact]
    public async Task Versions_are_listed_read_and_restored()
    {
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"one"},"message":"m1"}""");
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"two","version":1},"message":"m2"}""");
        JsonArray versions = (await OkAsync("GET", "/api/dashboards/uid/u/versions"))["versions"]!.AsArray();
        Assert.Equal(["2 m2", "1 m1"], versions.Select(v => $"{v!["version"]} {v["message"]}"));
        Assert.Single((await OkAsync("GET", "/api/dashboards/uid/u/versions?limit=1"))["versions"]!.AsArray());
        Assert.Equal("one", (string?)(await OkAsync("GET", "/api/dashboards/uid/u/versions/1"))["data"]!["title"]);
        Assert.Equal(3, (int)(await OkAsync("POST", "/api/dashboards/uid/u/restore", """{"version":1}"""))["version"]!);
        Assert.Equal("one", (string?)(await OkAsync("GET", "/api/dashboards/uid/u"))["dashboard"]!["title"]);
        Assert.Equal(404, (await AskAsync("GET", "/api/dashboards/uid/u/versions/9")).Status);
        Assert.Equal(400, (await AskAsync("GET", "/api/dashboards/uid/u/versions/x")).Status);
        Assert.Equal(400, (await AskAsync("POST", "/api/dashboards/uid/u/restore", """{"version":"one"}""")).Status);
    }

    [Fact]
    public async Task An_import_answers_with_a_report_and_a_report_saves_nothing()
    {
        const string Dashboard = """{"uid":"i","title":"in","__inputs":[{"name":"DS_X","type":"datasource","pluginId":"loki"}],"panels":[{"id":4,"type":"geomap","title":"M","datasource":"${DS_X}"}]}""";
        JsonNode report = await OkAsync("POST", "/api/dashboards/report", $$"""{"dashboard":{{Dashboard}} }""");
        Assert.Equal((0, 1), ((int)report["report"]!["ok"]!, (int)report["report"]!["placeholders"]!));
        Assert.Equal(404, (await AskAsync("GET", "/api/dashboards/uid/i")).Status);

        JsonNode imported = await OkAsync("POST", "/api/dashboards/import", """{"dashboard":""" + Dashboard + ""","inputs":[{"name":"DS_X","type":"datasource","pluginId":"loki","value":"mine"}],"overwrite":true}""");
        Assert.Equal((true, "/d/i/in", "placeholder"), ((bool)imported["imported"]!, (string?)imported["importedUrl"], (string?)imported["report"]!["panels"]![0]!["outcome"]));
        Assert.Equal("mine", (string?)(await OkAsync("GET", "/api/dashboards/uid/i"))["dashboard"]!["panels"]![0]!["datasource"]!["uid"]);
    }

    [Fact]
    public async Task Folders_are_made_listed_renamed_and_deleted()
    {
        JsonNode folder = await OkAsync("POST", "/api/folders", """{"uid":"f","title":"Folder"}""");
        Assert.Equal(("f", 1), ((string?)folder["uid"], (int)folder["version"]!));
        Assert.Equal(409, (await AskAsync("POST", "/api/folders", """{"uid":"f","title":"Again"}""")).Status);
        Assert.Equal(400, (await AskAsync("POST", "/api/folders", """{"title":""}""")).Status);
        Assert.Equal(400, (await AskAsync("POST", "/api/folders", """{"title":"x","parentUid":"f"}""")).Status);
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"in it"},"folderUid":"f"}""");
        Assert.Equal("Folder", (string?)(await OkAsync("GET", "/api/dashboards/uid/u"))["meta"]!["folderTitle"]);
        Assert.Equal(["dash-folder f", "dash-db u"], (await OkAsync("GET", "/api/search")).AsArray().Select(hit => $"{hit!["type"]} {hit["uid"]}"));
        Assert.Equal(["u"], (await OkAsync("GET", "/api/search?folderUIDs=f")).AsArray().Select(hit => (string?)hit!["uid"]));
        Assert.Empty((await OkAsync("GET", "/api/search?folderUIDs=general")).AsArray());
        Assert.Equal(2, (int)(await OkAsync("PUT", "/api/folders/f", """{"title":"Renamed","version":1}"""))["version"]!);
        Assert.Equal(412, (await AskAsync("PUT", "/api/folders/f", """{"title":"Late","version":1}""")).Status);
        Assert.Equal(3, (int)(await OkAsync("PUT", "/api/folders/f", """{"title":"Forced","overwrite":true}"""))["version"]!);
        Assert.Equal("Forced", (string?)(await OkAsync("GET", "/api/folders")).AsArray()[0]!["title"]);
        Assert.Equal("Folder Forced deleted", (string?)(await OkAsync("DELETE", "/api/folders/f?forceDeleteRules=true"))["message"]);
        Assert.Empty((await OkAsync("GET", "/api/search")).AsArray());
        Assert.Equal(404, (await AskAsync("GET", "/api/folders/f")).Status);
    }

    [Fact]
    public async Task Stars_are_set_shown_and_taken_away()
    {
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"one"}}""");
        await OkAsync("POST", "/api/user/stars/dashboard/uid/u");
        Assert.Equal("""["u"]""", (await OkAsync("GET", "/api/user/stars")).ToJsonString());
        Assert.True((bool)(await OkAsync("GET", "/api/search?starred=true")).AsArray()[0]!["isStarred"]!);
        Assert.True((bool)(await OkAsync("GET", "/api/dashboards/uid/u"))["meta"]!["isStarred"]!);
        await OkAsync("DELETE", "/api/user/stars/dashboard/uid/u");
        Assert.Empty((await OkAsync("GET", "/api/search?starred=true")).AsArray());
        Assert.Equal(404, (await AskAsync("POST", "/api/user/stars/dashboard/uid/nobody")).Status);
    }

    [Fact]
    public async Task Health_is_answered_before_the_node_is_ready()
    {
        Assert.Equal("ok", (string?)(await OkAsync("GET", "/api/health"))["database"]);
    }

    [Fact]
    public async Task An_export_is_a_file_of_exactly_what_is_stored()
    {
        await OkAsync("POST", "/api/dashboards/db", """{"dashboard":{"uid":"u","title":"한국어 <x>","panels":[],"mine":1e400}}""");
        using HttpResponseMessage answer = await _gateway.Client.GetAsync("/api/dashboards/uid/u/export");
        Assert.Equal("attachment; filename=\"u.json\"", answer.Content.Headers.ContentDisposition?.ToString());
        string text = await answer.Content.ReadAsStringAsync();
        Assert.Contains("\"title\": \"한국어 <x>\"", text, StringComparison.Ordinal);
        Assert.Contains("\"mine\": 1e400", text, StringComparison.Ordinal);
        JsonObject again = DashboardImport.Read(Encoding.UTF8.GetBytes(text), new DashboardLimits()).Dashboard;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text.Replace("1e400", "1", StringComparison.Ordinal)), JsonNode.Parse(again.ToJsonString().Replace("1e400", "1", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("", 400, "not JSON")]
    [InlineData("[]", 400, "not an object")]
    [InlineData("{}", 400, "there is no dashboard in the request")]
    [InlineData("{\"dashboard\":3}", 400, "there is no dashboard in the request")]
    [InlineData("{\"dashboard\":{\"panels\":[]},\"dashboard\":{}}", 400, "stands twice")]
    [InlineData("{\"dashboard\":{\"title\":\"\\ud800\"}}", 400, "surrogate")]
    [InlineData("{\"dashboard\":{\"title\":\"t\",\"uid\":\"a/b\"}}", 400, "a uid is")]
    [InlineData("{\"dashboard\":{\"title\":\"t\"},\"folderUid\":\"nowhere\"}", 400, "folder not found")]
    public async Task A_wrong_request_is_refused_in_words(string body, int status, string part)
    {
        (int answered, JsonNode json) = await AskAsync("POST", "/api/dashboards/db", body);
        Assert.Equal(status, answered);
        Assert.Contains(part, (string?)json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dashboard_as_large_as_allowed_is_taken_and_a_larger_one_is_413()
    {
        var limits = new DashboardLimits { BytesMax = 5000 };
        using var catalog = new DashboardCatalog(new MemoryDocuments(), new DashboardSettings { Limits = limits }, TimeProvider.System, () => "u");
        await using RunningGateway gateway = await RunningGateway.StartAsync(dashboards: catalog);
        int frame = DashboardJson.Write(DashboardImport.Read("""{"uid":"u","title":"t","x":""}"""u8, limits).Dashboard).Length;
        async Task<HttpStatusCode> SaveAsync(int length)
        {
            string body = """{"dashboard":{"uid":"u","title":"t","x":"XX"},"overwrite":true}""".Replace("XX", new string('x', length), StringComparison.Ordinal);
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await gateway.Client.PostAsync("/api/dashboards/db", content);
            Assert.Contains(answer.StatusCode == HttpStatusCode.OK ? "success" : "5000", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await SaveAsync(limits.BytesMax - frame));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await SaveAsync(limits.BytesMax - frame + 1));
    }

    [Fact]
    public async Task A_body_nested_without_end_or_longer_than_any_dashboard_is_413()
    {
        string deep = """{"dashboard":{"title":"t","x":""" + new string('[', 100_000) + new string(']', 100_000) + "}}";
        Assert.Equal(413, (await AskAsync("POST", "/api/dashboards/db", deep)).Status);

        using var catalog = new DashboardCatalog(
            new MemoryDocuments(), new DashboardSettings { Limits = new DashboardLimits { BytesMax = 1000 } }, TimeProvider.System, () => "u");
        await using RunningGateway gateway = await RunningGateway.StartAsync(dashboards: catalog);
        using var content = new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await gateway.Client.PostAsync("/api/dashboards/db", content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/dashboards/db")]
    [InlineData("POST", "/api/dashboards/import")]
    [InlineData("DELETE", "/api/dashboards/uid/u")]
    [InlineData("POST", "/api/dashboards/uid/u/restore")]
    [InlineData("POST", "/api/folders")]
    [InlineData("PUT", "/api/folders/f")]
    [InlineData("DELETE", "/api/folders/f")]
    [InlineData("POST", "/api/user/stars/dashboard/uid/u")]
    public async Task A_page_of_another_origin_changes_nothing(string method, string path)
    {
        using HttpResponseMessage answer = await _gateway.SendAsync(method, path, ("Origin", "http://evil.example"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("/api/dashboards")]
    [InlineData("/api/dashboards/uid")]
    [InlineData("/api/dashboards/uid/")]
    [InlineData("/api/dashboards/uid//versions")]
    [InlineData("/api/dashboards/uid/u/nothing")]
    [InlineData("/api/dashboards/uid/u/versions/1/2")]
    [InlineData("/api/dashboards/uid/a%2Fb")]
    [InlineData("/api/folders/")]
    [InlineData("/api/v1/dashboards")]
    [InlineData("/api/health/x")]
    public async Task Unknown_paths_beside_them_stay_404(string path)
    {
        using HttpResponseMessage answer = await _gateway.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("PUT", "/api/dashboards/uid/u", "DELETE, GET, OPTIONS")]
    [InlineData("GET", "/api/dashboards/db", "OPTIONS, POST")]
    public async Task A_wrong_method_says_which_are_right(string method, string path, string allow)
    {
        using HttpResponseMessage answer = await _gateway.SendAsync(method, path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
    }

    [Fact]
    public async Task Without_dashboards_there_are_no_routes_of_them()
    {
        await using RunningGateway bare = await RunningGateway.StartAsync();
        Assert.Equal((404, "404 page not found\n"), await bare.GetAsync("/api/search"));
    }

    [Fact]
    public async Task A_store_that_fails_is_500_in_words_without_its_paths()
    {
        using var catalog = new DashboardCatalog(new BrokenDocuments(), new DashboardSettings(), TimeProvider.System, () => "u");
        await using RunningGateway gateway = await RunningGateway.StartAsync(dashboards: catalog);
        Assert.Equal((500, """{"message":"the store of dashboards failed; the log of the node says more"}"""), await gateway.GetAsync("/api/health"));
    }

    [SkippableFact]
    public async Task Every_public_dashboard_is_imported_and_comes_back()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        foreach (string file in Directory.GetFiles(ConformanceData.PathOf("grafana-dashboards"), "*.json").Where(file => !file.EndsWith("index.json", StringComparison.Ordinal)))
        {
            JsonNode imported = await OkAsync("POST", "/api/dashboards/import", $$"""{"dashboard":{{await File.ReadAllTextAsync(file)}} }""");
            Assert.Equal((0, 0), ((int)imported["report"]!["placeholders"]!, (int)imported["report"]!["approximated"]!));
            JsonNode read = await OkAsync("GET", $"/api/dashboards/uid/{imported["uid"]}");
            Assert.Equal(43, (int)read["dashboard"]!["schemaVersion"]!);
        }
    }

    private sealed class BrokenDocuments : IDashboardDocuments
    {
        private static IOException Broken => new("/secret/path: input/output error");

        public ValueTask<DashboardDocument?> GetAsync(string kind, string id, CancellationToken cancel) => throw Broken;

        public ValueTask<IReadOnlyList<DashboardDocument>> ListAsync(string kind, string afterId, int countMax, CancellationToken cancel) => throw Broken;

        public ValueTask<long?> PutAsync(string kind, string id, long seenVersion, ReadOnlyMemory<byte> body, CancellationToken cancel) => throw Broken;

        public ValueTask<bool> DeleteAsync(string kind, string id, long seenVersion, CancellationToken cancel) => throw Broken;

        public ValueTask<IReadOnlyList<DashboardDocument>> ReadChangesAsync(IReadOnlyList<string> kinds, long afterRevision, int countMax, CancellationToken cancel) => throw Broken;
    }
}
