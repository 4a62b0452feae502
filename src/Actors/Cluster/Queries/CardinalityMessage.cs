using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>What costs most in the head of a shard, with lists that are cut there.</summary>
internal static class CardinalityMessage
{
    /// <summary>Writes it as a record.</summary>
    public static void Write(MessageWriter into, ShardCardinality cardinality)
    {
        Cardinality head = cardinality.Head;
        int mark = into.Begin((int)RecordKind.Cardinality);
        into.Number(1, (ulong)head.Series);
        into.Signed(2, head.OldestTimeMs);
        into.Signed(3, head.NewestTimeMs);
        into.Number(4, (ulong)cardinality.Chunks);
        into.Number(5, (ulong)head.LabelPairs);
        into.Number(6, (ulong)head.Ended);
        into.Number(7, (ulong)head.Bytes);
        foreach (PairCount pair in head.Pairs)
        {
            int one = into.Begin(8);
            into.Text(1, pair.Name);
            into.Text(2, pair.Value);
            into.Number(3, (ulong)pair.Series);
            into.End(one);
        }

        Costs(into, 9, head.Labels);
        Costs(into, 10, head.Metrics);
        Costs(into, 11, head.Instances);
        Costs(into, 12, head.Jobs);
        Costs(into, 13, head.Focus);
        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static ShardCardinality Read(ReadOnlySpan<byte> message)
    {
        long[] numbers = new long[8];
        List<PairCount> pairs = [];
        List<SeriesCost>[] costs = [[], [], [], [], []];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 2 or 3:
                    numbers[field] = reader.Signed();
                    break;
                case >= 1 and <= 7:
                    numbers[field] = Count(reader.Number());
                    break;
                case 8:
                    pairs.Add(Pair(reader.Bytes()));
                    break;
                case >= 9 and <= 13:
                    costs[field - 9].Add(Cost(reader.Bytes()));
                    break;
            }
        }

        if (numbers[1] > int.MaxValue || numbers[5] > int.MaxValue || numbers[6] > int.MaxValue)
        {
            throw new WireFormatException("a shard does not have so many series");
        }

        var head = new Cardinality((int)numbers[1], (int)numbers[5], numbers[2], numbers[3])
        {
            Ended = (int)numbers[6],
            Bytes = numbers[7],
            Pairs = pairs,
            Labels = costs[0],
            Metrics = costs[1],
            Instances = costs[2],
            Jobs = costs[3],
            Focus = costs[4],
        };
        return new ShardCardinality(head, numbers[4]);
    }

    private static void Costs(MessageWriter into, int field, IReadOnlyList<SeriesCost> costs)
    {
        foreach (SeriesCost cost in costs)
        {
            int mark = into.Begin(field);
            into.Text(1, cost.Name);
            into.Number(2, (ulong)cost.Series);
            into.Number(3, (ulong)cost.Ended);
            into.Number(4, (ulong)cost.Bytes);
            into.Number(5, (ulong)cost.Values);
            into.Number(6, (ulong)cost.TextBytes);
            into.End(mark);
        }
    }

    private static PairCount Pair(ReadOnlySpan<byte> message)
    {
        string name = string.Empty;
        string value = string.Empty;
        long series = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    value = reader.Text();
                    break;
                case 3:
                    series = Count(reader.Number());
                    break;
            }
        }

        return new PairCount(name, value, series);
    }

    private static SeriesCost Cost(ReadOnlySpan<byte> message)
    {
        string name = string.Empty;
        Span<long> numbers = stackalloc long[7];
        numbers.Clear();
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                name = reader.Text();
            }
            else if (field < numbers.Length)
            {
                numbers[field] = Count(reader.Number());
            }
        }

        return new SeriesCost(name, numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    private static long Count(ulong value) => value <= long.MaxValue ? (long)value : throw new WireFormatException($"{value} is no count");
}

/// <summary>What costs most in the head of a shard.</summary>
/// <param name="Head">Its lists are cut.</param>
/// <param name="Chunks">Chunks of it.</param>
internal sealed record ShardCardinality(Cardinality Head, long Chunks);
