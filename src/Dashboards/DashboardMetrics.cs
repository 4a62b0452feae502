using System.Diagnostics.Metrics;

namespace Pleiad.Dashboards;

/// <summary>What is counted about dashboards.</summary>
public static class DashboardMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Pleiad.Dashboards";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Counter<long> Saves =
        Meter.CreateCounter<long>("pleiad_dashboards_saved_total", description: "Versions of dashboards saved.");

    private static readonly Counter<long> Unread =
        Meter.CreateCounter<long>("pleiad_dashboards_unreadable_total", description: "Stored documents that this version cannot read and does not list.");

    private static readonly Counter<long> DamagedStores =
        Meter.CreateCounter<long>("pleiad_dashboards_stores_damaged_total", description: "Stores of documents of this node that were damaged and were put into the quarantine: a new one has what could be read.");

    private static readonly Counter<long> CarriedOver =
        Meter.CreateCounter<long>("pleiad_dashboards_documents_carried_over_total", description: "Documents that could be read from a damaged store and are in the new one.");

    private static readonly Counter<long> NotCarriedOver =
        Meter.CreateCounter<long>("pleiad_dashboards_documents_lost_total", description: "Documents that are known to have been in a damaged store and are not in the new one.");

    private static readonly Counter<long> Refusals =
        Meter.CreateCounter<long>("pleiad_dashboards_refused_total", description: "Requests and files about dashboards that were refused, by reason: a limit, a conflict, not a dashboard.");

    private static readonly Counter<long> StaleReads =
        Meter.CreateCounter<long>("pleiad_dashboards_stale_reads_total", description: "Lists of dashboards answered as they were last, because the store did not answer.");

    /// <summary>Counts a refusal.</summary>
    public static void Refused(DashboardFault fault) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", fault switch
    {
        DashboardFault.TooLarge => "too_large",
        DashboardFault.Conflict => "conflict",
        DashboardFault.Exists => "exists",
        DashboardFault.NotFound => "not_found",
        DashboardFault.Provisioned => "provisioned",
        _ => "invalid",
    }));

    /// <summary>Counts a store that was put aside.</summary>
    /// <param name="carriedOver">Documents of it that are in the new one.</param>
    /// <param name="lost">Documents that are known to have been in it and are not.</param>
    public static void StoreDamaged(int carriedOver, int lost)
    {
        DamagedStores.Add(1);
        CarriedOver.Add(carriedOver);
        NotCarriedOver.Add(lost);
    }

    internal static void Stale() => StaleReads.Add(1);

    internal static void Saved() => Saves.Add(1);

    internal static void Unreadable() => Unread.Add(1);
}
