using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>Asks another node to read something from some of its shards.</summary>
/// <param name="Query">Of the asker: all reads with this number see the same views.</param>
/// <param name="Stream">Within the query.</param>
/// <param name="LeftMs">How long the answer is still wanted.</param>
/// <param name="Shards">Which shards; none for what is not of shards.</param>
/// <param name="Kind">What is read.</param>
/// <param name="Body">In the message of that kind.</param>
internal sealed record BeginRead(ulong Query, ulong Stream, long LeftMs, IReadOnlyList<int> Shards, ReadKind Kind, ReadOnlyMemory<byte> Body)
{
    /// <summary>Through which record of its journal each of the shards is to be read, in the same order; the answer waits for it. None: as they are.</summary>
    public IReadOnlyList<long> Through { get; init; } = [];

    /// <summary>Writes it into a message.</summary>
    public void Write(MessageWriter into)
    {
        into.Number(1, Query);
        into.Number(2, Stream);
        into.Number(3, (ulong)LeftMs);
        into.Numbers(4, [.. Shards]);
        if (Through.Count > 0)
        {
            into.Column<long>(5, [.. Through]);
        }

        into.Bytes((int)Kind, Body.Span);
    }

    /// <summary>Reads one.</summary>
    /// <param name="message">It is copied.</param>
    /// <param name="shardsCount">Of the cluster.</param>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static BeginRead Read(ReadOnlySpan<byte> message, int shardsCount)
    {
        ulong query = 0;
        ulong stream = 0;
        long left = 0;
        var shards = new List<int>();
        ReadKind? kind = null;
        byte[] body = [];
        long[] through = [];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    query = reader.Number();
                    break;
                case 2:
                    stream = reader.Number();
                    break;
                case 3:
                    left = reader.Number(int.MaxValue);
                    break;
                case 4:
                    reader.Numbers(shards);
                    break;
                case 5:
                    through = reader.Column<long>();
                    break;
                case >= (int)ReadKind.Fragment and <= (int)ReadKind.Reached:
                    kind = (ReadKind)field;
                    body = reader.Bytes().ToArray();
                    break;
            }
        }

        for (int i = 0; i < shards.Count; i++)
        {
            if ((uint)shards[i] >= (uint)shardsCount || (i > 0 && shards[i] <= shards[i - 1]))
            {
                throw new WireFormatException($"shard {shards[i]} of {shardsCount}, or not in order");
            }
        }

        if (through.Length > 0 && through.Length != shards.Count)
        {
            throw new WireFormatException($"{shards.Count} shards, and how far for {through.Length}");
        }

        return kind is null
            ? throw new WireFormatException("a read of nothing that this node knows")
            : new BeginRead(query, stream, left, shards, kind.Value, body) { Through = through };
    }
}

/// <summary>Asks for the next part of a stream, or says that no more of a query is wanted.</summary>
internal readonly record struct NextRead(ulong Query, ulong Stream, ulong Part)
{
    /// <summary>Writes it into a message.</summary>
    public void Write(MessageWriter into)
    {
        into.Number(1, Query);
        into.Number(2, Stream);
        into.Number(3, Part);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static NextRead Read(ReadOnlySpan<byte> message)
    {
        ulong[] numbers = new ulong[3];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field <= 3)
            {
                numbers[field - 1] = reader.Number();
            }
        }

        return new NextRead(numbers[0], numbers[1], numbers[2]);
    }
}
