using Pleiad.Yaml;

namespace Pleiad.Dashboards;

/// <summary>A folder of dashboards on disk, as Grafana's provisioning files describe one.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Path">Where the files lie.</param>
/// <param name="FolderTitle">The folder they appear in; empty for none.</param>
/// <param name="FolderUid">Its uid; empty for one made of the title.</param>
/// <param name="FoldersFromFiles">Whether each directory below is a folder.</param>
/// <param name="MayBeEdited">Whether they can be saved in the interface.</param>
/// <param name="KeepsDeleted">Whether a dashboard stays when its file goes.</param>
/// <param name="Interval">How often to look for changes; null where it is not said.</param>
public sealed record DashboardProvider(
    string Name, string Path, string FolderTitle, string FolderUid, bool FoldersFromFiles, bool MayBeEdited, bool KeepsDeleted, TimeSpan? Interval)
{
    private static readonly string[] Known =
        ["name", "orgId", "org_id", "folder", "folderUid", "type", "disableDeletion", "editable", "updateIntervalSeconds", "allowUiUpdates", "options"];

    /// <summary>Reads a provisioning file.</summary>
    /// <param name="yaml">Its text.</param>
    /// <param name="file">For messages; relative paths in it are relative to its directory.</param>
    /// <param name="environment">What <c>$NAME</c> and <c>${NAME}</c> stand for; null where there is no such variable.</param>
    /// <param name="problems">What is passed over, and why.</param>
    public static IReadOnlyList<DashboardProvider> Read(string yaml, string file, Func<string, string?> environment, List<string> problems)
    {
        YamlMapping root;
        try
        {
            if (YamlReader.Read(yaml, out _) is not YamlMapping mapping)
            {
                problems.Add($"{file}: holds no providers");
                return [];
            }

            root = mapping;
        }
        catch (YamlSyntaxException wrong)
        {
            problems.Add($"{file}: {wrong.Message}");
            return [];
        }

        // Before apiVersion there was a bare list of providers under "dashboards".
        if ((Member(root, "providers") ?? Member(root, "dashboards")) is not YamlSequence list)
        {
            problems.Add($"{file}: has no list of providers");
            return [];
        }

        var providers = new List<DashboardProvider>();
        foreach (YamlMapping entry in list.Items.OfType<YamlMapping>())
        {
            problems.AddRange(entry.Entries.Where(member => !Known.Contains(member.Key.Text))
                .Select(member => $"{file}:{member.Key.Line}: nobody knows the key {member.Key.Text}"));
            if (Text(entry, "type", environment) is not ("" or "file"))
            {
                problems.Add($"{file}:{entry.Line}: only providers of type file are known");
                continue;
            }

            var options = Member(entry, "options") as YamlMapping;
            string path = options is null ? string.Empty : Text(options, "path", environment) is { Length: > 0 } named ? named : Text(options, "folder", environment);
            if (path.Length == 0)
            {
                problems.Add($"{file}:{entry.Line}: the provider has no options.path");
                continue;
            }

            double? seconds = double.TryParse(
                Text(entry, "updateIntervalSeconds", environment), System.Globalization.CultureInfo.InvariantCulture, out double said) && said is > 0 and < 86_400 ? said : null;
            providers.Add(new DashboardProvider(
                Text(entry, "name", environment) is { Length: > 0 } name ? name : "default",
                System.IO.Path.GetFullPath(path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(file))!),
                Text(entry, "folder", environment),
                Text(entry, "folderUid", environment),
                options is not null && IsOn(options, "foldersFromFilesStructure", environment),
                IsOn(entry, "allowUiUpdates", environment),
                IsOn(entry, "disableDeletion", environment),
                seconds is { } interval ? TimeSpan.FromSeconds(interval) : null));
        }

        return providers;
    }

    private static YamlNode? Member(YamlMapping of, string name) => of.Entries.FirstOrDefault(member => member.Key.Text == name).Value;

    private static bool IsOn(YamlMapping of, string name, Func<string, string?> environment) =>
        YamlScalars.TryBool(Text(of, name, environment), out bool on) && on;

    private static string Text(YamlMapping of, string name, Func<string, string?> environment) =>
        Member(of, name) is YamlScalar { IsNull: false } scalar ? QueryTemplate.Fill(scalar.Text, (variable, _, _) => environment(variable) ?? string.Empty) : string.Empty;
}
