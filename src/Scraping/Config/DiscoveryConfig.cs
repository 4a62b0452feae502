using System.Security.Cryptography;
using System.Text;
using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>One way in which a job finds its targets.</summary>
/// <param name="Key">The key in prometheus.yml, <c>file_sd_configs</c>.</param>
public abstract record DiscoveryConfig(string Key)
{
    /// <summary>
    /// SHA-256 of the section it was read from, in hex, without its secrets: what was found by one is not what another would find. Empty where nobody else
    /// is told what it finds.
    /// </summary>
    public string Fingerprint { get; init; } = string.Empty;
}

/// <summary>Targets in the configuration itself.</summary>
public sealed record StaticDiscoveryConfig(IReadOnlyList<TargetGroup> Groups) : DiscoveryConfig(DiscoveryShapes.Static);

/// <summary>Targets in files.</summary>
/// <param name="Patterns">Paths of JSON or YAML files; the last element may hold a <c>*</c>.</param>
/// <param name="RefreshInterval">How often they are read even where nothing seems to have changed.</param>
public sealed record FileDiscoveryConfig(IReadOnlyList<string> Patterns, TimeSpan RefreshInterval) : DiscoveryConfig(DiscoveryShapes.Files);

/// <summary>Targets from a web server, as JSON.</summary>
public sealed record HttpDiscoveryConfig(string Url, TimeSpan RefreshInterval, HttpClientConfig Http) : DiscoveryConfig(DiscoveryShapes.Http)
{
    /// <summary>The URL, its password hidden.</summary>
    public override string ToString() => UrlText.Redact(Url);
}

/// <summary>Targets from DNS.</summary>
/// <param name="Names">Names to be asked for.</param>
/// <param name="Type">SRV, A, AAAA, MX or NS.</param>
/// <param name="Port">The port of targets; 0 for SRV, whose records tell it.</param>
/// <param name="RefreshInterval">How often they are asked for.</param>
public sealed record DnsDiscoveryConfig(IReadOnlyList<string> Names, string Type, int Port, TimeSpan RefreshInterval) : DiscoveryConfig(DiscoveryShapes.Dns);

/// <summary>A kind of discovery that cannot be run yet: read and checked, and its targets are missing from the job.</summary>
/// <param name="Key">The key in prometheus.yml, <c>kubernetes_sd_configs</c>.</param>
/// <param name="Count">How many there are of it.</param>
public sealed record UnavailableDiscoveryConfig(string Key, int Count) : DiscoveryConfig(Key);

internal static class DiscoveryConfigs
{
    public static IReadOnlyList<DiscoveryConfig> From(ConfigSection section)
    {
        var found = new List<DiscoveryConfig>();
        foreach (ConfigField field in DiscoveryShapes.Fields())
        {
            IReadOnlyList<ConfigSection> configs = section.Sections(field.Key);
            if (configs.Count == 0)
            {
                continue;
            }

            switch (field.Key)
            {
                case DiscoveryShapes.Static:
                    found.Add(new StaticDiscoveryConfig([.. configs.Select((group, i) => GroupOf(group, i))]));
                    break;
                case DiscoveryShapes.Files:
                    found.AddRange(configs.Select(one => new FileDiscoveryConfig(one.Texts("files"), one.Duration("refresh_interval"))));
                    break;
                case DiscoveryShapes.Http:
                    found.AddRange(configs.Select(one =>
                        new HttpDiscoveryConfig(one.Text("url"), one.Duration("refresh_interval"), HttpClientConfig.From(one))
                        {
                            Fingerprint = FingerprintOf(one),
                        }));
                    break;
                case DiscoveryShapes.Dns:
                    found.AddRange(configs.Select(one => new DnsDiscoveryConfig(
                        one.Texts("names"), one.Text("type").ToUpperInvariant(), (int)one.Number("port"), one.Duration("refresh_interval"))
                    {
                        Fingerprint = FingerprintOf(one),
                    }));
                    break;
                default:
                    found.Add(new UnavailableDiscoveryConfig(field.Key, configs.Count));
                    break;
            }
        }

        return found;
    }

    private static string FingerprintOf(ConfigSection section) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(YamlWriter.Write(new SectionKind(section.Shape).Plain(section)))));

    private static TargetGroup GroupOf(ConfigSection group, int index) => TargetGroup.Of(
        index.ToString(System.Globalization.CultureInfo.InvariantCulture), group.Texts("targets"), LabelsOf(group.TextsByName("labels")));

    internal static Labels LabelsOf(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var labels = new LabelsBuilder();
        foreach ((string name, string value) in pairs)
        {
            labels.Set(name, value);
        }

        return labels.ToLabels();
    }
}
