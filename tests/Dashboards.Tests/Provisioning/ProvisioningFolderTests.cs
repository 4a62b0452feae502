using Pleiad.TestKit;

namespace Pleiad.Dashboards.Tests;

public sealed class ProvisioningFolderTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> NothingShipped = [];

    private readonly TempDirectory _directory = new();

    private ProvisioningFolder Folder(string? root = null, DashboardLimits? limits = null, Dictionary<string, byte[]>? shipped = null) =>
        new(root ?? _directory.Path, shipped ?? NothingShipped, limits ?? new DashboardLimits(), name => name == "WHERE" ? _directory["elsewhere"] : null, TimeProvider.System);

    private string Write(string name, string content)
    {
        string path = _directory[name];
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    private static string Json(string uid, string title) => $$"""{"uid":"{{uid}}","title":"{{title}}","panels":[]}""";

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Plain_files_are_dashboards_and_directories_are_folders()
    {
        Write("a.json", Json("a", "A"));
        Write("team/deep/b.json", Json("b", "B"));
        Write("notes.txt", "no dashboard");
        Write(".hidden/c.json", Json("c", "C"));
        ProvisionedDashboards found = Folder().Look();
        Assert.Empty(found.Problems);
        Assert.Equal(["a", "b"], found.Dashboards.Keys.Order());
        Assert.Equal(string.Empty, found.Dashboards["a"].Summary.FolderUid);
        DashboardFolder folder = Assert.Single(found.Folders.Values);
        Assert.Equal(("deep", folder.Uid), (folder.Title, found.Dashboards["b"].Summary.FolderUid));
        Assert.True(DashboardUid.IsValid(folder.Uid));
        Assert.False(found.Dashboards["a"].MayBeEdited);
    }

    [Fact]
    public void What_changes_on_disk_changes_at_the_next_look_and_what_is_gone_is_gone()
    {
        string file = Write("a.json", Json("a", "Old"));
        ProvisioningFolder folder = Folder();
        ProvisionedDashboard first = folder.Look().Dashboards["a"];
        Assert.Same(first.Json, folder.Look().Dashboards["a"].Json);
        Write("a.json", Json("a", "Longer than before"));
        ProvisionedDashboard second = folder.Look().Dashboards["a"];
        Assert.Equal("Longer than before", second.Summary.Title);
        Assert.NotEqual(first.Summary.Version, second.Summary.Version);
        Write("a.json", "{broken");
        ProvisionedDashboards broken = folder.Look();
        Assert.Empty(broken.Dashboards);
        Assert.Contains("not JSON", Assert.Single(broken.Problems), StringComparison.Ordinal);
        File.Delete(file);
        Assert.Empty(folder.Look().Problems);
    }

    [Fact]
    public void Grafanas_provisioning_files_say_where_and_how()
    {
        Write("dashboards/all.yaml", $"""
            apiVersion: 1
            providers:
              - name: first
                orgId: 1
                folder: My Folder
                folderUid: my-uid
                type: file
                allowUiUpdates: true
                disableDeletion: true
                updateIntervalSeconds: 3
                options:
                  path: $WHERE
              - name: second
                type: file
                options:
                  path: ../nested
                  foldersFromFilesStructure: true
              - name: third
                type: git
                surprise: 1
            """);
        string kept = Write("elsewhere/a.json", Json("a", "A"));
        Write("nested/team/b.json", Json("b", "B"));
        Write("not-named.json", Json("c", "C"));
        ProvisioningFolder folder = Folder();
        ProvisionedDashboards found = folder.Look();
        Assert.Equal(["a", "b"], found.Dashboards.Keys.Order());
        Assert.Equal(("my-uid", true), (found.Dashboards["a"].Summary.FolderUid, found.Dashboards["a"].MayBeEdited));
        Assert.Equal(["My Folder", "team"], found.Folders.Values.Select(f => f.Title).Order());
        Assert.Equal(TimeSpan.FromSeconds(3), folder.Interval);
        Assert.Contains(found.Problems, problem => problem.EndsWith("only providers of type file are known", StringComparison.Ordinal));
        Assert.Contains(found.Problems, problem => problem.EndsWith("nobody knows the key surprise", StringComparison.Ordinal));
        File.Delete(kept);
        found = folder.Look();
        Assert.Equal(["a", "b"], found.Dashboards.Keys.Order());
        Assert.Equal(["a", "b"], folder.Look().Dashboards.Keys.Order());
        File.Delete(_directory["nested/team/b.json"]);
        Assert.Equal(["a"], folder.Look().Dashboards.Keys);
    }

    [Theory]
    [InlineData("providers: 3", "has no list of providers")]
    [InlineData("- a", "holds no providers")]
    [InlineData("a: [", "yaml")]
    [InlineData("providers: [{name: x, type: file}]", "the provider has no options.path")]
    public void A_provisioning_file_that_is_none_is_a_problem_and_no_more(string yaml, string part)
    {
        Write("x.yml", yaml);
        Assert.Contains(part, Folder().Look().Problems[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_followed_inside_the_folder_and_not_out_of_it()
    {
        using var outside = new TempDirectory();
        File.WriteAllText(outside["secret.json"], Json("s", "Secret"));
        Write("..data/a.json", Json("a", "A"));
        File.CreateSymbolicLink(_directory["a.json"], Path.Combine("..data", "a.json"));
        File.CreateSymbolicLink(_directory["s.json"], outside["secret.json"]);
        Directory.CreateSymbolicLink(_directory["up"], outside.Path);
        ProvisionedDashboards found = Folder().Look();
        Assert.Equal(["a"], found.Dashboards.Keys);
        Assert.Contains("is not followed", Assert.Single(found.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_uid_belongs_to_one_file_and_a_file_too_large_is_passed_over()
    {
        Write("a.json", Json("same", "First"));
        Write("b.json", Json("same", "Second"));
        Write("c.json", Json("large", new string('x', 500)));
        Write("d.json", """{"title":"no uid","panels":[]}""");
        ProvisionedDashboards found = Folder(limits: new DashboardLimits { BytesMax = 400 }).Look();
        Assert.Equal("First", found.Dashboards["same"].Summary.Title);
        Assert.Equal(2, found.Dashboards.Count);
        Assert.All(found.Dashboards.Keys, uid => Assert.True(DashboardUid.IsValid(uid)));
        Assert.Equal(2, found.Problems.Count);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem_and_comes_back()
    {
        ProvisioningFolder folder = Folder(_directory["later"]);
        Assert.NotEmpty(folder.Look().Problems);
        Write("later/a.json", Json("a", "A"));
        Assert.Equal(["a"], folder.Look().Dashboards.Keys);
    }

    [Fact]
    public void What_the_program_brings_gives_way_to_a_file_of_the_same_uid()
    {
        var shipped = new Dictionary<string, byte[]> { ["own.json"] = System.Text.Encoding.UTF8.GetBytes(Json("own", "Shipped")) };
        Assert.Equal("Shipped", Folder(string.Empty, shipped: shipped).Look().Dashboards["own"].Summary.Title);
        Write("mine.json", Json("own", "Mine"));
        ProvisionedDashboards found = Folder(shipped: shipped).Look();
        Assert.Equal("Mine", found.Dashboards["own"].Summary.Title);
        Assert.Empty(found.Problems);
    }
}
