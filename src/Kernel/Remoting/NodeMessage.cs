namespace Pleiad.Kernel;

/// <summary>A message between nodes.</summary>
/// <param name="Number">Which kind of message: never used again for another. Its payload carries a version of its own.</param>
/// <param name="Payload">What it says.</param>
public readonly record struct NodeMessage(ushort Number, ReadOnlyMemory<byte> Payload);

/// <summary>A message that came in.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="Lane">Over which connection.</param>
/// <param name="IsAsk">Whether it is answered; what is returned for a mere message is not looked at.</param>
/// <param name="Message">Its payload is valid until the handler returns, not until its task ends: copy what is needed longer.</param>
public readonly record struct IncomingMessage(NodeIncarnation From, Lane Lane, bool IsAsk, NodeMessage Message);

/// <summary>Handles messages of other nodes. Returns soon: the connection is not read meanwhile.</summary>
/// <remarks>An exception is told to who asked, by its message.</remarks>
public delegate ValueTask<NodeMessage> NodeMessageHandler(IncomingMessage message);

/// <summary>How a question ended.</summary>
public enum ReplyResult
{
    /// <summary>It was answered.</summary>
    Answered,

    /// <summary>The other node could not answer it, and says why.</summary>
    Failed,

    /// <summary>No answer came in time. It may have been acted on.</summary>
    TimedOut,

    /// <summary>There is no connection, or it broke. It may have been acted on.</summary>
    Unreachable,

    /// <summary>Nobody listens at that address, or another incarnation does.</summary>
    NobodyThere,

    /// <summary>Too much waits to be sent or answered already. It was not sent.</summary>
    Overloaded,
}

/// <summary>How a question ended.</summary>
/// <param name="Result">The kind of end.</param>
/// <param name="Message">The answer.</param>
/// <param name="Reason">For people; null when answered.</param>
public readonly record struct NodeReply(ReplyResult Result, NodeMessage Message, string? Reason)
{
    internal static NodeReply Without(ReplyResult result, string reason) => new(result, default, reason);
}
