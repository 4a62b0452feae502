using Pleiad.Model;

namespace Pleiad.Scraping;

/// <summary>The kinds of service discovery that are run here, and the table of all kinds there are.</summary>
/// <remarks>Keys, defaults and checks as documented for Prometheus 3, "Configuration".</remarks>
internal static class DiscoveryShapes
{
    public const string Static = "static_configs";
    public const string Files = "file_sd_configs";
    public const string Http = "http_sd_configs";
    public const string Dns = "dns_sd_configs";
    public const string Kubernetes = "kubernetes_sd_configs";

    public static readonly ConfigShape TargetGroup = new(
        "struct { Targets []string; Labels model.LabelSet }",
        [
            new("targets", ValueKind.Texts),
            new("labels", ValueKind.TextMap),
        ],
        CheckTargetGroup);

    private static readonly ConfigShape FileDiscovery = new(
        "file.plain",
        [
            new("files", ValueKind.CheckedFiles(file =>
                PathGlob.IsFileDiscoveryPattern(file) ? null : $"path name {GoText.Quote(file)} is not valid for file discovery")),
            Refresh(minutes: 5),
        ],
        CheckFiles);

    private static readonly ConfigShape HttpDiscovery = new(
        "http.plain",
        [.. HttpShapes.Fields(), Refresh(), new("url", ValueKind.Url) { Always = true }],
        section =>
        {
            HttpShapes.Check(section);
            RequireHttpUrl(section, "url");
        });

    private static readonly ConfigShape DnsDiscovery = new(
        "dns.plain",
        [
            new("names", ValueKind.Texts),
            Refresh(seconds: 30),
            new("type", ValueKind.Text) { Default = "SRV", Always = true },
            new("port", ValueKind.Int),
        ],
        CheckDns);

    /// <summary>One key per kind of discovery, in order of names as Prometheus prints them.</summary>
    public static ConfigField[] Fields()
    {
        ConfigField[] fields =
        [
            .. CloudDiscoveryShapes.Fields,
            .. PlatformDiscoveryShapes.Fields,
            Of(Dns, DnsDiscovery, runs: true),
            Of(Files, FileDiscovery, runs: true),
            Of(Http, HttpDiscovery, runs: true),
            Of(Static, TargetGroup, runs: true),
        ];
        return [.. fields.OrderBy(field => field.Key, StringComparer.Ordinal)];
    }

    internal static ConfigField Of(string key, ConfigShape shape, bool runs = false) => new(key, ValueKind.Sections(shape, $"empty or null section in {key}"))
    {
        Caveat = runs ? null : (KeyUse.Unavailable, $"{key[..^"_configs".Length]} cannot be run yet; its targets are missing from the job"),
    };

    internal static ConfigField Refresh(int minutes = 1, int seconds = 0) =>
        new("refresh_interval", ValueKind.Duration) { Default = seconds > 0 ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromMinutes(minutes) };

    internal static void RequireHttpUrl(ConfigSection section, string key)
    {
        string url = section.Text(key);
        if (url.Length == 0)
        {
            throw section.Fail("URL is missing", key);
        }

        if (UrlText.HttpProblem(url) is { } problem)
        {
            throw section.Fail(problem, key);
        }
    }

    /// <summary>Refuses addresses that are URLs, which a user without relabelling never means.</summary>
    internal static void CheckStaticTargets(ConfigSection section)
    {
        if (section.List("relabel_configs").Count > 0)
        {
            return;
        }

        foreach (ConfigSection group in section.Sections(Static))
        {
            foreach (string target in group.Texts("targets"))
            {
                if (target.Contains('/', StringComparison.Ordinal))
                {
                    throw group.Fail($"{GoText.Quote(target)} is not a valid hostname", "targets");
                }
            }
        }
    }

    internal static void CheckTargetGroup(ConfigSection group)
    {
        foreach ((string name, string value) in group.TextsByName("labels"))
        {
            if (!LabelName.IsValid(name))
            {
                throw group.Fail($"{GoText.Quote(name)} is not a valid label name", "labels");
            }

            if (!GoText.IsValid(value))
            {
                throw group.Fail($"{GoText.Quote(value)} is not a valid label value", "labels");
            }
        }
    }

    private static void CheckFiles(ConfigSection section)
    {
        if (section.IsZero("files"))
        {
            throw section.Fail("file service discovery config must contain at least one path name", "files");
        }
    }

    private static void CheckDns(ConfigSection section)
    {
        if (section.IsZero("names"))
        {
            throw section.Fail("DNS-SD config must contain at least one SRV record name", "names");
        }

        switch (section.Text("type").ToUpperInvariant())
        {
            case "SRV":
                break;
            case "A" or "AAAA" or "MX" or "NS":
                if (section.IsZero("port"))
                {
                    throw section.Fail("a port is required in DNS-SD configs for all record types except SRV", "port");
                }

                break;
            default:
                throw section.Fail($"invalid DNS-SD records type {section.Text("type")}", "type");
        }
    }
}
