namespace Pleiad.TestKit;

/// <summary>Messages of remote write as senders make them.</summary>
public static class RemoteWriteMessages
{
    /// <summary>A 1.0 request of one series.</summary>
    public static ProtoMessage First(ProtoMessage series) => new ProtoMessage().Message(1, series);

    /// <summary>A 1.0 series; samples, histograms and exemplars are put behind it.</summary>
    public static ProtoMessage FirstSeries(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var series = new ProtoMessage();
        foreach ((string name, string value) in labels)
        {
            series.Message(1, new ProtoMessage().Text(1, name).Text(2, value));
        }

        return series;
    }

    /// <summary>A sample, of both versions.</summary>
    public static ProtoMessage Sample(long timeMs, double value, long startMs = 0)
    {
        ProtoMessage sample = new ProtoMessage().Double(1, value).Varint(2, timeMs);
        return startMs == 0 ? sample : sample.Varint(3, startMs);
    }

    /// <summary>A block of snappy that compresses nothing: its declared length, then literals.</summary>
    /// <remarks>google/snappy, format_description.txt, "Literals".</remarks>
    public static byte[] Snappy(ReadOnlySpan<byte> message)
    {
        const int LiteralMax = 60;
        var block = new MemoryStream();
        uint length = (uint)message.Length;
        for (; length >= 0x80; length >>= 7)
        {
            block.WriteByte((byte)(length | 0x80));
        }

        block.WriteByte((byte)length);
        for (int at = 0; at < message.Length; at += LiteralMax)
        {
            ReadOnlySpan<byte> literal = message[at..Math.Min(at + LiteralMax, message.Length)];
            block.WriteByte((byte)((literal.Length - 1) << 2));
            block.Write(literal);
        }

        return block.ToArray();
    }
}

/// <summary>Builds a remote write 2.0 request, whose texts are symbols.</summary>
public sealed class SecondRequest
{
    private readonly List<string> _symbols = [string.Empty];
    private readonly List<ProtoMessage> _series = [];

    /// <summary>The number of a symbol.</summary>
    public long Symbol(string text)
    {
        int at = _symbols.IndexOf(text);
        if (at < 0)
        {
            at = _symbols.Count;
            _symbols.Add(text);
        }

        return at;
    }

    /// <summary>References to names and values.</summary>
    public long[] References(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var references = new List<long>();
        foreach ((string name, string value) in labels)
        {
            references.Add(Symbol(name));
            references.Add(Symbol(value));
        }

        return [.. references];
    }

    /// <summary>Adds a series; what it holds is put behind it.</summary>
    public ProtoMessage Series(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        ProtoMessage series = new ProtoMessage().Packed(1, References(labels));
        _series.Add(series);
        return series;
    }

    /// <summary>The metadata of a series.</summary>
    public ProtoMessage Metadata(int type, string help, string unit) =>
        new ProtoMessage().Varint(1, type).Varint(3, Symbol(help)).Varint(4, Symbol(unit));

    /// <summary>The request as bytes.</summary>
    public byte[] ToArray()
    {
        var request = new ProtoMessage();
        _symbols.ForEach(symbol => request.Text(4, symbol));
        _series.ForEach(series => request.Message(5, series));
        return request.ToArray();
    }
}
