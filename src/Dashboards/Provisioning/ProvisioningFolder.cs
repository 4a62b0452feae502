using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Pleiad.Dashboards;

/// <summary>
/// Dashboards as files. A folder holds Grafana's provisioning files (YAML) or dashboards (JSON), or both; a file that did not change
/// since the last look is not read again. Not for several threads at once.
/// </summary>
/// <param name="root">The folder; empty for none.</param>
/// <param name="shipped">Dashboards that the program itself brings, by file name.</param>
/// <param name="limits">What one of them may be.</param>
/// <param name="environment">Variables that provisioning files may name.</param>
/// <param name="time">The clock of "updated" where a file has none.</param>
public sealed class ProvisioningFolder(
    string root, IReadOnlyDictionary<string, byte[]> shipped, DashboardLimits limits, Func<string, string?> environment, TimeProvider time)
{
    /// <summary>The folder of what the program brings itself.</summary>
    public const string ShippedFolder = "Pleiad";

    /// <summary>How often to look where no provider says.</summary>
    public static readonly TimeSpan IntervalDefault = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time between two looks, whatever a provider says.</summary>
    public static readonly TimeSpan IntervalMin = TimeSpan.FromSeconds(1);

    /// <summary>Files looked at, all providers together.</summary>
    public const int FilesMax = 20_000;

    private const int DepthMax = 16;
    private const int YamlBytesMax = 4 * 1024 * 1024;

    private static readonly string[] YamlEndings = [".yaml", ".yml"];

    private Dictionary<string, SeenFile> _seen = new(StringComparer.Ordinal);
    private ProvisionedDashboards _last = ProvisionedDashboards.None;
    private HashSet<string> _staying = new(StringComparer.Ordinal);

    private sealed record SeenFile(DateTime Changed, long Length, string Hash, ImportedDashboard? Imported, string? Problem);

    private sealed record Found(ProvisionedDashboard Dashboard, DashboardFolder? Folder, bool StaysWithoutFile);

    /// <summary>When to look again.</summary>
    public TimeSpan Interval { get; private set; } = IntervalDefault;

    /// <summary>Looks at the files.</summary>
    /// <returns>What they bring. What cannot be read or is no dashboard is a problem of it, and the others are there all the same.</returns>
    public ProvisionedDashboards Look()
    {
        var problems = new List<string>();
        var found = new Dictionary<string, Found>(StringComparer.Ordinal);
        var seen = new Dictionary<string, SeenFile>(StringComparer.Ordinal);
        IReadOnlyList<DashboardProvider> providers = Providers(problems);
        foreach (DashboardProvider provider in providers)
        {
            Read(provider, found, seen, problems);
        }

        ReadShipped(found, seen, problems);
        _seen = seen;
        Interval = providers.Select(provider => provider.Interval ?? IntervalDefault).DefaultIfEmpty(IntervalDefault).Min() is var least && least < IntervalMin ? IntervalMin : least;
        KeepDeleted(found, providers);
        return _last = new ProvisionedDashboards(
            found.ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Dashboard),
            found.Values.Select(entry => entry.Folder).OfType<DashboardFolder>().DistinctBy(folder => folder.Uid).ToImmutableDictionary(folder => folder.Uid),
            problems);
    }

    private IReadOnlyList<DashboardProvider> Providers(List<string> problems)
    {
        if (root.Length == 0)
        {
            return [];
        }

        var providers = new List<DashboardProvider>();
        // Grafana's own provisioning folder keeps those of dashboards in a folder "dashboards".
        string nested = Path.Combine(root, "dashboards");
        string[] folders = Directory.Exists(nested) ? [root, nested] : [root];
        try
        {
            foreach (string file in folders.SelectMany(Directory.EnumerateFiles).Where(file => YamlEndings.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal))
            {
                if (new FileInfo(file).Length > YamlBytesMax)
                {
                    problems.Add($"{file}: larger than {YamlBytesMax} bytes");
                    continue;
                }

                providers.AddRange(DashboardProvider.Read(File.ReadAllText(file), file, environment, problems));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{root}: {e.Message}");
        }

        // Plain dashboards need no provisioning file.
        return providers.Count > 0
            ? providers
            : [new DashboardProvider("files", Path.GetFullPath(root), string.Empty, string.Empty, FoldersFromFiles: true, MayBeEdited: false, KeepsDeleted: false, null)];
    }

    private void Read(DashboardProvider provider, Dictionary<string, Found> found, Dictionary<string, SeenFile> seen, List<string> problems)
    {
        IReadOnlyList<string> files = [];
        try
        {
            files = Files(provider.Path, problems);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{provider.Path}: {e.Message}");
        }

        foreach (string file in files)
        {
            SeenFile look = Look(file);
            seen[file] = look;
            string below = Path.GetRelativePath(provider.Path, file);
            if (look.Imported is null)
            {
                problems.Add($"{file}: {look.Problem}");
                continue;
            }

            string title = provider.FoldersFromFiles && Path.GetDirectoryName(below) is { Length: > 0 } directory
                ? Path.GetFileName(directory)
                : provider.FolderTitle;
            string uid = provider.FolderUid.Length > 0 && title == provider.FolderTitle ? provider.FolderUid : string.Empty;
            Add(look, below, title, uid, provider.MayBeEdited, provider.KeepsDeleted, look.Changed, found, problems);
        }
    }

    private void ReadShipped(Dictionary<string, Found> found, Dictionary<string, SeenFile> seen, List<string> problems)
    {
        foreach ((string name, byte[] content) in shipped)
        {
            string key = "shipped:" + name;
            SeenFile look = _seen.GetValueOrDefault(key) ?? Import(content, time.GetUtcNow().UtcDateTime);
            seen[key] = look;
            if (look.Imported is null)
            {
                problems.Add($"{name}: {look.Problem}");
            }
            else if (look.Imported.Dashboard.Word("uid") is not { } uid || !found.ContainsKey(uid))
            {
                // A file of the user's with the same uid takes its place.
                Add(look, name, ShippedFolder, string.Empty, mayBeEdited: false, keepsDeleted: false, look.Changed, found, problems);
            }
        }
    }

    private static void Add(
        SeenFile look, string path, string folderTitle, string folderUid, bool mayBeEdited, bool keepsDeleted, DateTime changed,
        Dictionary<string, Found> found, List<string> problems)
    {
        System.Text.Json.Nodes.JsonObject json = look.Imported!.Dashboard;
        string uid = json.Word("uid") ?? DashboardUid.Derived("file-", path);
        if (!DashboardUid.IsValid(uid))
        {
            problems.Add($"{path}: its uid is none");
            return;
        }

        var updated = new DateTimeOffset(DateTime.SpecifyKind(changed, DateTimeKind.Utc));
        DashboardFolder? folder = folderTitle.Length == 0
            ? null
            : new DashboardFolder(folderUid.Length > 0 ? folderUid : DashboardUid.Derived("folder-", folderTitle), folderTitle, Version: 0, updated, updated);
        // Bit 30 keeps it apart from the versions of documents, which count from one.
        long version = (Convert.ToInt64(look.Hash[..8], 16) & 0x3FFF_FFFF) | 0x4000_0000;
        DashboardSummary summary = DashboardIndex.Summarise(uid, json, folder?.Uid ?? string.Empty, version, isProvisioned: true, updated);
        if (!found.TryAdd(uid, new Found(new ProvisionedDashboard(summary, json, path, look.Hash, mayBeEdited), folder, keepsDeleted)))
        {
            problems.Add($"{path}: the uid {uid} belongs to {found[uid].Dashboard.Path} already");
        }
    }

    private void KeepDeleted(Dictionary<string, Found> found, IReadOnlyList<DashboardProvider> providers)
    {
        if (!providers.Any(provider => provider.KeepsDeleted))
        {
            return;
        }

        foreach ((string uid, ProvisionedDashboard gone) in _last.Dashboards)
        {
            if (!found.ContainsKey(uid) && _staying.Contains(uid))
            {
                found.Add(uid, new Found(gone, _last.Folders.GetValueOrDefault(gone.Summary.FolderUid), StaysWithoutFile: true));
            }
        }

        _staying = [.. found.Where(entry => entry.Value.StaysWithoutFile).Select(entry => entry.Key)];
    }

    private SeenFile Look(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (_seen.TryGetValue(file, out SeenFile? before) && before.Changed == info.LastWriteTimeUtc && before.Length == info.Length)
            {
                return before;
            }

            if (info.Length > limits.BytesMax)
            {
                return new SeenFile(info.LastWriteTimeUtc, info.Length, string.Empty, null, $"larger than {limits.BytesMax} bytes");
            }

            DateTime changed = info.LastWriteTimeUtc;
            byte[] content = File.ReadAllBytes(file);
            return Import(content, changed) with { Length = info.Length };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SeenFile(default, -1, string.Empty, null, e.Message);
        }
    }

    private SeenFile Import(byte[] content, DateTime changed)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
        try
        {
            return new SeenFile(changed, content.Length, hash, DashboardImport.Read(content, limits), null);
        }
        catch (DashboardException wrong)
        {
            DashboardMetrics.Refused(wrong.Fault);
            return new SeenFile(changed, content.Length, hash, null, wrong.Message);
        }
    }

    // Links to outside of the folder are not followed, links inside are: a mounted ConfigMap is made of them. What begins with a dot is hidden.
    private static List<string> Files(string folder, List<string> problems)
    {
        var files = new List<string>();
        var left = new Stack<(string Folder, int Depth)>();
        left.Push((folder, 0));
        while (left.TryPop(out (string Folder, int Depth) at))
        {
            foreach (FileSystemInfo entry in new DirectoryInfo(at.Folder).EnumerateFileSystemInfos())
            {
                if (entry.Name.StartsWith('.'))
                {
                    continue;
                }

                if (entry is DirectoryInfo)
                {
                    if (entry.LinkTarget is null && at.Depth < DepthMax)
                    {
                        left.Push((entry.FullName, at.Depth + 1));
                    }

                    continue;
                }

                if (!entry.Name.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                if (entry.LinkTarget is not null && entry.ResolveLinkTarget(returnFinalTarget: true) is var target
                    && target?.FullName.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal) != true)
                {
                    problems.Add($"{entry.FullName}: a link to outside of {folder} is not followed");
                    continue;
                }

                if (files.Count >= FilesMax)
                {
                    problems.Add($"{folder}: more than {FilesMax} files; the rest is passed over");
                    return Sorted(files);
                }

                files.Add(entry.FullName);
            }
        }

        return Sorted(files);
    }

    private static List<string> Sorted(List<string> files)
    {
        files.Sort(StringComparer.Ordinal);
        return files;
    }
}
