using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Asks a node to end one of its queries.</summary>
/// <param name="Id">Its number there.</param>
internal readonly record struct QueryCancelMessage(long Id)
{
    /// <summary>The question.</summary>
    public NodeMessage ToMessage() => Of(QueryMessage.Cancel, (ulong)Id);

    /// <summary>Reads the question.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static QueryCancelMessage Read(ReadOnlySpan<byte> message) =>
        NumberOf(message) is var id && id <= long.MaxValue ? new QueryCancelMessage((long)id) : throw new WireFormatException($"{id} is no query");

    /// <summary>The answer: whether there was one.</summary>
    public static NodeMessage Answer(bool isCanceled) => Of(QueryMessage.Canceled, isCanceled ? 1UL : 0);

    /// <summary>Reads the answer.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static bool ReadAnswer(NodeMessage message) =>
        message.Number == QueryMessage.Canceled ? NumberOf(message.Payload.Span) != 0 : throw new WireFormatException($"message {message.Number:x4} does not say whether a query was ended");

    private static NodeMessage Of(ushort kind, ulong number)
    {
        var message = new MessageWriter();
        message.Number(1, number);
        return new NodeMessage(kind, message.Memory);
    }

    private static ulong NumberOf(ReadOnlySpan<byte> message)
    {
        ulong number = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                number = reader.Number();
            }
        }

        return number;
    }
}
