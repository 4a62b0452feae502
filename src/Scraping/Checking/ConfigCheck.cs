using System.Globalization;

namespace Pleiad.Scraping;

/// <summary>What a look at the files and targets that a configuration names has found.</summary>
/// <param name="Error">The first thing that is wrong, in promtool's words; null where nothing is.</param>
/// <param name="Warnings">What is only suspicious.</param>
/// <param name="RuleFiles">The rule files there are.</param>
public sealed record ConfigCheckResult(string? Error, IReadOnlyList<string> Warnings, IReadOnlyList<string> RuleFiles);

/// <summary>Looks at what a configuration names before a node is started with it. What loading it refuses is not looked at again.</summary>
public static class ConfigCheck
{
    /// <summary>Looks at the configuration alone, targets that stand in it included: no file is opened.</summary>
    public static ConfigCheckResult Syntax(PrometheusConfig config) => new(Problem(config, followFiles: false, []), [], []);

    /// <summary>Looks for rule files, secrets and certificates too, and reads the files of discovery.</summary>
    public static ConfigCheckResult Files(PrometheusConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var warnings = new List<string>();
        string? error = First(config.RuleFiles.Select(RuleFileProblem)) ?? Problem(config, followFiles: true, warnings);
        return new ConfigCheckResult(error, warnings, config.ExpandRuleFiles());
    }

    private static string? Problem(PrometheusConfig config, bool followFiles, List<string> warnings) =>
        First(config.ScrapeConfigs.Select(scrape => ScrapeProblem(scrape, followFiles, warnings)))
        ?? First(TlsOfKubernetes(config).Select(tls => TlsProblem(tls, followFiles)))
        ?? First(config.Alerting.Alertmanagers.Select(receiver => ReceiverProblem(receiver, followFiles, warnings)));

    private static string? First(IEnumerable<string?> problems) => problems.FirstOrDefault(problem => problem is not null);

    private static string? RuleFileProblem(string pattern) =>
        pattern.Contains('*', StringComparison.Ordinal) || PathGlob.Expand(pattern).Count > 0
            ? null
            : $"{GoText.Quote(pattern)} does not point to an existing file";

    private static string? ScrapeProblem(ScrapeConfig scrape, bool followFiles, List<string> warnings)
    {
        if (followFiles && scrape.Http.Authorization is { CredentialsFile: var file } && StatProblem(file) is { } missing)
        {
            return $"error checking authorization credentials or bearer token file {GoText.Quote(file)}: {missing}";
        }

        var builder = new TargetBuilder(scrape);
        return TlsProblem(scrape.Http.Tls, followFiles) ?? First(scrape.Discoveries.Select(discovery => DiscoveryProblem(
            discovery,
            followFiles,
            $"file_sd in scrape job {GoText.Quote(scrape.JobName)}",
            group => First(group.Targets.Select((target, i) => builder.Build(target, group.Labels).Problem is { } problem
                ? string.Create(CultureInfo.InvariantCulture, $"instance {i} in group {group.Source}: {problem}")
                : null)),
            warnings)));
    }

    private static string? ReceiverProblem(AlertmanagerConfig receiver, bool followFiles, List<string> warnings)
    {
        var builder = new ReceiverAddress(receiver);
        return First(receiver.Discoveries.Select(discovery => DiscoveryProblem(
            discovery,
            followFiles,
            "file_sd in alertmanager config",
            group => First(group.Targets.Select(target => builder.Problem(target, group.Labels))),
            warnings)));
    }

    private static string? DiscoveryProblem(
        DiscoveryConfig discovery, bool followFiles, string where, Func<TargetGroup, string?> problemOf, List<string> warnings)
    {
        switch (discovery)
        {
            case StaticDiscoveryConfig found:
                return First(found.Groups.Select(problemOf));
            case FileDiscoveryConfig files when followFiles:
                foreach (string pattern in files.Patterns)
                {
                    IReadOnlyList<string> paths = PathGlob.Expand(pattern);
                    if (paths.Count == 0)
                    {
                        warnings.Add($"file {GoText.Quote(pattern)} for {where} does not exist");
                    }

                    foreach (string path in paths)
                    {
                        if (FileProblem(pattern, path, problemOf) is { } problem)
                        {
                            return problem;
                        }
                    }
                }

                return null;
            default:
                return null;
        }
    }

    private static string? FileProblem(string pattern, string path, Func<TargetGroup, string?> problemOf)
    {
        try
        {
            return First(TargetGroupFile.Read(path).Select(problemOf));
        }
        catch (Exception e) when (e is ConfigException or IOException or UnauthorizedAccessException)
        {
            return $"checking SD file {GoText.Quote(pattern)}: {e.Message}";
        }
    }

    // Kubernetes cannot be asked, but its section is checked as promtool checks it.
    private static IEnumerable<TlsConfig> TlsOfKubernetes(PrometheusConfig config) => config.Root.Sections("scrape_configs")
        .SelectMany(scrape => scrape.Sections(DiscoveryShapes.Kubernetes))
        .Select(discovery => HttpClientConfig.From(discovery).Tls);

    private static string? TlsProblem(TlsConfig tls, bool followFiles) => TlsPairProblem(tls) ?? (followFiles ? TlsFileProblem(tls) : null);

    private static string? TlsPairProblem(TlsConfig tls) =>
        tls.CertFile.Length > 0 && tls.KeyFile.Length == 0 && tls.Key.IsEmpty
            ? $"client cert file {GoText.Quote(tls.CertFile)} specified without client key file"
        : tls.KeyFile.Length > 0 && tls.CertFile.Length == 0 && tls.Cert.Length == 0
            ? $"client key file {GoText.Quote(tls.KeyFile)} specified without client cert file"
        : null;

    private static string? TlsFileProblem(TlsConfig tls) =>
        StatProblem(tls.CertFile) is { } cert ? $"error checking client cert file {GoText.Quote(tls.CertFile)}: {cert}"
        : StatProblem(tls.KeyFile) is { } key ? $"error checking client key file {GoText.Quote(tls.KeyFile)}: {key}"
        : null;

    private static string? StatProblem(string path) =>
        path.Length == 0 || Path.Exists(path) ? null : $"stat {path}: no such file or directory";
}
