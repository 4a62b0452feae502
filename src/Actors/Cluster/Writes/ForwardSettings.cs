namespace Pleiad.Actors;

/// <summary>Limits of samples on their way to the node that leads their shard.</summary>
public sealed record ForwardSettings
{
    /// <summary>How long samples may look for a leader that makes them durable; then whoever sent them is asked to send them again. Default 10 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before a leader that did not answer is tried again, unless another leads meanwhile. Default 100 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause: it doubles while a leader can be reached neither from here nor by way of others. Default 1 s.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Other nodes that are asked in one round, one after another, to pass samples on to a leader that cannot be reached from here. Default 2.</summary>
    public int RelaysMax { get; init; } = 2;

    /// <summary>Bytes of samples that this node passes on at once; of more it says that it does not reach their leader. Default 16 MiB.</summary>
    public long RelayBytesMax { get; init; } = 16L << 20;

    /// <summary>Bytes of samples of other nodes that are being written here at once; more are refused. Default 64 MiB.</summary>
    public long BytesMax { get; init; } = 64L << 20;
}
