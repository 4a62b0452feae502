using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Pleiad.Outside.Tests;

namespace Pleiad.Cluster.Tests;

/// <summary>A dashboard that nodes save, and that all of them have to show as it was saved last.</summary>
internal sealed class SharedDashboards
{
    private string _title = string.Empty;
    private long _version;

    /// <summary>Saves the next version through a node.</summary>
    public async Task SaveAsync(ClusterNode node)
    {
        string title = $"version {_version + 1}";
        using HttpResponseMessage answer = await PostAsync(node, title);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        (_title, _version) = (title, _version + 1);
    }

    /// <summary>Saves through two nodes at the same time, each from the version that is there: one of them is refused.</summary>
    public async Task SaveAtOnceAsync(ClusterNode one, ClusterNode other)
    {
        HttpResponseMessage[] answers = await Task.WhenAll(PostAsync(one, "of the one"), PostAsync(other, "of the other"));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], answers.Select(static answer => answer.StatusCode).Order());
        (_title, _version) = (answers[0].StatusCode == HttpStatusCode.OK ? "of the one" : "of the other", _version + 1);
        foreach (HttpResponseMessage answer in answers)
        {
            answer.Dispose();
        }
    }

    /// <summary>Each of the nodes opens and lists it as it was saved last.</summary>
    public async Task CheckAsync(IEnumerable<ClusterNode> nodes)
    {
        foreach (ClusterNode node in nodes)
        {
            JsonElement opened = await node.Client.Http.GetFromJsonAsync<JsonElement>("/api/dashboards/uid/shared");
            Assert.Equal((_title, _version), (opened.GetProperty("dashboard").GetProperty("title").GetString(), opened.GetProperty("dashboard").GetProperty("version").GetInt64()));
            JsonElement found = await node.Client.Http.GetFromJsonAsync<JsonElement>("/api/search?dashboardUIDs=shared");
            Assert.Equal(_title, Assert.Single(found.EnumerateArray().ToArray()).GetProperty("title").GetString());
        }
    }

    private Task<HttpResponseMessage> PostAsync(ClusterNode node, string title) => node.Client.Http.PostAsJsonAsync(
        "/api/dashboards/db", new { dashboard = new { uid = "shared", title, schemaVersion = 43, version = _version, panels = Array.Empty<object>() }, overwrite = false });
}
