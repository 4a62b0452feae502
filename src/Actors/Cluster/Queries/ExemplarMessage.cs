using Pleiad.Model;
using Pleiad.Storage;

namespace Pleiad.Actors;

/// <summary>An exemplar and its series.</summary>
internal static class ExemplarMessage
{
    /// <summary>Writes it as a record.</summary>
    public static void Write(MessageWriter into, LabelSymbolsWriter symbols, StoredExemplar stored)
    {
        int mark = into.Begin((int)RecordKind.Exemplar);
        symbols.Write(into, 1, 2, stored.Series);
        symbols.Write(into, 1, 3, stored.Exemplar.Labels);
        into.Double(4, stored.Exemplar.Value);
        into.Signed(5, stored.Exemplar.At?.Milliseconds ?? 0);
        into.End(mark);
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="WireFormatException">It is none.</exception>
    public static StoredExemplar Read(ReadOnlySpan<byte> message, LabelSymbolsReader symbols)
    {
        var series = new List<int>();
        var labels = new List<int>();
        double value = 0;
        long at = 0;
        var reader = new MessageReader(message);
        while (reader.Next(out int field))
        {
            switch (field)
            {
                case 1:
                    symbols.Add(reader.Text());
                    break;
                case 2:
                    reader.Numbers(series);
                    break;
                case 3:
                    reader.Numbers(labels);
                    break;
                case 4:
                    value = reader.Double();
                    break;
                case 5:
                    at = reader.Signed();
                    break;
            }
        }

        return new StoredExemplar(symbols.Read(series), new Exemplar(symbols.Read(labels), value, new Timestamp(at)));
    }
}
