namespace Pleiad.Node;

/// <summary>The prometheus.yml of a node that was given none: it scrapes itself.</summary>
internal static class EmbeddedConfiguration
{
    /// <summary>The text, with the address the node listens on.</summary>
    public static string Text(NodeSettings settings)
    {
        string address = settings.Web.ListenAddresses.Count > 0 ? settings.Web.ListenAddresses[0] : "localhost:9090";
        int colon = address.LastIndexOf(':');
        string host = colon > 0 ? address[..colon] : string.Empty;
        // An address without a port is refused by the gateway, with a message.
        string reachable = colon < 0 ? address : host is "" or "0.0.0.0" or "[::]" or "*" ? "localhost" + address[colon..] : address;
        string prefix = settings.Web.RoutePrefix.TrimEnd('/');
        return $"""
            global:
              scrape_interval: 15s
            scrape_configs:
              - job_name: pleiad
                metrics_path: {prefix}/metrics
                static_configs:
                  - targets: ['{reachable}']

            """;
    }
}
