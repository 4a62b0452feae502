using Pleiad.Kernel;
using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>The figures of a node on their way: docs/formats/node-messages.proto.</summary>
internal static class NodeFiguresMessage
{
    /// <summary>A question without content: what are your figures? Its answer is a <see cref="Told"/>.</summary>
    public const ushort Ask = NodeMessages.QueryFrom + 8;

    /// <summary>The answer to it.</summary>
    public const ushort Told = NodeMessages.QueryFrom + 9;

    /// <summary>Shards in one answer at most: more would not fit.</summary>
    public const int ShardsMax = 65_536;

    // Far more than a spool has of anything, and milliseconds that are a time span still.
    private const ulong NumberMax = 1UL << 48;

    // Of a full spool.
    private const double ShareUnits = 1_000;

    /// <summary>The question.</summary>
    public static NodeMessage Question => new(Ask, ReadOnlyMemory<byte>.Empty);

    /// <summary>The answer.</summary>
    public static NodeMessage Write(NodeFigures figures)
    {
        var message = new MessageWriter();
        message.Number(1, figures.Targets is { } targets ? (ulong)targets + 1 : 0);
        foreach (long seq in figures.AppliedSeqs.Take(ShardsMax))
        {
            // A number that is 0 would be left out, and the least that is said is -1.
            message.Number(2, (ulong)(seq + 2));
        }

        if (figures.Spool is { } spool)
        {
            int mark = message.Begin(3);
            message.Number(1, (ulong)spool.Records);
            message.Number(2, (ulong)spool.Bytes);
            message.Number(3, (ulong)spool.Age.TotalMilliseconds);
            message.Number(4, (ulong)Math.Round(spool.Share * ShareUnits));
            message.End(mark);
        }

        return new NodeMessage(Told, message.Memory);
    }

    /// <summary>Reads the answer.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static NodeFigures Read(NodeMessage message)
    {
        if (message.Number != Told)
        {
            throw new WireFormatException($"message {message.Number:x4} has no figures of a node");
        }

        int targets = 0;
        List<long> seqs = [];
        SpoolUse? spool = null;
        var reader = new MessageReader(message.Payload.Span);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    targets = reader.Number(int.MaxValue);
                    break;
                case 2:
                    ulong seq = reader.Number();
                    seqs.Add(seq is >= 1 and <= long.MaxValue && seqs.Count < ShardsMax ? (long)seq - 2 : throw new WireFormatException($"{seq} is said of a shard, or of too many"));
                    break;
                case 3:
                    spool = SpoolOf(reader.Bytes());
                    break;
            }
        }

        return new NodeFigures(targets > 0 ? targets - 1 : null, seqs, spool);
    }

    private static SpoolUse SpoolOf(ReadOnlySpan<byte> message)
    {
        long[] numbers = new long[4];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field <= 4)
            {
                ulong value = reader.Number();
                numbers[field - 1] = value <= NumberMax ? (long)value : throw new WireFormatException($"{value} is said of a spool");
            }
        }

        return new SpoolUse(numbers[0], numbers[1], TimeSpan.FromMilliseconds(numbers[2]), numbers[3] / ShareUnits);
    }
}
