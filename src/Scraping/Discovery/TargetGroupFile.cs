using System.Globalization;
using System.Text;
using System.Text.Json;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>Lists of target groups as file_sd and http_sd have them: <c>[{targets: […], labels: {…}}]</c>, in YAML or JSON, unknown keys refused.</summary>
internal static class TargetGroupFile
{
    /// <summary>Bytes such a list may have in a file.</summary>
    public const int FileBytesMax = 4 * 1024 * 1024;

    private const string NullGroup = "nil target group item found";

    /// <summary>Reads a file of which the ending tells the format.</summary>
    /// <param name="path">The file; its groups get the label <c>__meta_filepath</c>.</param>
    /// <exception cref="ConfigException">Not well-formed, or too large.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyList<TargetGroup> Read(string path)
    {
        string ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".json" or ".yml" or ".yaml"))
        {
            throw new ConfigException(path, 0, string.Empty, "invalid file extension for file_sd (only .json, .yml, .yaml)");
        }

        byte[] bytes = ReadBytes(path);
        return ending == ".json"
            ? ParseJson(bytes, path, "__meta_filepath")
            : ParseYaml(Encoding.UTF8.GetString(bytes), path, "__meta_filepath");
    }

    /// <summary>Groups out of YAML; their sources are <c>name:index</c>.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="name">Where it comes from: a path or URL.</param>
    /// <param name="nameLabel">The label that holds the name.</param>
    /// <exception cref="ConfigException">Not well-formed.</exception>
    public static IReadOnlyList<TargetGroup> ParseYaml(string text, string name, string nameLabel)
    {
        YamlNode? root = ConfigYaml.Read(text, name, out _);
        if (root is null || root.IsNull)
        {
            return [];
        }

        var binder = new ConfigBinder(name, string.Empty, new ConfigReport());
        object? read = ValueKind.Sections(DiscoveryShapes.TargetGroup, NullGroup).Read(root, string.Empty, binder);
        binder.ThrowOnMisfits();
        var groups = new List<TargetGroup>();
        foreach (ConfigSection? section in (IReadOnlyList<object?>)read!)
        {
            groups.Add(GroupOf(name, nameLabel, groups.Count, section!.Texts("targets"), section.TextsByName("labels")));
        }

        return Counted(groups, name);
    }

    /// <summary>Groups out of JSON; their sources are <c>name:index</c>.</summary>
    /// <inheritdoc cref="ParseYaml"/>
    public static IReadOnlyList<TargetGroup> ParseJson(ReadOnlyMemory<byte> text, string name, string nameLabel)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = YamlReader.DepthMax, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Null)
            {
                return [];
            }

            Require(document.RootElement, JsonValueKind.Array, name, string.Empty);
            var groups = new List<TargetGroup>();
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                groups.Add(GroupOf(item, name, nameLabel, groups.Count));
            }

            return Counted(groups, name);
        }
        catch (JsonException e)
        {
            throw new ConfigException(name, (int)Math.Min((e.LineNumber ?? -1) + 1, int.MaxValue), string.Empty, "not valid JSON");
        }
        catch (InvalidOperationException)
        {
            // What JsonElement.GetString says of half a surrogate pair and of bytes that are not UTF-8.
            throw new ConfigException(name, 0, string.Empty, "a text is not valid Unicode");
        }
    }

    private static TargetGroup GroupOf(JsonElement item, string name, string nameLabel, int index)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"[{index}]");
        if (item.ValueKind == JsonValueKind.Null)
        {
            throw new ConfigException(name, 0, key, NullGroup);
        }

        Require(item, JsonValueKind.Object, name, key);
        var targets = new List<string>();
        var labels = new List<KeyValuePair<string, string>>();
        foreach (JsonProperty property in item.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            switch (property.Name)
            {
                case "targets":
                    Require(property.Value, JsonValueKind.Array, name, $"{key}.targets");
                    foreach (JsonElement target in property.Value.EnumerateArray())
                    {
                        Require(target, JsonValueKind.String, name, $"{key}.targets");
                        targets.Add(target.GetString()!);
                    }

                    break;
                case "labels":
                    Require(property.Value, JsonValueKind.Object, name, $"{key}.labels");
                    foreach (JsonProperty label in property.Value.EnumerateObject())
                    {
                        Require(label.Value, JsonValueKind.String, name, $"{key}.labels");
                        labels.Add(KeyValuePair.Create(label.Name, label.Value.GetString()!));
                    }

                    break;
                default:
                    throw new ConfigException(name, 0, key, $"json: unknown field {GoText.Quote(property.Name)}");
            }
        }

        foreach ((string label, string _) in labels)
        {
            if (!LabelName.IsValid(label))
            {
                throw new ConfigException(name, 0, $"{key}.labels", $"{GoText.Quote(label)} is not a valid label name");
            }
        }

        return GroupOf(name, nameLabel, index, targets, labels);
    }

    /// <summary>The file or URL that a group was read from.</summary>
    public static string FileOf(TargetGroup group) => group.Source[..group.Source.LastIndexOf(':')];

    private static TargetGroup GroupOf(
        string name, string nameLabel, int index, IReadOnlyList<string> targets, IEnumerable<KeyValuePair<string, string>> labels)
    {
        var all = new LabelsBuilder(DiscoveryConfigs.LabelsOf(labels)).Set(nameLabel, name);
        return TargetGroup.Of(string.Create(CultureInfo.InvariantCulture, $"{name}:{index}"), targets, all.ToLabels());
    }

    private static List<TargetGroup> Counted(List<TargetGroup> groups, string name) =>
        groups.Sum(group => group.Targets.Count) <= TargetGroup.TargetsMax
            ? groups
            : throw new ConfigException(name, 0, string.Empty, $"more than {TargetGroup.TargetsMax} targets");

    private static void Require(JsonElement element, JsonValueKind kind, string name, string key)
    {
        if (element.ValueKind != kind)
        {
            throw new ConfigException(
                name,
                0,
                key,
                $"json: cannot unmarshal {element.ValueKind.ToString().ToLowerInvariant()} where {kind.ToString().ToLowerInvariant()} is expected");
        }
    }

    private static byte[] ReadBytes(string path)
    {
        using FileStream file = File.OpenRead(path);
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[16 * 1024];
        int read;
        while ((read = file.Read(buffer)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > FileBytesMax)
            {
                throw new ConfigException(path, 0, string.Empty, $"the file is larger than {FileBytesMax} bytes");
            }
        }

        return bytes.ToArray();
    }
}
