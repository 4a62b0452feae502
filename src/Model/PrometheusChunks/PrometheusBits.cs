namespace Pleiad.Model;

/// <summary>Reads the bits of a chunk of Prometheus: most significant first. Past the end is a <see cref="FormatException"/>.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/chunks.md: the names of the methods are those of its fields.</remarks>
internal ref struct PrometheusBits(ReadOnlySpan<byte> bytes)
{
    private const int LongestPrefix = 8;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private long _at;

    private static ReadOnlySpan<byte> VarbitWidths => [0, 3, 6, 9, 12, 18, 25, 56, 64];

    private static ReadOnlySpan<byte> TimeWidths => [0, 14, 17, 20, 64];

    /// <summary>So many bits as a number.</summary>
    public ulong Bits(int count)
    {
        if (_at + count > _bytes.Length * 8L)
        {
            throw new FormatException("the chunk ends before its samples do");
        }

        ulong value = 0;
        for (int left = count; left > 0;)
        {
            int free = 8 - (int)(_at & 7);
            int taken = Math.Min(free, left);
            value = (value << taken) | ((uint)(_bytes[(int)(_at >> 3)] >> (free - taken)) & ((1U << taken) - 1));
            _at += taken;
            left -= taken;
        }

        return value;
    }

    /// <summary>A double in 64 bits.</summary>
    public double Float64() => BitConverter.UInt64BitsToDouble(Bits(64));

    /// <summary>An unsigned number in groups of seven bits, lowest first.</summary>
    public ulong Uvarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            ulong group = Bits(8);
            value |= (group & 0x7F) << shift;
            if (group < 0x80)
            {
                return value;
            }
        }

        throw new FormatException("a number has more than 64 bits");
    }

    /// <summary>A signed number in groups of seven bits.</summary>
    public long Varint()
    {
        ulong value = Uvarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>The change of the distance between two times, as chunks of floats have it.</summary>
    public long VarbitTime() => Signed(TimeWidths[Prefix(TimeWidths.Length - 1)]);

    /// <summary>A signed number, as chunks of histograms have it.</summary>
    public long VarbitInt() => Signed(VarbitWidths[Prefix(LongestPrefix)]);

    /// <summary>An unsigned number likewise.</summary>
    public ulong VarbitUint() => Bits(VarbitWidths[Prefix(LongestPrefix)]);

    /// <summary>A number that must fit the memory of one chunk.</summary>
    public int Count(int max)
    {
        ulong count = VarbitUint();
        return count <= (ulong)max ? (int)count : throw new FormatException($"{count} of a thing of which there are at most {max}");
    }

    // How many ones come before a zero, at most so many.
    private int Prefix(int max)
    {
        int ones = 0;
        while (ones < max && Bits(1) == 1)
        {
            ones++;
        }

        return ones;
    }

    // The half of the values above the middle are the negative ones; the middle itself is positive.
    private long Signed(int width)
    {
        if (width == 0)
        {
            return 0;
        }

        ulong bits = Bits(width);
        return width < 64 && bits > 1UL << (width - 1) ? (long)bits - (1L << width) : (long)bits;
    }
}

/// <summary>A double that is written as what changed of the one before it.</summary>
internal struct PrometheusXor(double first)
{
    private ulong _value = BitConverter.DoubleToUInt64Bits(first);
    private int _leading;
    private int _width;

    /// <summary>The value.</summary>
    public readonly double Value => BitConverter.UInt64BitsToDouble(_value);

    /// <summary>Reads the next.</summary>
    public double Next(ref PrometheusBits bits)
    {
        if (bits.Bits(1) == 0)
        {
            return Value;
        }

        if (bits.Bits(1) == 1)
        {
            _leading = (int)bits.Bits(5);
            _width = (int)bits.Bits(6);
            _width = _width == 0 ? 64 : _width;
        }

        int trailing = 64 - _leading - _width;
        if (trailing < 0 || _width == 0)
        {
            throw new FormatException("a value has more bits than it can");
        }

        _value ^= bits.Bits(_width) << trailing;
        return Value;
    }
}
