namespace Pleiad.Dashboards;

/// <summary>What a dashboard may be at most. Whatever goes beyond is refused as a whole, with the limit named.</summary>
public sealed record DashboardLimits
{
    /// <summary>Bytes of its JSON. Default 4 MiB; the largest of the public ones has half of one. <c>pleiad.dashboards.size-max</c></summary>
    public int BytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>Panels, those of rows included. Default 2000. <c>pleiad.dashboards.panels-max</c></summary>
    public int PanelsMax { get; init; } = 2000;

    /// <summary>Levels of nesting. Default 64. <c>pleiad.dashboards.depth-max</c></summary>
    public int DepthMax { get; init; } = 64;

    /// <summary>Values of its JSON: members, elements and containers. Default 500 000. <c>pleiad.dashboards.values-max</c></summary>
    public int ValuesMax { get; init; } = 500_000;

    /// <summary>Characters of one number; longer ones are no measure of anything and cost every reader time.</summary>
    public const int NumberCharsMax = 64;

    /// <summary>Characters of a title of a dashboard or folder.</summary>
    public const int TitleCharsMax = 1000;

    /// <summary>Characters of a uid, as in Grafana.</summary>
    public const int UidCharsMax = 40;

    /// <summary>Tags of a dashboard.</summary>
    public const int TagsMax = 100;

    /// <summary>The refusal of more panels than <see cref="PanelsMax"/>.</summary>
    internal DashboardException TooManyPanels => new(DashboardFault.TooLarge, $"the dashboard has more than {PanelsMax} panels");
}
