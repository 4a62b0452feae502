using System.Diagnostics.Metrics;

namespace Pleiad.Storage;

/// <summary>What storage counts about itself.</summary>
public static class StorageMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Pleiad.Storage";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly Counter<long> s_logBytes = s_meter.CreateCounter<long>(
        "pleiad_storage_log_bytes_total", "bytes", "Bytes written to the segment log.");

    private static readonly Histogram<double> s_flush = s_meter.CreateHistogram<double>(
        "pleiad_storage_log_flush_seconds", "seconds", "Time to write and flush what was waiting.");

    internal static readonly Counter<long> LogRefused = s_meter.CreateCounter<long>(
        "pleiad_storage_log_refused_total", description: "Batches the log refused: no space, or too much waiting.");

    internal static readonly Counter<long> LogFailed = s_meter.CreateCounter<long>(
        "pleiad_storage_log_failed_total", description: "1 when the log has failed for good.");

    internal static readonly Counter<long> LossesNoted = s_meter.CreateCounter<long>(
        "pleiad_storage_losses_noted_total", description: "Notes written into the quarantine of what was lost of the journal or of snapshots.");

    internal static readonly Counter<long> Quarantined = s_meter.CreateCounter<long>(
        "pleiad_storage_quarantined_records_total", description: "Records lost to damage on disk.");

    internal static readonly Counter<long> QuarantinedBytes = s_meter.CreateCounter<long>(
        "pleiad_storage_quarantined_bytes_total", "bytes", "Damaged bytes kept aside.");

    internal static readonly Counter<long> TornBytes = s_meter.CreateCounter<long>(
        "pleiad_storage_torn_bytes_total", "bytes", "Bytes of unfinished writes cut from the end of the log.");

    internal static readonly Counter<long> Exemplars = s_meter.CreateCounter<long>(
        "pleiad_storage_exemplars_total", description: "Exemplars that came, by what became of them.");

    internal static readonly Counter<long> ExemplarFilesDamaged = s_meter.CreateCounter<long>(
        "pleiad_storage_exemplar_files_damaged_total", description: "Files of exemplars that were damaged; they are in the quarantine.");

    internal static readonly Counter<long> SnapshotsWritten = s_meter.CreateCounter<long>(
        "pleiad_storage_snapshots_total", description: "Snapshots written and verified.");

    internal static readonly Counter<long> SnapshotBytes = s_meter.CreateCounter<long>(
        "pleiad_storage_snapshot_bytes_total", "bytes", "Bytes written for snapshots.");

    internal static readonly Counter<long> SnapshotFilesLeft = s_meter.CreateCounter<long>(
        "pleiad_storage_snapshot_files_left_total", description: "Times that files of old snapshots could not be deleted; the next snapshot tries again.");

    internal static readonly Counter<long> SnapshotsDamaged = s_meter.CreateCounter<long>(
        "pleiad_storage_snapshots_damaged_total", description: "Snapshots that could not be read and were passed over.");

    internal static readonly Counter<long> BlocksWritten = s_meter.CreateCounter<long>(
        "pleiad_storage_blocks_written_total", description: "Blocks written and verified, merged ones included.");

    internal static readonly Counter<long> BlockBytes = s_meter.CreateCounter<long>(
        "pleiad_storage_block_bytes_total", "bytes", "Bytes written for blocks.");

    internal static readonly Counter<long> BlocksDamaged = s_meter.CreateCounter<long>(
        "pleiad_storage_blocks_damaged_total", description: "Blocks that could not be opened and were put aside.");

    internal static readonly Counter<long> BlockFramesDamaged = s_meter.CreateCounter<long>(
        "pleiad_storage_block_frames_damaged_total", description: "Pieces of 4 KiB of blocks whose checksum is wrong; the chunks in them are not read.");

    internal static readonly Counter<long> PiecesUnpacked = s_meter.CreateCounter<long>(
        "pleiad_storage_block_pieces_unpacked_total", description: "Pieces of compressed blocks unpacked because a query or a merge needed them and the cache did not have them.");

    internal static readonly Counter<long> RollupsWritten = s_meter.CreateCounter<long>(
        "pleiad_storage_rollups_written_total", description: "Blocks of rollups written and verified, merged ones included.");

    internal static readonly Counter<long> RollupBytes = s_meter.CreateCounter<long>(
        "pleiad_storage_rollup_bytes_total", "bytes", "Bytes written for blocks of rollups.");

    internal static readonly Counter<long> RollupsTooLarge = s_meter.CreateCounter<long>(
        "pleiad_storage_rollups_too_large_total", description: "Blocks of rollups given up because they would have been larger than a block may be: the same is tried with half the time.");

    internal static readonly Counter<long> RetentionsHeldBack = s_meter.CreateCounter<long>(
        "pleiad_storage_retention_held_back_total", description: "Turns of a shard's retention that left samples there because no rollups of them are written yet.");

    internal static readonly Counter<long> RetentionsBeforeRollups = s_meter.CreateCounter<long>(
        "pleiad_storage_retention_before_rollups_total", description: "Turns of a shard's retention that let samples go of which no rollups are written, because they had been kept for rollups.retention-wait longer.");

    internal static readonly Counter<long> RollupsDamaged = s_meter.CreateCounter<long>(
        "pleiad_storage_rollups_damaged_total", description: "Blocks of rollups that could not be opened and were put aside.");

    internal static readonly Counter<long> Deletions = s_meter.CreateCounter<long>(
        "pleiad_storage_deletions_total", description: "Deletions applied, counted once for each shard.");

    internal static readonly Counter<long> TombstoneFilesDamaged = s_meter.CreateCounter<long>(
        "pleiad_storage_tombstone_files_damaged_total", description: "Files of tombstones that were damaged; what was sound in them holds.");

    internal static void Flushed(int bytes, TimeSpan took)
    {
        s_logBytes.Add(bytes);
        s_flush.Record(took.TotalSeconds);
    }
}
