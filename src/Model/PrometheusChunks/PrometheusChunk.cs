namespace Pleiad.Model;

/// <summary>Decodes the data of a chunk of Prometheus: floats, native histograms of integers and of floats.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/chunks.md; written from the description, as Prometheus 2.42 and 3 write them.</remarks>
public static class PrometheusChunk
{
    /// <summary>The encoding of floats.</summary>
    public const byte Floats = 1;

    /// <summary>That of native histograms whose counts are integers.</summary>
    public const byte Histograms = 2;

    /// <summary>That of other native histograms.</summary>
    public const byte FloatHistograms = 3;

    /// <summary>Appends all samples of a chunk.</summary>
    /// <param name="encoding">The byte before the data.</param>
    /// <param name="data">Without length, encoding and checksum.</param>
    /// <param name="into">Where they go.</param>
    /// <exception cref="FormatException">These are not the bytes of such a chunk.</exception>
    public static void Read(int encoding, ReadOnlySpan<byte> data, SampleColumns into)
    {
        var bits = new PrometheusBits(data);
        int count = (int)bits.Bits(16);
        switch (encoding)
        {
            case Floats:
                ReadFloats(ref bits, count, into);
                break;
            case Histograms:
                PrometheusHistograms.ReadIntegers(ref bits, count, into);
                break;
            case FloatHistograms:
                PrometheusHistograms.ReadFloats(ref bits, count, into);
                break;
            default:
                throw new FormatException($"a chunk has encoding {encoding}; known are 1 (XOR), 2 (histogram) and 3 (float histogram)");
        }
    }

    private static void ReadFloats(ref PrometheusBits bits, int count, SampleColumns into)
    {
        if (count == 0)
        {
            return;
        }

        into.Reserve(count, out Span<long> times, out Span<double> values);
        long time = times[0] = bits.Varint();
        var value = new PrometheusXor(bits.Float64());
        values[0] = value.Value;
        long step = 0;
        for (int i = 1; i < count; i++)
        {
            step = i == 1 ? (long)bits.Uvarint() : unchecked(step + bits.VarbitTime());
            time = unchecked(time + step);
            times[i] = time;
            values[i] = value.Next(ref bits);
        }

        into.Advance(count);
    }
}
