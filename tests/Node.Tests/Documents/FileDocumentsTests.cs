using System.Text;
using Pleiad.Dashboards;
using Pleiad.Persistence;
using Pleiad.Storage.Tests;

namespace Pleiad.Node.Tests;

public sealed class FileDocumentsTests : IAsyncLifetime
{
    private const string Folder = "/data/documents";
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pleiad-documents-");
    private SqliteClusterStore? _database;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Delete(recursive: true);
    }

    private static ReadOnlyMemory<byte> Body(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(DashboardDocument? document) => document is null ? "-" : $"{document.Version}:{Encoding.UTF8.GetString(document.Body.Span)}";

    public static TheoryData<string> Stores => new("memory", "files", "SQLite");

    // The store in memory is what tests of the catalog run on, and files are where dashboards were kept before: all behave alike.
    private IDashboardDocuments Open(string store) => store switch
    {
        "memory" => new MemoryDocuments(),
        "files" => FileDocuments.Open(new FaultyFiles(), Folder),
        _ => new StoredDocuments((_database ??= SqliteClusterStore.Open(Path.Combine(_folder.FullName, "documents.sqlite"))).Documents, 0),
    };

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_document_is_changed_only_by_who_has_seen_its_last_version(string store)
    {
        IDashboardDocuments documents = Open(store);
        Assert.Equal(1, await documents.PutAsync("k", "a", 0, Body("one"), None));
        Assert.Null(await documents.PutAsync("k", "a", 0, Body("again"), None));
        Assert.Equal(2, await documents.PutAsync("k", "a", 1, Body("two"), None));
        Assert.Null(await documents.PutAsync("k", "a", 1, Body("late"), None));
        Assert.False(await documents.DeleteAsync("k", "a", 1, None));
        Assert.Equal("2:two", Text(await documents.GetAsync("k", "a", None)));
        Assert.Equal("-", Text(await documents.GetAsync("other", "a", None)));
        Assert.True(await documents.DeleteAsync("k", "a", 2, None));
        Assert.False(await documents.DeleteAsync("k", "a", 0, None));
        Assert.Equal("-", Text(await documents.GetAsync("k", "a", None)));
        Assert.Equal(4, await documents.PutAsync("k", "a", 0, Body("anew"), None));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lists_go_by_id_and_changes_by_the_order_they_were_made_in(string store)
    {
        IDashboardDocuments documents = Open(store);
        foreach (string id in (string[])["b", "a/2", "a/1", "B", "한"])
        {
            await documents.PutAsync("k", id, 0, Body(id), None);
        }

        await documents.PutAsync("l", "x", 0, Body("x"), None);
        Assert.Equal(["B", "a/1", "a/2", "b", "한"], (await documents.ListAsync("k", string.Empty, 10, None)).Select(d => d.Id));
        Assert.Equal(["a/2", "b"], (await documents.ListAsync("k", "a/1", 2, None)).Select(d => d.Id));
        IReadOnlyList<DashboardDocument> all = await documents.ReadChangesAsync([], 0, 100, None);
        Assert.Equal(["b", "a/2", "a/1", "B", "한", "x"], all.Select(d => d.Id));
        await documents.PutAsync("k", "a/2", 1, Body("new"), None);
        await documents.DeleteAsync("k", "b", 1, None);
        IReadOnlyList<DashboardDocument> later = await documents.ReadChangesAsync([], all[^1].Revision, 100, None);
        Assert.Equal(["a/2 False", "b True"], later.Select(d => $"{d.Id} {d.IsDeleted}"));
        Assert.Single(await documents.ReadChangesAsync([], all[^1].Revision, 1, None));
        Assert.Empty(await documents.ReadChangesAsync([], later[^1].Revision, 100, None));
        Assert.Equal(["x"], (await documents.ReadChangesAsync(["l"], 0, 100, None)).Select(d => d.Id));
        Assert.Equal(["a/1", "B"], (await documents.ReadChangesAsync(["other", "k"], 0, 2, None)).Select(d => d.Id));
    }

    [Fact]
    public async Task Everything_is_there_again_after_a_start_and_versions_go_on()
    {
        var files = new FaultyFiles();
        FileDocuments before = FileDocuments.Open(files, Folder);
        await before.PutAsync("dashboard", "a", 0, Body("one"), None);
        await before.PutAsync("dashboard", "a", 1, Body("two"), None);
        await before.PutAsync("dashboard-star", "/a~b.c%", 0, Body("{}"), None);
        await before.PutAsync("dashboard", "gone", 0, Body("x"), None);
        await before.DeleteAsync("dashboard", "gone", 1, None);
        long last = (await before.ReadChangesAsync([], 0, 100, None))[^1].Revision;

        files.Restart(keepsUnflushed: false);
        FileDocuments after = FileDocuments.Open(files, Folder);
        Assert.Empty(after.Damaged);
        Assert.Equal("2:two", Text(await after.GetAsync("dashboard", "a", None)));
        Assert.Equal("1:{}", Text(await after.GetAsync("dashboard-star", "/a~b.c%", None)));
        Assert.Equal("-", Text(await after.GetAsync("dashboard", "gone", None)));
        Assert.Equal(3, await after.PutAsync("dashboard", "gone", 0, Body("back"), None));
        Assert.Equal(["gone"], (await after.ReadChangesAsync([], last, 100, None)).Select(d => d.Id));
    }

    [Theory]
    [InlineData(Fault.Error)]
    [InlineData(Fault.DiskFull)]
    [InlineData(Fault.Torn)]
    [InlineData(Fault.PowerCut)]
    [InlineData(Fault.PowerCutTorn)]
    public async Task Whichever_call_fails_a_document_is_whole_what_was_answered_is_there_and_writing_goes_on(Fault fault)
    {
        for (int call = 1; ; call++)
        {
            var files = new FaultyFiles(call) { Fault = fault };
            FileDocuments documents = FileDocuments.Open(files, Folder);
            Assert.Equal(1, await documents.PutAsync("k", "a", 0, Body("one"), None));
            files.FailAt = files.Calls + call;
            long? answered;
            try
            {
                answered = await documents.PutAsync("k", "a", 1, Body("two"), None);
            }
            catch (IOException)
            {
                answered = null;
            }

            bool failed = files.HasFailed;
            if (fault is Fault.Error or Fault.DiskFull or Fault.Torn)
            {
                files.FailAt = 0;
                string seen = Text(await documents.GetAsync("k", "a", None));
                Assert.Contains(seen, answered is null ? (string[])["1:one", "2:two"] : ["2:two"]);
                Assert.NotNull(await documents.PutAsync("k", "a", seen[0] - '0', Body("three"), None));
            }
            else
            {
                files.Restart(keepsUnflushed: false);
                FileDocuments after = FileDocuments.Open(files, Folder);
                Assert.Empty(after.Damaged);
                string seen = Text(await after.GetAsync("k", "a", None));
                Assert.Contains(seen, answered is null ? (string[])["1:one", "2:two"] : ["2:two"]);
                Assert.NotNull(await after.PutAsync("k", "a", seen[0] - '0', Body("three"), None));
            }

            if (!failed)
            {
                break;
            }
        }
    }

    [Fact]
    public async Task A_damaged_document_is_put_aside_and_the_others_are_there()
    {
        var files = new FaultyFiles();
        FileDocuments before = FileDocuments.Open(files, Folder);
        await before.PutAsync("k", "a", 0, Body("one"), None);
        await before.PutAsync("k", "b", 0, Body("two"), None);
        string path = files.Paths.First(path => path.EndsWith("~a", StringComparison.Ordinal));
        byte[] whole = files.Bytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;
            await PutAsideAsync(files, path, damaged);
            await PutAsideAsync(files, path, whole[..at]);
        }

        static async Task PutAsideAsync(FaultyFiles files, string path, byte[] content)
        {
            files.SetBytes(path, content);
            FileDocuments after = FileDocuments.Open(files, Folder);
            Assert.Equal(["k~a"], after.Damaged);
            Assert.Equal("-", Text(await after.GetAsync("k", "a", None)));
            Assert.Equal("1:two", Text(await after.GetAsync("k", "b", None)));
            files.Rename(path + ".damaged", path);
        }
    }
}
