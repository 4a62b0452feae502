namespace Pleiad.Scraping;

/// <summary>Labels that tell how a target is scraped; like all labels with two underscores they are gone from its series.</summary>
public static class TargetLabels
{
    /// <summary><c>http</c> or <c>https</c>.</summary>
    public const string Scheme = "__scheme__";

    /// <summary>The path of the page.</summary>
    public const string MetricsPath = "__metrics_path__";

    /// <summary>Between scrapes.</summary>
    public const string Interval = "__scrape_interval__";

    /// <summary>Of one scrape.</summary>
    public const string Timeout = "__scrape_timeout__";

    /// <summary>What begins the label of a URL parameter.</summary>
    public const string ParameterPrefix = "__param_";

    /// <summary>What begins the labels that discovery adds; they end with relabelling.</summary>
    public const string MetaPrefix = "__meta_";

    /// <summary>What begins the labels that series never have.</summary>
    public const string ReservedPrefix = "__";
}
