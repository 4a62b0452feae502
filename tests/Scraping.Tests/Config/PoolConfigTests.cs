using Pleiad.TestKit;

namespace Pleiad.Scraping.Tests;

public sealed class PoolConfigTests
{
    [Fact]
    public void A_job_is_shown_as_it_holds_with_secrets_hidden_whichever_file_has_it()
    {
        using var place = new TempDirectory();
        string main = Path.Combine(place.Path, "prometheus.yml");
        File.WriteAllText(main, """
            global: {scrape_interval: 30s}
            scrape_config_files: [more.yml]
            scrape_configs:
              - job_name: first
                basic_auth: {username: u, password: hidden}
            """);
        File.WriteAllText(Path.Combine(place.Path, "more.yml"), "scrape_configs: [{job_name: second, scrape_interval: 5s}]\n");
        PrometheusConfig config = ScrapeConfigFile.Load(main);
        string first = config.ToYaml("first")!;
        Assert.StartsWith("job_name: first\n", first, StringComparison.Ordinal);
        Assert.Contains("scrape_interval: 30s\n", first, StringComparison.Ordinal);
        Assert.Contains("password: <secret>\n", first, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", first, StringComparison.Ordinal);
        Assert.Contains("scrape_interval: 5s\n", config.ToYaml("second")!, StringComparison.Ordinal);
        Assert.Null(config.ToYaml("third"));
    }
}
