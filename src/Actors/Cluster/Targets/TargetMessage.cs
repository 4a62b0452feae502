using Pleiad.Model;

namespace Pleiad.Actors;

/// <summary>A target as another node shows it.</summary>
internal static class TargetMessage
{
    /// <summary>Writes it as a record.</summary>
    public static void Write(MessageWriter into, LabelSymbolsWriter symbols, ActiveTarget target)
    {
        int mark = into.Begin((int)RecordKind.Target);
        symbols.Write(into, 1, 2, target.DiscoveredLabels);
        symbols.Write(into, 1, 3, target.Labels);
        into.Text(4, target.Pool);
        into.Text(5, target.ScrapeUrl);
        into.Text(6, target.GlobalUrl);
        into.Text(7, target.LastError);
        into.Number(8, (ulong)(target.LastScrape?.UtcTicks ?? 0));
        into.Number(9, (ulong)target.LastScrapeDuration.Ticks);
        into.Number(10, (ulong)target.Health);
        into.Number(11, (ulong)target.Interval.Ticks);
        into.Number(12, (ulong)target.Timeout.Ticks);
        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static ActiveTarget Read(ReadOnlySpan<byte> message, LabelSymbolsReader symbols)
    {
        var discovered = new List<int>();
        var labels = new List<int>();
        string[] texts = ["", "", "", ""];
        long[] ticks = new long[5];
        int health = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    symbols.Add(reader.Text());
                    break;
                case 2:
                    reader.Numbers(discovered);
                    break;
                case 3:
                    reader.Numbers(labels);
                    break;
                case >= 4 and <= 7:
                    texts[field - 4] = reader.Text();
                    break;
                case 10:
                    health = reader.Number((int)TargetHealth.Down);
                    break;
                case 8 or 9 or 11 or 12:
                    ulong value = reader.Number();
                    ticks[field - 8] = value <= (ulong)DateTimeOffset.MaxValue.UtcTicks ? (long)value : throw new WireFormatException($"{value} is no time");
                    break;
            }
        }

        return new ActiveTarget(
            symbols.Read(discovered), symbols.Read(labels), texts[0], texts[1], texts[2], texts[3], ticks[0] == 0 ? null : new DateTimeOffset(ticks[0], TimeSpan.Zero),
            TimeSpan.FromTicks(ticks[1]), (TargetHealth)health, TimeSpan.FromTicks(ticks[3]), TimeSpan.FromTicks(ticks[4]));
    }
}

/// <summary>What a target of another node says of its metric families.</summary>
internal static class MetadataMessage
{
    /// <summary>Writes it as a record.</summary>
    public static void Write(MessageWriter into, LabelSymbolsWriter symbols, TargetMetadata target)
    {
        int mark = into.Begin((int)RecordKind.Metadata);
        symbols.Write(into, 1, 2, target.TargetLabels);
        into.Text(3, target.Pool);
        foreach ((string name, MetricMetadata family) in target.Families)
        {
            int one = into.Begin(4);
            into.Text(1, name);
            into.Number(2, (ulong)family.Type);
            into.Text(3, family.Help);
            into.Text(4, family.Unit);
            into.End(one);
        }

        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static TargetMetadata Read(ReadOnlySpan<byte> message, LabelSymbolsReader symbols)
    {
        var labels = new List<int>();
        string pool = string.Empty;
        var families = new Dictionary<string, MetricMetadata>(StringComparer.Ordinal);
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    symbols.Add(reader.Text());
                    break;
                case 2:
                    reader.Numbers(labels);
                    break;
                case 3:
                    pool = reader.Text();
                    break;
                case 4:
                    (string name, MetricMetadata family) = Family(reader.Bytes());
                    families[name] = family;
                    break;
            }
        }

        return new TargetMetadata(symbols.Read(labels), pool, families);
    }

    private static (string Name, MetricMetadata Family) Family(ReadOnlySpan<byte> message)
    {
        string name = string.Empty;
        int type = 0;
        string help = string.Empty;
        string unit = string.Empty;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    name = reader.Text();
                    break;
                case 2:
                    type = reader.Number((int)MetricType.StateSet);
                    break;
                case 3:
                    help = reader.Text();
                    break;
                case 4:
                    unit = reader.Text();
                    break;
            }
        }

        return (name, new MetricMetadata((MetricType)type, help, unit));
    }
}
