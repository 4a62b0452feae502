using Pleiad.Kernel;
using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Delete samples of a shard that you lead; answered by a <see cref="AdminAnswer"/> when that is durable.</summary>
/// <param name="Shard">Which.</param>
/// <param name="What">Of it.</param>
internal sealed record DeletionMessage(int Shard, DeleteSamples What)
{
    /// <summary>The number of the message.</summary>
    public const ushort Number = NodeMessages.WriteFrom + 2;

    /// <summary>The message.</summary>
    public NodeMessage ToMessage()
    {
        var message = new MessageWriter();
        message.Number(1, (ulong)Shard);
        int mark = message.Begin(2);
        SelectMessage.Write(message, What.Matchers, TimeRange.Closed(What.From, What.Through));
        message.End(mark);
        message.Signed(3, What.From);
        message.Signed(4, What.Through);
        return new NodeMessage(Number, message.Memory);
    }

    /// <summary>Reads one.</summary>
    /// <param name="message">Its payload.</param>
    /// <param name="shards">How many there are.</param>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static DeletionMessage Read(ReadOnlySpan<byte> message, int shards)
    {
        int shard = 0;
        long from = 0;
        long through = 0;
        IReadOnlyList<Matcher> matchers = [];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    shard = reader.Number(shards - 1);
                    break;
                case 2:
                    matchers = SelectMessage.Read(reader.Bytes()).Request.Matchers;
                    break;
                case 3:
                    from = reader.Signed();
                    break;
                case 4:
                    through = reader.Signed();
                    break;
            }
        }

        return matchers.Count is > 0 and <= Storage.Tombstone.MatchersMax && from <= through
            ? new DeletionMessage(shard, new DeleteSamples(matchers, from, through))
            : throw new WireFormatException($"a deletion of shard {shard} by {matchers.Count} matchers");
    }
}
