namespace Pleiad.Scraping;

/// <summary>What a discovery knows now. Each update replaces the one before.</summary>
/// <param name="Groups">All its groups; after a failure the last good ones.</param>
/// <param name="Problems">What went wrong on the last look, for the user to read; empty when all is well. Never holds a secret.</param>
public sealed record DiscoveryUpdate(IReadOnlyList<TargetGroup> Groups, IReadOnlyList<string> Problems);

/// <summary>What a discovery of the configuration before knew last.</summary>
/// <param name="By">How it looked.</param>
/// <param name="Groups">What it found.</param>
public sealed record FoundBefore(DiscoveryConfig By, IReadOnlyList<TargetGroup> Groups);

/// <summary>Finds the targets of a job, and goes on looking.</summary>
public interface IDiscovery
{
    /// <summary>The key in prometheus.yml and its place among those of the job: <c>file_sd_configs[0]</c>.</summary>
    string Name { get; }

    /// <summary>Looks for targets until it is cancelled, or until it knows that nothing will change.</summary>
    /// <param name="found">Called with the first look and then whenever something has changed; one call at a time, from any thread.</param>
    /// <param name="cancel">Ends it; the task then ends without an exception.</param>
    Task RunAsync(Action<DiscoveryUpdate> found, CancellationToken cancel);
}

/// <summary>The discoveries of a job.</summary>
public static class Discoveries
{
    /// <summary>One discovery for each entry of the configuration, those that cannot be run included: they say so.</summary>
    /// <param name="configs">From <see cref="ScrapeConfig.Discoveries"/>.</param>
    /// <param name="clock">Times the looks.</param>
    /// <param name="userAgent">Who we say we are: <c>Pleiad/1.2.3</c>.</param>
    /// <param name="before">
    /// Of the configuration before, where there is one: the last good groups of those that look at the same places now. So a reload
    /// takes no targets away whose source cannot be read at that moment.
    /// </param>
    public static IReadOnlyList<IDiscovery> Of(
        IReadOnlyList<DiscoveryConfig> configs, TimeProvider clock, string userAgent, IReadOnlyList<FoundBefore> before)
    {
        var discoveries = new List<IDiscovery>(configs.Count);
        var counts = new Dictionary<string, int>();
        foreach (DiscoveryConfig config in configs)
        {
            int index = counts.GetValueOrDefault(config.Key);
            counts[config.Key] = index + 1;
            string name = $"{config.Key}[{index}]";
            TargetGroup[] lastGood = [.. before.Where(found => LooksAtTheSame(found.By, config)).SelectMany(static found => found.Groups)];
            discoveries.Add(config switch
            {
                StaticDiscoveryConfig fixedTargets => new StaticDiscovery(config.Key, fixedTargets),
                FileDiscoveryConfig files => new FileDiscovery(name, files, clock, lastGood),
                HttpDiscoveryConfig http => new HttpDiscovery(name, http, clock, userAgent, lastGood),
                DnsDiscoveryConfig dns => new DnsDiscovery(name, dns, clock, lastGood),
                _ => new UnavailableDiscovery(config.Key),
            });
        }

        return discoveries;
    }

    // Groups of files and of names say where they come from; whose file or name is not asked for any more is not taken up.
    private static bool LooksAtTheSame(DiscoveryConfig before, DiscoveryConfig now) => (before, now) switch
    {
        (FileDiscoveryConfig, FileDiscoveryConfig) => true,
        (HttpDiscoveryConfig old, HttpDiscoveryConfig http) => old.Url == http.Url,
        (DnsDiscoveryConfig old, DnsDiscoveryConfig dns) => old.Type == dns.Type && old.Port == dns.Port,
        _ => false,
    };
}
