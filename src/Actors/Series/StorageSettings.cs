using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>How the shards of a node keep what they have.</summary>
public sealed record StorageSettings
{
    /// <summary>The ownership under which a single node writes: nobody can take its shards over.</summary>
    internal const long Epoch = 1;

    /// <summary>How long samples are kept; zero for ever. Default 15 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(15);

    /// <summary>Series that are kept for another time. Default none.</summary>
    public IReadOnlyList<RetentionRule> RetentionRules { get; init; } = [];

    /// <summary>Both.</summary>
    internal RetentionPolicy Policy => new(Retention, RetentionRules);

    /// <summary>Bytes of all blocks and the journal together; the oldest blocks go beyond it. Zero for no limit. Default 0.</summary>
    public long RetentionBytes { get; init; }

    /// <summary>
    /// How much older than the newest sample of its shard a sample may be that comes out of order; zero: none is taken. A configuration
    /// file that says something else wins. Default zero.
    /// </summary>
    public TimeSpan OutOfOrderWindow { get; init; }

    /// <summary>Time that a block covers when it is sealed. Default 2 h.</summary>
    public TimeSpan BlockRange { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Time that a merged block covers at most. Default 31 days, and a tenth of the retention where that is less.</summary>
    public TimeSpan BlockRangeMax { get; init; } = TimeSpan.FromDays(31);

    /// <summary>Rollups that are written beside the samples. Default none.</summary>
    public RollupSettings Rollups { get; init; } = RollupSettings.Off;

    /// <summary>
    /// After so long without any sample a shard seals and rolls up by the clock what it would else do by its newest sample, so that the last of whoever has gone is in
    /// blocks and rollups too. Default 1 h.
    /// </summary>
    public TimeSpan QuietAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Between two looks at whether the head is to be sealed and blocks are to be merged. Default 1 min.</summary>
    public TimeSpan UpkeepInterval { get; init; } = TimeSpan.FromMinutes(1);

    internal long BlockRangeMs => (long)BlockRange.TotalMilliseconds;

    internal long BlockRangeMaxMs
    {
        get
        {
            TimeSpan longest = Retention > TimeSpan.Zero && Retention / 10 < BlockRangeMax ? Retention / 10 : BlockRangeMax;
            return Math.Max((long)longest.TotalMilliseconds, BlockRangeMs);
        }
    }

    /// <summary>Between two looks at whether a snapshot pays. Default 1 min.</summary>
    public TimeSpan SnapshotInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Journal bytes of one shard below which no snapshot is taken. Default 4 MiB.</summary>
    public long SnapshotFloorBytes { get; init; } = 4L << 20;

    /// <summary>Between two times that old samples are given up. Default 5 min.</summary>
    public TimeSpan RetentionInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of compressed blocks that are kept unpacked, those read last; a sixteenth of it while memory is short. Default 64 MiB.</summary>
    public long PieceCacheBytesMax { get; init; } = PieceCache.BytesMaxDefault;

    /// <summary>Exemplars of all shards together, kept in memory; 0 for none. Default 100 000.</summary>
    public int ExemplarsMax { get; init; } = 100_000;

    /// <summary>Limits of each shard.</summary>
    public ShardSettings Shard { get; init; } = new();
}
