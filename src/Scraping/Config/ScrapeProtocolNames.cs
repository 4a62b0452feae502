namespace Pleiad.Scraping;

/// <summary>Names of protocols as prometheus.yml writes them.</summary>
public static class ScrapeProtocolNames
{
    internal static readonly string[] All =
        ["PrometheusProto", "PrometheusText0.0.4", "PrometheusText1.0.0", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0"];

    internal static readonly string[] TextFirst = ["OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4"];

    internal static readonly string[] ProtobufFirst = ["PrometheusProto", .. TextFirst];

    /// <summary>The protocol of a name; names are case-sensitive.</summary>
    public static bool TryParse(string name, out ScrapeProtocol protocol)
    {
        ScrapeProtocol? known = Exposition.ScrapeProtocols.Parse(name);
        protocol = known ?? ScrapeProtocol.None;
        return known is not null;
    }
}
