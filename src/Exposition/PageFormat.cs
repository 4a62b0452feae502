namespace Pleiad.Exposition;

/// <summary>The grammars a page may be written in.</summary>
public enum PageFormat
{
    /// <summary>Prometheus text, versions 0.0.4 and 1.0.0.</summary>
    Text,

    /// <summary>OpenMetrics text, versions 0.0.1 and 1.0.0.</summary>
    OpenMetrics,

    /// <summary>Length-delimited <c>io.prometheus.client.MetricFamily</c> messages.</summary>
    Protobuf,
}

/// <summary>Protocols a scrape may ask for, as <c>scrape_protocols</c> and <c>fallback_scrape_protocol</c> name them.</summary>
public enum ScrapeProtocol
{
    /// <summary>None given.</summary>
    None,

    /// <summary><c>PrometheusProto</c></summary>
    PrometheusProto,

    /// <summary><c>PrometheusText0.0.4</c></summary>
    PrometheusText004,

    /// <summary><c>PrometheusText1.0.0</c></summary>
    PrometheusText100,

    /// <summary><c>OpenMetricsText0.0.1</c></summary>
    OpenMetricsText001,

    /// <summary><c>OpenMetricsText1.0.0</c></summary>
    OpenMetricsText100,
}

/// <summary>Names and headers of scrape protocols.</summary>
public static class ScrapeProtocols
{
    /// <summary>The protocol of a name from a configuration, or null for an unknown name.</summary>
    public static ScrapeProtocol? Parse(string name) => name switch
    {
        "PrometheusProto" => ScrapeProtocol.PrometheusProto,
        "PrometheusText0.0.4" => ScrapeProtocol.PrometheusText004,
        "PrometheusText1.0.0" => ScrapeProtocol.PrometheusText100,
        "OpenMetricsText0.0.1" => ScrapeProtocol.OpenMetricsText001,
        "OpenMetricsText1.0.0" => ScrapeProtocol.OpenMetricsText100,
        _ => null,
    };

    /// <summary>The name in a configuration.</summary>
    public static string NameOf(this ScrapeProtocol protocol) => protocol switch
    {
        ScrapeProtocol.PrometheusProto => "PrometheusProto",
        ScrapeProtocol.PrometheusText004 => "PrometheusText0.0.4",
        ScrapeProtocol.PrometheusText100 => "PrometheusText1.0.0",
        ScrapeProtocol.OpenMetricsText001 => "OpenMetricsText0.0.1",
        ScrapeProtocol.OpenMetricsText100 => "OpenMetricsText1.0.0",
        _ => string.Empty,
    };

    /// <summary>What an Accept header says to ask for the protocol, without weight.</summary>
    public static string AcceptOf(this ScrapeProtocol protocol) => protocol switch
    {
        ScrapeProtocol.PrometheusProto =>
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
        ScrapeProtocol.PrometheusText004 => "text/plain;version=0.0.4",
        ScrapeProtocol.PrometheusText100 => "text/plain;version=1.0.0",
        ScrapeProtocol.OpenMetricsText001 => "application/openmetrics-text;version=0.0.1",
        ScrapeProtocol.OpenMetricsText100 => "application/openmetrics-text;version=1.0.0",
        _ => "*/*",
    };

    /// <summary>The grammar of the protocol; none for <see cref="ScrapeProtocol.None"/>.</summary>
    public static PageFormat? FormatOf(this ScrapeProtocol protocol) => protocol switch
    {
        ScrapeProtocol.PrometheusProto => PageFormat.Protobuf,
        ScrapeProtocol.PrometheusText004 or ScrapeProtocol.PrometheusText100 => PageFormat.Text,
        ScrapeProtocol.OpenMetricsText001 or ScrapeProtocol.OpenMetricsText100 => PageFormat.OpenMetrics,
        _ => null,
    };

    internal static string MediaTypeOf(this ScrapeProtocol protocol) => protocol.FormatOf() switch
    {
        PageFormat.Protobuf => ContentType.Protobuf,
        PageFormat.OpenMetrics => ContentType.OpenMetrics,
        PageFormat.Text => ContentType.Text,
        _ => string.Empty,
    };
}
