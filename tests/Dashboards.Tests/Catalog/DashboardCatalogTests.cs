using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Pleiad.Dashboards.Tests;

public sealed class DashboardCatalogTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly MemoryDocuments _documents = new();
    private int _uids;

    private DashboardCatalog Catalog(DashboardSettings? settings = null) =>
        new(_documents, settings ?? new DashboardSettings(), TimeProvider.System, () => $"new-{Interlocked.Increment(ref _uids)}");

    private static JsonObject Json(string title, string? uid = null, long? version = null, params string[] tags)
    {
        var json = new JsonObject { ["title"] = title, ["schemaVersion"] = 43, ["panels"] = new JsonArray(), ["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]) };
        if (uid is not null)
        {
            json["uid"] = uid;
        }

        if (version is not null)
        {
            json["version"] = version;
        }

        return json;
    }

    private static DashboardSave Save(JsonObject json, string? folder = null, bool overwrite = false, string message = "") => new(json, folder, message, overwrite, "me");

    private static async Task<DashboardFault> FaultOf(Task task) => (await Assert.ThrowsAsync<DashboardException>(() => task)).Fault;

    [Fact]
    public async Task A_list_reads_nothing_of_what_it_does_not_show()
    {
        var counted = new CountedDocuments(_documents);
        using var catalog = new DashboardCatalog(counted, new DashboardSettings(), TimeProvider.System, static () => "new");
        await catalog.SaveAsync(Save(Json("CPU", "a")), None);
        Assert.Single(await catalog.SearchAsync(new DashboardQuery(), None));
        int read = counted.Read;
        Assert.NotEqual(0, read);
        await _documents.PutAsync("discovery", "d", 0, new byte[] { 1 }, None);
        await _documents.PutAsync(DocumentKinds.Version, DocumentKinds.VersionId("a", 7, 20), 0, new byte[] { 1 }, None);
        Assert.Single(await catalog.SearchAsync(new DashboardQuery(), None));
        Assert.Equal(read, counted.Read);
        await _documents.PutAsync(DocumentKinds.Star, DocumentKinds.StarId("me", "a"), 0, new byte[] { 1 }, None);
        Assert.Single(await catalog.SearchAsync(new DashboardQuery(), None));
        Assert.Equal(read + 1, counted.Read);
    }

    [Fact]
    public async Task What_was_saved_is_there_with_its_uid_and_version_and_nothing_else_changed()
    {
        using DashboardCatalog catalog = Catalog();
        JsonObject json = Json("CPU", tags: "a");
        json["mine"] = new JsonObject { ["deep"] = 1.50m };
        DashboardSaved saved = await catalog.SaveAsync(Save(json), None);
        Assert.Equal(("new-1", 1L, "/d/new-1/cpu"), (saved.Summary.Uid, saved.Summary.Version, saved.Summary.Url));
        StoredDashboard stored = await catalog.GetAsync("new-1", None);
        Assert.Equal("""{"deep":1.50}""", stored.Json["mine"]!.ToJsonString());
        Assert.Equal(("new-1", 1L), ((string?)stored.Json["uid"], (long)stored.Json["version"]!));
        Assert.True(stored.CanSave);
    }

    [Fact]
    public async Task A_library_panel_that_did_not_come_with_a_dashboard_is_taken_from_one_that_has_it_and_is_a_placeholder_otherwise()
    {
        using DashboardCatalog catalog = Catalog();
        static JsonObject Two(string title) => JsonNode.Parse("""
            {"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","spec":{"title":"TITLE","elements":{
              "a":{"kind":"LibraryPanel","spec":{"id":1,"title":"Mine","libraryPanel":{"uid":"cpu","name":"CPU"}}},
              "b":{"kind":"LibraryPanel","spec":{"id":2,"title":"Gone","libraryPanel":{"uid":"gone","name":"Gone"}}}},
             "layout":{"kind":"AutoGridLayout","spec":{"maxColumnCount":2,"items":[{"spec":{"element":{"name":"a"}}},{"spec":{"element":{"name":"b"}}}]}}}}
            """.Replace("TITLE", title, StringComparison.Ordinal))!.AsObject();
        DashboardSaved before = await catalog.SaveAsync(Save(Two("early")), None);
        Assert.Equal([PanelOutcome.Placeholder, PanelOutcome.Placeholder], before.Report.Panels.Select(panel => panel.Outcome));
        string kept = (await catalog.GetAsync(before.Summary.Uid, None)).Json["panels"]![0]!["libraryPanel"]!.ToJsonString();
        Assert.Equal("""{"uid":"cpu","name":"CPU"}""", kept);

        JsonObject holder = Json("holder", "h");
        holder["panels"] = JsonNode.Parse("""
            [{"id":7,"type":"gauge","title":"CPU","repeat":"x","gridPos":{"x":1,"y":2,"w":3,"h":4},"options":{"a":1},"targets":[{"refId":"A","expr":"up"}],"libraryPanel":{"uid":"cpu","name":"CPU"}}]
            """);
        await catalog.SaveAsync(Save(holder), None);
        DashboardSaved saved = await catalog.SaveAsync(Save(Two("late")), None);
        Assert.Equal(
            ["1 gauge Ok ", "2 library-panel-ref Placeholder the library panel \"Gone\" did not come with the dashboard"],
            saved.Report.Panels.Select(panel => $"{panel.Id} {panel.Type} {panel.Outcome} {string.Join("; ", panel.Notes)}"));
        JsonNode panel = (await catalog.GetAsync(saved.Summary.Uid, None)).Json["panels"]![0]!;
        Assert.Equal(("Mine", "up", 0, null), ((string?)panel["title"], (string?)panel["targets"]![0]!["expr"], (int)panel["gridPos"]!["x"]!, panel["repeat"]));
        Assert.Equal("""{"uid":"cpu","name":"CPU"}""", panel["libraryPanel"]!.ToJsonString());

        // What its preview says is what saving it does; and who refers to nothing asks nobody.
        Assert.Equal(1, (await catalog.MigrateAsync(Two("again"), null, None)).Report.Count(PanelOutcome.Placeholder));
    }

    [Fact]
    public async Task What_was_said_about_a_reference_to_a_library_panel_is_said_about_the_panel_too()
    {
        using DashboardCatalog catalog = Catalog();
        JsonObject holder = Json("holder", "h");
        holder["panels"] = JsonNode.Parse("""
            [{"id":7,"type":"gauge","targets":[{"refId":"A","expr":"up","datasource":{"type":"loki","uid":"l"}}],"libraryPanel":{"uid":"cpu","name":"CPU"}}]
            """);
        await catalog.SaveAsync(Save(holder), None);
        ImportedDashboard imported = await catalog.MigrateAsync(
            JsonNode.Parse("""
                {"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","spec":{"title":"t","elements":{
                  "a":{"kind":"LibraryPanel","spec":{"id":1,"title":"Mine","libraryPanel":{"uid":"cpu","name":"CPU"}}}},
                 "layout":{"kind":"AutoGridLayout","spec":{"items":[{"spec":{"element":{"name":"a"},"conditionalRendering":{"spec":{"items":[{}]}}}}]}}}}
                """)!.AsObject(),
            null,
            None);
        PanelReport report = Assert.Single(imported.Report.Panels);
        Assert.Equal(PanelOutcome.Approximated, report.Outcome);
        Assert.Equal(["it is always shown: the conditions for it are not evaluated", "queries to a data source of type loki find nothing here"], report.Notes);
    }

    [Fact]
    public async Task Who_has_not_seen_the_last_version_is_refused_unless_it_is_to_be_overwritten()
    {
        using DashboardCatalog catalog = Catalog();
        await catalog.SaveAsync(Save(Json("one", "u")), None);
        Assert.Equal(2, (await catalog.SaveAsync(Save(Json("two", "u", 1)), None)).Summary.Version);
        Assert.Equal(DashboardFault.Conflict, await FaultOf(catalog.SaveAsync(Save(Json("late", "u", 1)), None)));
        Assert.Equal(DashboardFault.Conflict, await FaultOf(catalog.SaveAsync(Save(Json("blind", "u")), None)));
        Assert.Equal("two", (await catalog.GetAsync("u", None)).Summary.Title);
        Assert.Equal(3, (await catalog.SaveAsync(Save(Json("forced", "u", 1), overwrite: true), None)).Summary.Version);
    }

    [Fact]
    public async Task Of_many_writers_at_once_each_version_has_one()
    {
        using DashboardCatalog one = Catalog();
        using DashboardCatalog other = Catalog();
        await one.SaveAsync(Save(Json("start", "u")), None);
        bool[] won = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(async () =>
        {
            try
            {
                await (i % 2 == 0 ? one : other).SaveAsync(Save(Json($"writer {i}", "u", 1)), None);
                return true;
            }
            catch (DashboardException refused)
            {
                Assert.Equal(DashboardFault.Conflict, refused.Fault);
                return false;
            }
        })));
        Assert.Single(won, true);
        Assert.Equal(2, (await one.GetAsync("u", None)).Summary.Version);
    }

    [Fact]
    public async Task What_one_node_saves_the_other_finds()
    {
        using DashboardCatalog one = Catalog();
        using DashboardCatalog other = Catalog();
        Assert.Empty(await other.SearchAsync(new DashboardQuery(), None));
        await one.SaveAsync(Save(Json("shared", "u")), None);
        Assert.Equal(["shared"], (await other.SearchAsync(new DashboardQuery(), None)).Select(d => d.Title));
        await one.DeleteAsync("u", None);
        Assert.Empty(await other.SearchAsync(new DashboardQuery(), None));
    }

    [Fact]
    public async Task Words_tags_folders_uids_and_stars_narrow_a_search()
    {
        using DashboardCatalog catalog = Catalog();
        DashboardFolder folder = await catalog.CreateFolderAsync("f", "Folder", None);
        await catalog.SaveAsync(Save(Json("Node CPU", "a", null, "linux", "cpu")), None);
        await catalog.SaveAsync(Save(Json("node memory", "b", null, "linux"), folder.Uid), None);
        await catalog.SaveAsync(Save(Json("API", "c")), None);
        await catalog.StarAsync("u", "c", starred: true, None);
        await catalog.StarAsync("other", "a", starred: true, None);
        async Task<string> Find(DashboardQuery query) => string.Concat((await catalog.SearchAsync(query, None)).Select(d => d.Uid));
        Assert.Equal("cab", await Find(new DashboardQuery()));
        Assert.Equal("ab", await Find(new DashboardQuery { Text = "NODE" }));
        Assert.Equal("a", await Find(new DashboardQuery { Text = "cpu node" }));
        Assert.Equal("a", await Find(new DashboardQuery { Tags = ["linux", "cpu"] }));
        Assert.Equal("b", await Find(new DashboardQuery { FolderUids = ["f"] }));
        Assert.Equal("ca", await Find(new DashboardQuery { FolderUids = [""] }));
        Assert.Equal("b", await Find(new DashboardQuery { Uids = ["b", "nobody"] }));
        Assert.Equal("c", await Find(new DashboardQuery { StarredOnly = true, User = "u" }));
        await catalog.StarAsync("u", "c", starred: false, None);
        Assert.Equal(string.Empty, await Find(new DashboardQuery { StarredOnly = true, User = "u" }));
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.StarAsync("u", "nobody", starred: true, None)));
    }

    [Fact]
    public async Task Old_versions_can_be_seen_and_brought_back_and_only_so_many_are_kept()
    {
        using DashboardCatalog catalog = Catalog(new DashboardSettings { VersionsMax = 3 });
        for (int i = 1; i <= 5; i++)
        {
            await catalog.SaveAsync(Save(Json($"title {i}", "u", i - 1), message: $"change {i}"), None);
        }

        Assert.Equal(["5 change 5", "4 change 4", "3 change 3"], (await catalog.VersionsAsync("u", None)).Select(v => $"{v.Version} {v.Message}"));
        Assert.Equal("title 3", (string?)(await catalog.VersionAsync("u", 3, None)).Json["title"]);
        Assert.Equal("title 5", (string?)(await catalog.VersionAsync("u", 5, None)).Json["title"]);
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.VersionAsync("u", 2, None)));

        DashboardSaved restored = await catalog.RestoreAsync("u", 3, "me", None);
        Assert.Equal((6L, "title 3"), (restored.Summary.Version, restored.Summary.Title));
        DashboardVersion newest = (await catalog.VersionsAsync("u", None))[0];
        Assert.Equal((6L, 3L, "Restored from version 3"), (newest.Version, newest.RestoredFrom, newest.Message));
    }

    [Fact]
    public async Task A_history_is_found_whatever_its_limit_was_when_it_was_written()
    {
        using (DashboardCatalog before = Catalog(new DashboardSettings { VersionsMax = 10 }))
        {
            for (int i = 1; i <= 8; i++)
            {
                await before.SaveAsync(Save(Json($"title {i}", "u", i - 1)), None);
            }
        }

        using DashboardCatalog after = Catalog(new DashboardSettings { VersionsMax = 4 });
        Assert.Equal([8, 7, 6, 5], (await after.VersionsAsync("u", None)).Select(v => v.Version));
        Assert.Equal("title 6", (string?)(await after.VersionAsync("u", 6, None)).Json["title"]);
    }

    [Fact]
    public async Task Deleting_takes_the_history_along_and_a_new_one_of_the_name_goes_on_counting()
    {
        using DashboardCatalog catalog = Catalog();
        await catalog.SaveAsync(Save(Json("one", "u")), None);
        await catalog.SaveAsync(Save(Json("two", "u", 1)), None);
        Assert.Equal("two", (await catalog.DeleteAsync("u", None)).Title);
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.GetAsync("u", None)));
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.DeleteAsync("u", None)));
        Assert.Empty(await _documents.ListAsync("dashboard-version", string.Empty, 100, None));
        DashboardSaved again = await catalog.SaveAsync(Save(Json("three", "u")), None);
        Assert.True(again.Summary.Version > 2);
        Assert.Single(await catalog.VersionsAsync("u", None));
    }

    [Fact]
    public async Task Folders_are_made_renamed_and_deleted_with_what_is_in_them()
    {
        using DashboardCatalog catalog = Catalog();
        DashboardFolder folder = await catalog.CreateFolderAsync(null, "One", None);
        Assert.Equal(DashboardFault.Exists, await FaultOf(catalog.CreateFolderAsync(folder.Uid, "Other", None)));
        Assert.Equal(DashboardFault.Invalid, await FaultOf(catalog.CreateFolderAsync("no/uid", "Other", None)));
        Assert.Equal(DashboardFault.Invalid, await FaultOf(catalog.CreateFolderAsync(null, " ", None)));
        DashboardFolder renamed = await catalog.RenameFolderAsync(folder.Uid, "Two", folder.Version, None);
        Assert.Equal(DashboardFault.Conflict, await FaultOf(catalog.RenameFolderAsync(folder.Uid, "Three", folder.Version, None)));
        Assert.Equal("Two", (await catalog.FolderAsync(folder.Uid, None)).Title);
        await catalog.SaveAsync(Save(Json("in", "u"), folder.Uid), None);
        Assert.Equal(DashboardFault.Invalid, await FaultOf(catalog.SaveAsync(Save(Json("x"), "nowhere"), None)));
        await catalog.SaveAsync(Save(Json("in again", "u", 1)), None);
        Assert.Equal(folder.Uid, (await catalog.GetAsync("u", None)).Summary.FolderUid);
        await catalog.DeleteFolderAsync(renamed.Uid, None);
        Assert.Empty(await catalog.FoldersAsync(None));
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.GetAsync("u", None)));
    }

    [Fact]
    public async Task A_document_of_another_time_is_not_listed_and_the_others_are()
    {
        await _documents.PutAsync("dashboard", "future", 0, """{"format":2}"""u8.ToArray(), None);
        await _documents.PutAsync("dashboard-folder", "torn", 0, "{"u8.ToArray(), None);
        using DashboardCatalog catalog = Catalog();
        await catalog.SaveAsync(Save(Json("fine", "u")), None);
        Assert.Equal(["u"], (await catalog.SearchAsync(new DashboardQuery(), None)).Select(d => d.Uid));
        Assert.Empty(await catalog.FoldersAsync(None));
        Assert.Equal(DashboardFault.Invalid, await FaultOf(catalog.GetAsync("future", None)));
    }

    [Fact]
    public async Task Dashboards_and_folders_are_taken_up_to_their_number_and_not_one_further()
    {
        using DashboardCatalog catalog = Catalog(new DashboardSettings { CountMax = 2 });
        await catalog.SaveAsync(Save(Json("one")), None);
        await catalog.SaveAsync(Save(Json("two", "u")), None);
        Assert.Equal(DashboardFault.TooLarge, await FaultOf(catalog.SaveAsync(Save(Json("three")), None)));
        await catalog.SaveAsync(Save(Json("two again", "u", 1)), None);
        await catalog.CreateFolderAsync(null, "one", None);
        await catalog.CreateFolderAsync(null, "two", None);
        Assert.Equal(DashboardFault.TooLarge, await FaultOf(catalog.CreateFolderAsync(null, "three", None)));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("../../etc")]
    [InlineData("x y")]
    [InlineData("0123456789012345678901234567890123456789x")]
    public async Task A_uid_that_is_none_is_refused(string uid)
    {
        using DashboardCatalog catalog = Catalog();
        Assert.Equal(DashboardFault.Invalid, await FaultOf(catalog.SaveAsync(Save(Json("t", uid)), None)));
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.GetAsync(uid, None)));
    }

    [Fact]
    public async Task Titles_and_tags_have_their_limits()
    {
        using DashboardCatalog catalog = Catalog();
        await catalog.SaveAsync(Save(Json(new string('x', DashboardLimits.TitleCharsMax))), None);
        Assert.Equal(DashboardFault.TooLarge, await FaultOf(catalog.SaveAsync(Save(Json(new string('x', DashboardLimits.TitleCharsMax + 1))), None)));
        string[] tags = [.. Enumerable.Range(0, DashboardLimits.TagsMax).Select(i => $"t{i}")];
        await catalog.SaveAsync(Save(Json("t", null, null, tags)), None);
        Assert.Equal(DashboardFault.TooLarge, await FaultOf(catalog.SaveAsync(Save(Json("t", null, null, [.. tags, "one"])), None)));
    }

    [Fact]
    public async Task A_dashboard_of_a_file_is_found_and_cannot_be_changed()
    {
        using DashboardCatalog catalog = Catalog();
        catalog.Provisioned = Files("hash-1", mayBeEdited: false);
        Assert.Equal(["From file"], (await catalog.SearchAsync(new DashboardQuery { FolderUids = ["ff"] }, None)).Select(d => d.Title));
        StoredDashboard stored = await catalog.GetAsync("p", None);
        Assert.Equal((false, true, "p.json"), (stored.CanSave, stored.Summary.IsProvisioned, stored.File));
        Assert.Equal(DashboardFault.Provisioned, await FaultOf(catalog.SaveAsync(Save(Json("mine", "p"), overwrite: true), None)));
        Assert.Equal(DashboardFault.Provisioned, await FaultOf(catalog.DeleteAsync("p", None)));
        Assert.Equal(DashboardFault.Provisioned, await FaultOf(catalog.RenameFolderAsync("ff", "x", null, None)));
        Assert.Equal(DashboardFault.Provisioned, await FaultOf(catalog.DeleteFolderAsync("ff", None)));
        Assert.Single(await catalog.VersionsAsync("p", None));
        await catalog.StarAsync("u", "p", starred: true, None);
        catalog.Provisioned = ProvisionedDashboards.None;
        Assert.Equal(DashboardFault.NotFound, await FaultOf(catalog.GetAsync("p", None)));
    }

    [Fact]
    public async Task An_edit_of_a_files_dashboard_holds_until_the_file_changes()
    {
        using DashboardCatalog catalog = Catalog();
        catalog.Provisioned = Files("hash-1", mayBeEdited: true);
        long seen = (await catalog.GetAsync("p", None)).Summary.Version;
        Assert.Equal(DashboardFault.Conflict, await FaultOf(catalog.SaveAsync(Save(Json("blind", "p", 1)), None)));
        DashboardSaved saved = await catalog.SaveAsync(Save(Json("edited", "p", seen)), None);
        Assert.Equal("edited", (await catalog.GetAsync("p", None)).Summary.Title);
        Assert.Equal(["edited"], (await catalog.SearchAsync(new DashboardQuery(), None)).Select(d => d.Title));
        Assert.Equal(DashboardFault.Conflict, await FaultOf(catalog.SaveAsync(Save(Json("second editor", "p", seen)), None)));

        catalog.Provisioned = Files("hash-2", mayBeEdited: true);
        Assert.Equal("From file", (await catalog.GetAsync("p", None)).Summary.Title);
        Assert.Equal(["From file"], (await catalog.SearchAsync(new DashboardQuery(), None)).Select(d => d.Title));
        Assert.Equal(DashboardFault.Conflict, await FaultOf(catalog.SaveAsync(Save(Json("of the old file", "p", saved.Summary.Version)), None)));
    }

    private static ProvisionedDashboards Files(string hash, bool mayBeEdited)
    {
        var folder = new DashboardFolder("ff", "Files", 0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch);
        var summary = new DashboardSummary("p", "From file", [], folder.Uid, hash == "hash-1" ? 1_073_741_825 : 1_073_741_826, IsProvisioned: true, DateTimeOffset.UnixEpoch);
        var dashboard = new ProvisionedDashboard(summary, Json("From file", "p"), "p.json", hash, mayBeEdited);
        return new ProvisionedDashboards(
            ImmutableDictionary<string, ProvisionedDashboard>.Empty.Add("p", dashboard), ImmutableDictionary<string, DashboardFolder>.Empty.Add("ff", folder), []);
    }
}
