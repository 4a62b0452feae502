namespace Pleiad.Scraping;

/// <summary>The texts that make up a configuration: a prometheus.yml and the files that its <c>scrape_config_files</c> match.</summary>
/// <param name="Main">Of prometheus.yml.</param>
/// <param name="ScrapeFiles">In the order in which they are read; the names are seen from the directory of prometheus.yml.</param>
public sealed record ConfigurationText(string Main, IReadOnlyList<NamedText> ScrapeFiles);

/// <summary>A text and the file it is from.</summary>
public readonly record struct NamedText(string Name, string Text);
