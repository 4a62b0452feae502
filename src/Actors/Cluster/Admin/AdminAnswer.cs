using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What became of what a node was asked to do with its storage.</summary>
/// <param name="IsMoved">That node does not lead the shard: nothing was done.</param>
/// <param name="Failure">Why it is not done, or null.</param>
internal readonly record struct AdminAnswer(bool IsMoved, string? Failure)
{
    /// <summary>The number of the message.</summary>
    public const ushort Number = NodeMessages.WriteFrom + 3;

    /// <summary>The message.</summary>
    public NodeMessage ToMessage()
    {
        var message = new MessageWriter();
        message.Number(1, IsMoved ? 1UL : 0);
        if (Failure is { } failure)
        {
            message.Text(2, failure);
        }

        return new NodeMessage(Number, message.Memory);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static AdminAnswer Read(NodeMessage message)
    {
        if (message.Number != Number)
        {
            throw new WireFormatException($"message {message.Number:x4} is no answer about the storage");
        }

        bool isMoved = false;
        string? failure = null;
        var reader = new MessageReader(message.Payload.Span);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                isMoved = reader.Number() != 0;
            }
            else if (field == 2)
            {
                failure = reader.Text();
            }
        }

        return new AdminAnswer(isMoved, failure);
    }
}
