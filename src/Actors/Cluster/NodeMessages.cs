using Pleiad.Kernel;

namespace Pleiad.Actors;

/// <summary>
/// The messages between nodes and who handles each. A number is never used again for another message; docs/formats/transport.md has the table.
/// Filled before the transport listens, then only read.
/// </summary>
public sealed class NodeMessages
{
    /// <summary>From here on: membership, ownership, hand-off.</summary>
    public const ushort ControlFrom = 0x0100;

    /// <summary>From here on: queries and reads.</summary>
    public const ushort QueryFrom = 0x0200;

    /// <summary>From here on: samples on their way to a leader.</summary>
    public const ushort WriteFrom = 0x0300;

    /// <summary>From here on: batches and blocks for copies of a shard.</summary>
    public const ushort ReplicationFrom = 0x0400;

    private readonly Dictionary<ushort, NodeMessageHandler> _handlers = [];

    /// <summary>Who handles a message.</summary>
    /// <exception cref="ArgumentException">Somebody does already.</exception>
    public void Add(ushort number, NodeMessageHandler handler) => _handlers.Add(number, handler);

    /// <summary>Handles what comes in; the handler of a <see cref="NodeTransport"/>.</summary>
    /// <exception cref="NotSupportedException">Nobody handles it: the other node is newer. It is told so.</exception>
    public ValueTask<NodeMessage> HandleAsync(IncomingMessage message) =>
        _handlers.TryGetValue(message.Message.Number, out NodeMessageHandler? handler)
            ? handler(message)
            : throw new NotSupportedException($"this node does not know message {message.Message.Number:x4}");
}
