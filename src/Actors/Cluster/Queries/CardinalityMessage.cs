using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>What costs most in the head of a shard. Values of labels are not in it: those of several shards are one where they are equal.</summary>
internal static class CardinalityMessage
{
    /// <summary>Writes it as a record.</summary>
    public static void Write(MessageWriter into, ShardCardinality cardinality)
    {
        int mark = into.Begin((int)RecordKind.Cardinality);
        into.Number(1, (ulong)cardinality.Series);
        into.Signed(2, cardinality.OldestTimeMs);
        into.Signed(3, cardinality.NewestTimeMs);
        into.Number(4, (ulong)cardinality.Chunks);
        Entries(into, 5, cardinality.SeriesByMetric);
        Entries(into, 6, cardinality.SeriesByPair);
        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static ShardCardinality Read(ReadOnlySpan<byte> message)
    {
        long series = 0;
        long oldest = 0;
        long newest = 0;
        long chunks = 0;
        List<NamedCount> metrics = [];
        List<NamedCount> pairs = [];
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    series = Count(reader.Number());
                    break;
                case 2:
                    oldest = reader.Signed();
                    break;
                case 3:
                    newest = reader.Signed();
                    break;
                case 4:
                    chunks = Count(reader.Number());
                    break;
                case 5:
                    metrics.Add(Entry(reader.Bytes()));
                    break;
                case 6:
                    pairs.Add(Entry(reader.Bytes()));
                    break;
            }
        }

        return new ShardCardinality(series, oldest, newest, chunks, metrics, pairs);
    }

    private static void Entries(MessageWriter into, int field, IReadOnlyList<NamedCount> entries)
    {
        foreach (NamedCount entry in entries)
        {
            int mark = into.Begin(field);
            into.Text(1, entry.Name);
            into.Number(2, (ulong)entry.Value);
            into.End(mark);
        }
    }

    private static NamedCount Entry(ReadOnlySpan<byte> message)
    {
        string name = string.Empty;
        long value = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                name = reader.Text();
            }
            else if (field == 2)
            {
                value = Count(reader.Number());
            }
        }

        return new NamedCount(name, value);
    }

    private static long Count(ulong value) => value <= long.MaxValue ? (long)value : throw new WireFormatException($"{value} is no count");
}

/// <summary>What costs most in the head of a shard.</summary>
internal sealed record ShardCardinality(
    long Series, long OldestTimeMs, long NewestTimeMs, long Chunks, IReadOnlyList<NamedCount> SeriesByMetric, IReadOnlyList<NamedCount> SeriesByPair);
