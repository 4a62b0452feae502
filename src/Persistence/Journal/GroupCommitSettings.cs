namespace Pleiad.Persistence;

/// <summary>How the records of a node are gathered into commits.</summary>
public sealed record GroupCommitSettings
{
    /// <summary>The longest a record waits for others before it is sent. 0 sends at once.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes waiting that are sent without regard to the interval, and the bytes of one commit unless a single record has more.</summary>
    public int GroupBytes { get; init; } = 4 << 20;

    /// <summary>Bytes waiting at most; records beyond are refused.</summary>
    public int QueueBytesMax { get; init; } = 64 << 20;

    /// <summary>Bytes of one record at most.</summary>
    public int RecordBytesMax { get; init; } = 16 << 20;

    /// <summary>Pause before the store is asked again after it did not answer; doubles up to <see cref="RetryPauseMax"/>.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a record waits for the store before it is spooled, where there is a spool.</summary>
    public TimeSpan SpoolAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How many times as fast as it was filled a spool is drained at most.</summary>
    public double DrainFactor { get; init; } = 3;

    /// <summary>Bytes a second that a spool is drained with at least.</summary>
    public int DrainBytesMin { get; init; } = 1 << 20;
}
