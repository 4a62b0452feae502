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
}
