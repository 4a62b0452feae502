namespace Pleiad.Storage;

/// <summary>Settings of the segment log.</summary>
public sealed record SegmentLogSettings
{
    /// <summary>Between two flushes at least, unless <see cref="FlushBytes"/> are waiting. 0 flushes at once. Default 200 ms.</summary>
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes waiting that are flushed without regard to the interval. Default 1 MiB.</summary>
    public int FlushBytes { get; init; } = 1 << 20;

    /// <summary>Bytes waiting at most; appends beyond are refused. Default 64 MiB.</summary>
    public int QueueBytesMax { get; init; } = 64 << 20;

    /// <summary>Bytes after which a new segment is begun. Default 32 MiB; a replay maps two segments.</summary>
    public int SegmentBytes { get; init; } = 32 << 20;

    /// <summary>Bytes of quarantined records kept aside, all together; beyond it they are only counted, and an empty file stands for each piece. Default 64 MiB.</summary>
    public long QuarantineBytesMax { get; init; } = 64L << 20;
}
