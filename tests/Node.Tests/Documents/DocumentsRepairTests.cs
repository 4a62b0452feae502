using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Pleiad.Dashboards;
using Pleiad.Kernel;
using Pleiad.Persistence;

namespace Pleiad.Node.Tests;

public sealed class DocumentsRepairTests : IDisposable
{
    private const int PageBytes = 4096;
    private const byte LeafOfTable = 0x0d;
    private const byte LeafOfIndex = 0x0a;

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("pleiad-repair-");
    private readonly LogLines _log = new();

    private string Database => Path.Combine(_root.FullName, DocumentsStart.DatabaseName);

    private string Quarantine => Path.Combine(_root.FullName, "quarantine");

    private string Aside => Path.Combine(Quarantine, "documents.sqlite.damaged");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broken_body_takes_its_dashboard_and_no_other(bool inCluster)
    {
        await FillAsync();
        BreakBodyOf("victim");
        byte[] damaged = await File.ReadAllBytesAsync(Database);
        await using IClusterStore cluster = new MemoryClusterStore(new Random(1));
        await using (DocumentsStart anew = await OpenAsync(inCluster ? cluster.Documents : null))
        {
            await AssertFilledAsync(anew, "a", "b");
        }

        Assert.Equal(damaged, await File.ReadAllBytesAsync(Aside));
        Assert.Contains(_log.Errors, static line => line.Contains(" 7 documents in it", StringComparison.Ordinal) && line.Contains("of 1 more", StringComparison.Ordinal));
        Assert.Contains(_log.Errors, line => line.Contains("dashboard/victim was not carried over", StringComparison.Ordinal) && line.Contains(Aside, StringComparison.Ordinal));
        Assert.Equal(!inCluster, File.Exists(Database));
        Assert.False(File.Exists(Database + DocumentsRepair.NewSuffix));
        Assert.Equal(2, _log.Errors.Count);
        await using DocumentsStart last = await OpenAsync(inCluster ? cluster.Documents : null);
        await AssertFilledAsync(last, "a", "b");
        Assert.Equal(2, _log.Errors.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Documents_behind_and_between_broken_pages_are_found(bool breaksIndex)
    {
        const int count = 400;
        await using (DocumentsStart opened = await OpenAsync(null))
        {
            for (int i = 0; i < count; i++)
            {
                await opened.Documents.PutAsync(DocumentKinds.Star, IdOf(i), 0, Encoding.UTF8.GetBytes($$"""{"n":"body-{{IdOf(i)}}","pad":"{{new string('x', 300)}}"}"""), None);
            }
        }

        BreakPage(LeafOfTable, "body-" + IdOf(50));
        BreakPage(LeafOfTable, "body-" + IdOf(350));
        if (breaksIndex)
        {
            BreakPage(LeafOfIndex, DocumentKinds.Star + IdOf(200));
        }

        await using DocumentsStart anew = await OpenAsync(null);
        string[] found = [.. (await anew.Documents.ListAsync(DocumentKinds.Star, string.Empty, count, None)).Select(static document => document.Id)];
        string[] lost = [.. Enumerable.Range(0, count).Select(IdOf).Except(found)];
        Assert.Contains(IdOf(50), lost);
        Assert.Contains(IdOf(350), lost);
        Assert.DoesNotContain(IdOf(0), lost);
        Assert.DoesNotContain(IdOf(200), lost);
        Assert.DoesNotContain(IdOf(count - 1), lost);

        // Two pages of rows of more than 300 bytes.
        Assert.InRange(lost.Length, 2, 2 * (PageBytes / 300));
        Assert.Contains(_log.Errors, line => line.Contains($" {found.Length} documents in it", StringComparison.Ordinal) && line.Contains($"of {lost.Length} more", StringComparison.Ordinal));
        Assert.All(lost, id => Assert.Contains(_log.Errors, line => line.Contains($"{DocumentKinds.Star}/{id} was not", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_move_that_was_stopped_behind_the_damaged_file_is_ended_at_the_next_start()
    {
        await FillAsync();
        File.Move(Database, Database + DocumentsRepair.NewSuffix);
        Directory.CreateDirectory(Quarantine);
        await File.WriteAllTextAsync(Aside, "an older one");
        await File.WriteAllTextAsync(Aside + ".2", "damaged");
        await File.WriteAllTextAsync(Database + "-wal", "its log");
        await File.WriteAllTextAsync(Database + "-shm", "its index");
        await using (DocumentsStart opened = await OpenAsync(null))
        {
            await AssertFilledAsync(opened, "a", "b", "victim");
        }

        Assert.Equal("its log", await File.ReadAllTextAsync(Aside + ".2-wal"));
        Assert.Equal("its index", await File.ReadAllTextAsync(Aside + ".2-shm"));
        Assert.False(File.Exists(Database + DocumentsRepair.NewSuffix));
    }

    [Fact]
    public async Task A_repair_that_was_stopped_before_the_damaged_file_was_moved_begins_anew()
    {
        await FillAsync();
        BreakBodyOf("victim");
        await File.WriteAllTextAsync(Database + DocumentsRepair.NewSuffix, "half a store");
        await File.WriteAllTextAsync(Database + DocumentsRepair.NewSuffix + "-wal", "and half a log");
        await using DocumentsStart opened = await OpenAsync(null);
        await AssertFilledAsync(opened, "a", "b");
    }

    [Fact]
    public async Task A_name_is_free_only_where_no_part_of_another_store_has_it()
    {
        await FillAsync();
        BreakBodyOf("victim");
        Directory.CreateDirectory(Quarantine);
        await File.WriteAllTextAsync(Aside + ".2-wal", "the log of another");
        await using DocumentsStart opened = await OpenAsync(null);
        Assert.True(File.Exists(Aside + ".3"));
        Assert.False(File.Exists(Aside));
        Assert.False(File.Exists(Aside + ".2"));
        Assert.Equal("the log of another", await File.ReadAllTextAsync(Aside + ".2-wal"));
    }

    private static string IdOf(int number) => number.ToString("D5", CultureInfo.InvariantCulture);

    private static DashboardCatalog CatalogOf(DocumentsStart start) => new(start.Documents, new DashboardSettings(), TimeProvider.System, () => "made");

    // Seven documents beside the victim: a folder, a star, and two dashboards of which one has three old versions.
    private async Task FillAsync()
    {
        await using DocumentsStart start = await DocumentsStart.OpenAsync(_root.FullName, null, NullLogger.Instance);
        using DashboardCatalog catalog = CatalogOf(start);
        await catalog.CreateFolderAsync("f", "Folder", None);
        await SaveAsync(catalog, "a", 0);
        await SaveAsync(catalog, "a", 1);
        await SaveAsync(catalog, "victim", 0, string.Concat(Enumerable.Range(0, 3000).Select(static i => $"victim{i} ")));
        await SaveAsync(catalog, "a", 2);
        await SaveAsync(catalog, "a", 3);
        await SaveAsync(catalog, "b", 0);
        await catalog.StarAsync("", "b", starred: true, None);
    }

    private static async Task AssertFilledAsync(DocumentsStart start, params string[] uids)
    {
        using DashboardCatalog catalog = CatalogOf(start);
        Assert.Equal(uids, (await catalog.SearchAsync(new DashboardQuery(), None)).Select(static dashboard => dashboard.Uid).Order(StringComparer.Ordinal));
        Assert.Equal([4L, 3, 2, 1], (await catalog.VersionsAsync("a", None)).Select(static version => version.Version));
        Assert.Equal(["b"], await catalog.StarsAsync("", None));
        Assert.Equal("Folder", Assert.Single(await catalog.FoldersAsync(None)).Title);
    }

    private static Task<DashboardSaved> SaveAsync(DashboardCatalog catalog, string uid, long seen, string more = "") => catalog.SaveAsync(
        new DashboardSave(new JsonObject { ["uid"] = uid, ["title"] = uid, ["description"] = more, ["schemaVersion"] = 43 }, null, "why", Overwrite: false, "who") { SeenVersion = seen }, None);

    // A page in the middle of the chain that a long body lies in: it names the next one in its first four bytes.
    private void BreakBodyOf(string text)
    {
        byte[] file = File.ReadAllBytes(Database);
        Rewrite(file, page => BinaryPrimitives.ReadUInt32BigEndian(page) is > 0 and < 1000 && page.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0, static page => page.Clear());
    }

    private void BreakPage(byte type, string text) =>
        Rewrite(File.ReadAllBytes(Database), page => page[0] == type && page.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0, static page => page[0] = 0xff);

    private delegate bool PageTest(ReadOnlySpan<byte> page);

    private delegate void PageChange(Span<byte> page);

    private void Rewrite(byte[] file, PageTest isIt, PageChange change)
    {
        for (int at = 0; at < file.Length; at += PageBytes)
        {
            if (isIt(file.AsSpan(at, PageBytes)))
            {
                change(file.AsSpan(at, PageBytes));
                File.WriteAllBytes(Database, file);
                return;
            }
        }

        Assert.Fail("no such page");
    }

    private Task<DocumentsStart> OpenAsync(IDocumentStore? cluster) => DocumentsStart.OpenAsync(_root.FullName, cluster, _log);
}
