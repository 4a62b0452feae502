using System.Globalization;
using Pleiad.Exposition;

namespace Pleiad.Scraping;

/// <summary>The header <c>Accept</c> of a scrape: formats with falling weights, and anything at last.</summary>
/// <remarks>Weights as Prometheus 3 gives them: they begin above the number of formats there are, whether asked for or not.</remarks>
internal static class AcceptHeader
{
    public static string Of(IReadOnlyList<ScrapeProtocol> protocols, NameEscaping escaping)
    {
        int weight = ScrapeProtocolNames.All.Length + 1;
        var parts = new List<string>(protocols.Count + 1);
        foreach (ScrapeProtocol protocol in protocols)
        {
            // Older versions of the texts do not know the parameter.
            string parameter = protocol is ScrapeProtocol.PrometheusText100 or ScrapeProtocol.OpenMetricsText100
                ? $";escaping={NameOf(escaping)}"
                : string.Empty;
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{protocol.AcceptOf()}{parameter};q=0.{weight--}"));
        }

        parts.Add(string.Create(CultureInfo.InvariantCulture, $"*/*;q=0.{weight}"));
        return string.Join(',', parts);
    }

    private static string NameOf(NameEscaping escaping) => escaping switch
    {
        NameEscaping.Underscores => "underscores",
        NameEscaping.Dots => "dots",
        NameEscaping.Values => "values",
        _ => "allow-utf-8",
    };
}
