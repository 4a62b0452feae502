namespace Pleiad.Scraping;

/// <summary>What a discovery knows now. Each update replaces the one before.</summary>
/// <param name="Groups">All its groups; after a failure the last good ones.</param>
/// <param name="Problems">What went wrong on the last look, for the user to read; empty when all is well. Never holds a secret.</param>
public sealed record DiscoveryUpdate(IReadOnlyList<TargetGroup> Groups, IReadOnlyList<string> Problems);

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
    public static IReadOnlyList<IDiscovery> Of(IReadOnlyList<DiscoveryConfig> configs, TimeProvider clock, string userAgent)
    {
        var discoveries = new List<IDiscovery>(configs.Count);
        var counts = new Dictionary<string, int>();
        foreach (DiscoveryConfig config in configs)
        {
            int index = counts.GetValueOrDefault(config.Key);
            counts[config.Key] = index + 1;
            string name = $"{config.Key}[{index}]";
            discoveries.Add(config switch
            {
                StaticDiscoveryConfig fixedTargets => new StaticDiscovery(config.Key, fixedTargets),
                FileDiscoveryConfig files => new FileDiscovery(name, files, clock),
                HttpDiscoveryConfig http => new HttpDiscovery(name, http, clock, userAgent),
                DnsDiscoveryConfig dns => new DnsDiscovery(name, dns, clock),
                _ => new UnavailableDiscovery(config.Key),
            });
        }

        return discoveries;
    }
}
