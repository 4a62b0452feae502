namespace Pleiad.Actors;

/// <summary>Limits of samples on their way to the node that leads their shard.</summary>
public sealed record ForwardSettings
{
    /// <summary>How long samples may look for a leader that makes them durable; then whoever sent them is asked to send them again. Default 10 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause before a leader that did not answer is tried again, unless another leads meanwhile. Default 100 ms.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Other nodes that are asked, one after another, to pass samples on to a leader that cannot be reached from here. Default 2.</summary>
    public int RelaysMax { get; init; } = 2;

    /// <summary>Bytes of samples of other nodes that are being written here at once; more are refused. Default 64 MiB.</summary>
    public long BytesMax { get; init; } = 64L << 20;
}
