namespace Pleiad.Kernel;

/// <summary>Limits of the connections between nodes.</summary>
public sealed record TransportSettings
{
    /// <summary>Secures all connections, both ways; null for plain ones, which only a machine by itself or a network of its own should have.</summary>
    public NodeCertificates? Certificates { get; init; }

    /// <summary>Bytes of one message at most; longer things are sent in parts.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>Bytes of messages that wait to be sent on one connection; more are refused.</summary>
    public int QueueBytesMax { get; init; } = 16 << 20;

    /// <summary>Questions of one connection that wait for their answers; more are refused.</summary>
    public int AsksMax { get; init; } = 16_384;

    /// <summary>Questions that came in over one connection and are being answered; no more are read while there are so many.</summary>
    public int AnswersMax { get; init; } = 16_384;

    /// <summary>Connections that others have made to this node; more are closed at once.</summary>
    public int InboundMax { get; init; } = 4_096;

    /// <summary>Connections of the lane control that have a thread of their own; more share the pool's, and are counted.</summary>
    public int ControlThreadsMax { get; init; } = 64;

    /// <summary>The longest that sending a message over a connection with a thread of its own may take; then the connection is closed.</summary>
    public TimeSpan ControlSendTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest that connecting and greeting may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long the other machine may acknowledge nothing of what was sent, or not say that it is still there, before the connection is closed and its questions end. The system
    /// of that machine answers, so that a process that is busy or stands still is not meant. A few seconds at least.
    /// </summary>
    public TimeSpan SilenceMax { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long a node that could not be connected to is left alone; doubles up to <see cref="ReconnectPauseMax"/>.</summary>
    public TimeSpan ReconnectPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest such pause.</summary>
    public TimeSpan ReconnectPauseMax { get; init; } = TimeSpan.FromSeconds(2);
}
