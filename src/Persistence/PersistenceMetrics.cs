using System.Diagnostics.Metrics;

namespace Pleiad.Persistence;

/// <summary>What persistence counts about itself.</summary>
public static class PersistenceMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Pleiad.Persistence";

    private static readonly Meter s_meter = new(MeterName);

    internal static readonly Counter<long> JournalCommits = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_commits_total", description: "Groups of records that the journal was asked to commit.");

    internal static readonly Counter<long> JournalRecords = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_records_total", description: "Records committed to the journal.");

    internal static readonly Counter<long> JournalBytes = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_bytes_total", "bytes", "Payload committed to the journal.");

    internal static readonly Histogram<double> JournalCommitSeconds = s_meter.CreateHistogram<double>(
        "pleiad_persistence_journal_commit_seconds", "seconds", "Time of one commit of the journal.");

    internal static readonly Counter<long> JournalFenced = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_fenced_total", description: "Records refused because the shard has another owner.");

    internal static readonly Counter<long> JournalRefused = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_refused_total", description: "Records refused because too much waits to be committed.");

    internal static readonly Counter<long> JournalIndeterminate = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_indeterminate_total", description: "Runs of records whose commit was not answered; the journal was read to find out.");

    internal static readonly Counter<long> JournalRegressed = s_meter.CreateCounter<long>(
        "pleiad_persistence_journal_regressed_total", description: "Times the store was found to have lost records it had acknowledged.");

    internal static readonly Counter<long> ConnectionsAbandoned = s_meter.CreateCounter<long>(
        "pleiad_persistence_connections_abandoned_total", description: "Journal connections given up because a commit took longer than the watchdog waits.");

    internal static readonly Counter<long> RecordsSpooled = s_meter.CreateCounter<long>(
        "pleiad_persistence_records_spooled_total", description: "Records acknowledged from the spools of their leader and a copy, because the journal did not take them in time.");

    internal static readonly Counter<long> RecordsNotSpooled = s_meter.CreateCounter<long>(
        "pleiad_persistence_records_not_spooled_total", description: "Times a record could not be spooled here or with any copy, and waits for the journal.");

    internal static readonly Counter<long> SpoolRefused = s_meter.CreateCounter<long>(
        "pleiad_persistence_spool_refused_total", description: "Records refused because the spool is full or holds records as old as may be.");

    internal static readonly Counter<long> SpoolDrained = s_meter.CreateCounter<long>(
        "pleiad_persistence_records_drained_total", description: "Records that the journal has taken out of the spool.");

    internal static readonly Counter<long> SpoolFenced = s_meter.CreateCounter<long>(
        "pleiad_persistence_spool_fenced_total", description: "Spooled records that the journal refused because the shard has another owner; their samples are written to that one.");
}
