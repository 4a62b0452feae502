using Pleiad.Actors;
using Pleiad.Dashboards;

namespace Pleiad.Gateway;

/// <summary>Everything the gateway knows of the node behind it.</summary>
/// <param name="Query">Answers queries.</param>
/// <param name="Running">Which queries run, on whichever node.</param>
/// <param name="Targets">What is scraped.</param>
/// <param name="Status">Facts about the node.</param>
/// <param name="Control">Reload and quit.</param>
/// <param name="Ingest">Takes samples in.</param>
/// <param name="Storage">Seals and copies.</param>
/// <param name="Page">Our own metrics as a page.</param>
public sealed record GatewayPorts(
    IQueryFrontend Query, IRunningQueries Running, ITargetCatalog Targets, INodeStatus Status, INodeControl Control, IIngest Ingest, IStorageAdmin Storage, IOwnPage Page)
{
    /// <summary>Dashboards and folders; null where the node keeps none.</summary>
    public DashboardCatalog? Dashboards { get; init; }

    /// <summary>The node's name in its cluster; null on a node by itself.</summary>
    public string? NodeName { get; init; }

    /// <summary>The node's place in its cluster, once it has one; null on a node by itself.</summary>
    public Func<IClusterSeat?> Cluster { get; init; } = static () => null;
}
