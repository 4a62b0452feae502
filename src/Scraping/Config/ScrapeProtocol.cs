namespace Pleiad.Scraping;

/// <summary>A format that a target may be asked for.</summary>
public enum ScrapeProtocol
{
    /// <summary>Length-delimited <c>io.prometheus.client.MetricFamily</c>.</summary>
    PrometheusProto,

    /// <summary>Text 0.0.4.</summary>
    PrometheusText004,

    /// <summary>Text 1.0.0: names in UTF-8.</summary>
    PrometheusText100,

    /// <summary>OpenMetrics 0.0.1.</summary>
    OpenMetricsText001,

    /// <summary>OpenMetrics 1.0.0.</summary>
    OpenMetricsText100,
}

/// <summary>How names outside the legacy alphabet are asked for (<c>metric_name_escaping_scheme</c>).</summary>
public enum NameEscaping
{
    /// <summary>As they are.</summary>
    AllowUtf8,

    /// <summary>Other characters become underscores.</summary>
    Underscores,

    /// <summary>Dots become <c>_dot_</c>, other characters double underscores.</summary>
    Dots,

    /// <summary>Prefixed <c>U__</c>, code points in hexadecimal.</summary>
    Values,
}

/// <summary>Names of protocols as prometheus.yml writes them.</summary>
public static class ScrapeProtocolNames
{
    internal static readonly string[] All =
        ["PrometheusProto", "PrometheusText0.0.4", "PrometheusText1.0.0", "OpenMetricsText0.0.1", "OpenMetricsText1.0.0"];

    internal static readonly string[] TextFirst = ["OpenMetricsText1.0.0", "OpenMetricsText0.0.1", "PrometheusText1.0.0", "PrometheusText0.0.4"];

    internal static readonly string[] ProtobufFirst = ["PrometheusProto", .. TextFirst];

    /// <summary>The name in prometheus.yml.</summary>
    public static string NameOf(this ScrapeProtocol protocol) => All[(int)protocol];

    /// <summary>The protocol of a name; names are case-sensitive.</summary>
    public static bool TryParse(string name, out ScrapeProtocol protocol)
    {
        int index = Array.IndexOf(All, name);
        protocol = (ScrapeProtocol)Math.Max(index, 0);
        return index >= 0;
    }
}
