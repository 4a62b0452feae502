namespace Pleiad.Dashboards;

/// <summary>Limits of the catalog.</summary>
public sealed record DashboardSettings
{
    /// <summary>What one dashboard may be.</summary>
    public DashboardLimits Limits { get; init; } = new();

    /// <summary>Dashboards and folders stored at most, each. Default 10 000. <c>pleiad.dashboards.count-max</c></summary>
    public int CountMax { get; init; } = 10_000;

    /// <summary>Versions of a dashboard that are kept, the newest included; 1 to 1000. Default 20. <c>pleiad.dashboards.versions-max</c></summary>
    public int VersionsMax { get; init; } = 20;
}
