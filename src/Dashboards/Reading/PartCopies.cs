using System.Text.Json.Nodes;

namespace Pleiad.Dashboards;

/// <summary>
/// Copies of what several places of a dashboard name. Few bytes name what is large, so all copies together are no larger than a dashboard
/// may be.
/// </summary>
/// <param name="limits">Of the dashboard.</param>
internal sealed class PartCopies(DashboardLimits limits)
{
    private long _bytes;

    /// <summary>A copy.</summary>
    /// <exception cref="DashboardException">The copies are too large together.</exception>
    public JsonNode Of(JsonNode part)
    {
        _bytes += DashboardJson.Write(part).Length;
        return _bytes > limits.BytesMax
            ? throw new DashboardException(DashboardFault.TooLarge, $"what several panels have in common would have more than {limits.BytesMax} bytes")
            : part.DeepClone();
    }
}
