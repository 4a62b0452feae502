namespace Pleiad.Dashboards.Tests;

/// <summary>A dashboard as the next reader gets it: written and read again.</summary>
internal static class Stored
{
    public static ImportedDashboard Of(ImportedDashboard imported) =>
        imported with { Dashboard = DashboardJson.Read(DashboardJson.Write(imported.Dashboard), new DashboardLimits()) };
}
