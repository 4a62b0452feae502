using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Dashboards;
using Pleiad.Kernel;
using Pleiad.Persistence;
using Pleiad.Storage;

namespace Pleiad.Node.Tests;

public sealed class DocumentsStartTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pleiad-documents-");

    private string FolderOfFiles => Path.Combine(_root.FullName, "documents");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Dashboards_that_lie_in_files_move_into_SQLite_with_their_history_folders_and_stars_once()
    {
        using (DashboardCatalog before = CatalogOf(FileDocuments.Open(new DiskFiles(), FolderOfFiles)))
        {
            await FillAsync(before);
        }

        for (int start = 0; start < 2; start++)
        {
            await using DocumentsStart opened = await OpenAsync(null);
            using DashboardCatalog after = CatalogOf(opened.Documents);
            await AssertFilledAsync(after);
            Assert.False(Directory.Exists(FolderOfFiles));
            Assert.True(Directory.Exists(FolderOfFiles + DocumentsStart.MovedSuffix));
        }

        await using DocumentsStart last = await OpenAsync(null);
        using DashboardCatalog catalog = CatalogOf(last.Documents);
        Assert.Equal(4, (await SaveAsync(catalog, "a", "four", 3)).Summary.Version);
        await Assert.ThrowsAsync<DashboardException>(() => SaveAsync(catalog, "a", "late", 3));
        // What was deleted before goes on counting too.
        Assert.Equal(3, (await SaveAsync(catalog, "gone", "back", 0)).Summary.Version);
    }

    [Fact]
    public async Task A_move_that_was_broken_off_anywhere_is_done_again()
    {
        using (DashboardCatalog before = CatalogOf(FileDocuments.Open(new DiskFiles(), FolderOfFiles)))
        {
            await FillAsync(before);
        }

        for (int writes = 0; ; writes++)
        {
            await using IClusterStore memory = new MemoryClusterStore(new Random(1));
            var breaking = new BreakingDocuments(memory.Documents, writes);
            FileDocuments files = FileDocuments.Open(new DiskFiles(), FolderOfFiles);
            bool done = false;
            try
            {
                await DocumentMove.RunAsync(files, breaking, None);
                done = true;
            }
            catch (ClusterStoreException)
            {
                // The database went away in the middle of it.
            }

            DocumentMoveReport report = await DocumentMove.RunAsync(files, memory.Documents, None);
            Assert.Empty(report.Left);
            using DashboardCatalog after = CatalogOf(new StoredDocuments(memory.Documents, 0));
            await AssertFilledAsync(after);
            if (done)
            {
                Assert.True(writes > 5);
                break;
            }
        }
    }

    [Fact]
    public async Task A_node_that_joins_a_cluster_brings_its_dashboards_along_and_leaves_those_the_cluster_has_others_for()
    {
        await using IClusterStore cluster = new MemoryClusterStore(new Random(1));
        using DashboardCatalog shared = CatalogOf(new StoredDocuments(cluster.Documents, 1 << 20));
        await SaveAsync(shared, "b", "the cluster's", 0);
        await using (DocumentsStart alone = await OpenAsync(null))
        {
            using DashboardCatalog own = CatalogOf(alone.Documents);
            await FillAsync(own);
        }

        await using (DocumentsStart joined = await OpenAsync(cluster.Documents))
        {
            using DashboardCatalog after = CatalogOf(joined.Documents);
            Assert.Equal(["the cluster's", "three"], (await after.SearchAsync(new DashboardQuery(), None)).Select(dashboard => dashboard.Title));
            Assert.Equal([3L, 2, 1], (await after.VersionsAsync("a", None)).Select(version => version.Version));
            Assert.Equal([1L], (await after.VersionsAsync("b", None)).Select(version => version.Version));
        }

        Assert.Equal(["the cluster's", "three"], (await shared.SearchAsync(new DashboardQuery(), None)).Select(dashboard => dashboard.Title));
        Assert.True(File.Exists(Path.Combine(_root.FullName, DocumentsStart.DatabaseName + DocumentsStart.MovedSuffix)));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(105, true)]
    public async Task A_damaged_database_is_put_aside_whole_and_a_new_one_has_what_could_be_read(int place, bool canBeRead)
    {
        string database = Path.Combine(_root.FullName, DocumentsStart.DatabaseName);
        await using (DocumentsStart opened = await OpenAsync(null))
        {
            using DashboardCatalog before = CatalogOf(opened.Documents);
            await FillAsync(before);
        }

        // A byte of the head of the file, and one that says where the first page has its cells.
        byte[] damaged = await File.ReadAllBytesAsync(database);
        damaged[place] ^= 0x5a;
        await File.WriteAllBytesAsync(database, damaged);
        await using (DocumentsStart anew = await OpenAsync(null))
        {
            using DashboardCatalog after = CatalogOf(anew.Documents);
            if (canBeRead)
            {
                await AssertFilledAsync(after);
            }
            else
            {
                Assert.Empty(await after.SearchAsync(new DashboardQuery(), None));
            }

            Assert.Equal(1, (await SaveAsync(after, "new", "anew", 0)).Summary.Version);
        }

        Assert.Equal(damaged, await File.ReadAllBytesAsync(Path.Combine(_root.FullName, "quarantine", DocumentsStart.DatabaseName + ".damaged")));
        await using DocumentsStart last = await OpenAsync(null);
        using DashboardCatalog sound = CatalogOf(last.Documents);
        Assert.Equal(canBeRead ? ["anew", "other", "three"] : ["anew"], (await sound.SearchAsync(new DashboardQuery(), None)).Select(static dashboard => dashboard.Title));
    }

    [Fact]
    public async Task While_the_database_is_away_what_was_seen_is_shown_and_nothing_is_saved()
    {
        await using IClusterStore cluster = new MemoryClusterStore(new Random(1));
        var breaking = new BreakingDocuments(cluster.Documents, int.MaxValue);
        using DashboardCatalog catalog = CatalogOf(new StoredDocuments(breaking, 1 << 20));
        await SaveAsync(catalog, "a", "seen", 0);
        await catalog.SearchAsync(new DashboardQuery(), None);
        breaking.IsAway = true;
        Assert.Equal("seen", (await catalog.GetAsync("a", None)).Summary.Title);
        Assert.Equal("seen", Assert.Single(await catalog.SearchAsync(new DashboardQuery(), None)).Title);
        await Assert.ThrowsAsync<IOException>(() => SaveAsync(catalog, "a", "not now", 1));
        await Assert.ThrowsAsync<IOException>(() => catalog.GetAsync("never-seen", None));
        await Assert.ThrowsAsync<IOException>(() => catalog.ProbeAsync(None));
        breaking.IsAway = false;
        Assert.Equal(2, (await SaveAsync(catalog, "a", "again", 1)).Summary.Version);
        await catalog.ProbeAsync(None);
    }

    [Fact]
    public async Task What_is_remembered_has_a_limit()
    {
        await using IClusterStore cluster = new MemoryClusterStore(new Random(1));
        var breaking = new BreakingDocuments(cluster.Documents, int.MaxValue);
        var documents = new StoredDocuments(breaking, 20);
        foreach (string id in (string[])["a", "b", "c"])
        {
            await documents.PutAsync("k", id, 0, Encoding.UTF8.GetBytes("ten bytes!"), None);
            await documents.GetAsync("k", id, None);
        }

        breaking.IsAway = true;
        await Assert.ThrowsAsync<IOException>(async () => await documents.GetAsync("k", "a", None));
        Assert.NotNull(await documents.GetAsync("k", "b", None));
        Assert.NotNull(await documents.GetAsync("k", "c", None));
    }

    private static DashboardCatalog CatalogOf(IDashboardDocuments documents) => new(documents, new DashboardSettings(), TimeProvider.System, () => "made");

    private static Task<DashboardSaved> SaveAsync(DashboardCatalog catalog, string uid, string title, long seen, string? folder = null) => catalog.SaveAsync(
        new DashboardSave(new JsonObject { ["uid"] = uid, ["title"] = title, ["schemaVersion"] = 43 }, folder, "why", Overwrite: false, "who") { SeenVersion = seen }, None);

    private static async Task FillAsync(DashboardCatalog catalog)
    {
        await catalog.CreateFolderAsync("f", "Folder", None);
        await SaveAsync(catalog, "a", "one", 0, "f");
        await SaveAsync(catalog, "b", "other", 0);
        await SaveAsync(catalog, "a", "two", 1);
        await SaveAsync(catalog, "a", "three", 2);
        await catalog.StarAsync("", "b", starred: true, None);
        await SaveAsync(catalog, "gone", "gone", 0);
        await catalog.DeleteAsync("gone", None);
    }

    private static async Task AssertFilledAsync(DashboardCatalog catalog)
    {
        Assert.Equal([("other", ""), ("three", "f")], (await catalog.SearchAsync(new DashboardQuery(), None)).Select(dashboard => (dashboard.Title, dashboard.FolderUid)));
        Assert.Equal([(3L, "why"), (2, "why"), (1, "why")], (await catalog.VersionsAsync("a", None)).Select(version => (version.Version, version.Message)));
        Assert.Equal("two", (string?)(await catalog.VersionAsync("a", 2, None)).Json["title"]);
        Assert.Equal(["b"], await catalog.StarsAsync("", None));
        Assert.Equal("Folder", Assert.Single(await catalog.FoldersAsync(None)).Title);
    }

    private Task<DocumentsStart> OpenAsync(IDocumentStore? cluster) => DocumentsStart.OpenAsync(_root.FullName, cluster, NullLogger.Instance);
}
