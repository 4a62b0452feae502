using System.Numerics;

namespace Pleiad.Model;

/// <summary>Writes the bits of a chunk of Prometheus: most significant first. The counterpart of <see cref="PrometheusBits"/>.</summary>
/// <remarks>prometheus/prometheus, tsdb/docs/format/chunks.md: the names of the methods are those of its fields.</remarks>
internal sealed class PrometheusBitWriter
{
    private byte[] _bytes = new byte[1024];
    private long _at;

    private static ReadOnlySpan<byte> VarbitWidths => [0, 3, 6, 9, 12, 18, 25, 56, 64];

    private static ReadOnlySpan<byte> TimeWidths => [0, 14, 17, 20, 64];

    /// <summary>What was written; the last byte is filled with zeros.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, (int)((_at + 7) / 8));

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        Array.Clear(_bytes, 0, (int)((_at + 7) / 8));
        _at = 0;
    }

    /// <summary>The lowest bits of a number.</summary>
    public void Bits(ulong value, int count)
    {
        if ((_at + count + 7) / 8 > _bytes.Length)
        {
            Array.Resize(ref _bytes, 2 * _bytes.Length);
        }

        for (int left = count; left > 0;)
        {
            int free = 8 - (int)(_at & 7);
            int taken = Math.Min(free, left);
            uint part = (uint)(value >> (left - taken)) & ((1U << taken) - 1);
            _bytes[(int)(_at >> 3)] |= (byte)(part << (free - taken));
            _at += taken;
            left -= taken;
        }
    }

    /// <summary>A double in 64 bits.</summary>
    public void Float64(double value) => Bits(BitConverter.DoubleToUInt64Bits(value), 64);

    /// <summary>An unsigned number in groups of seven bits, lowest first.</summary>
    public void Uvarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Bits((value & 0x7F) | 0x80, 8);
        }

        Bits(value, 8);
    }

    /// <summary>A signed number in groups of seven bits.</summary>
    public void Varint(long value) => Uvarint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>The change of the distance between two times, as chunks of floats have it.</summary>
    public void VarbitTime(long value) => Signed(value, TimeWidths);

    /// <summary>A signed number, as chunks of histograms have it.</summary>
    public void VarbitInt(long value) => Signed(value, VarbitWidths);

    /// <summary>An unsigned number likewise.</summary>
    public void VarbitUint(ulong value)
    {
        int needed = 64 - BitOperations.LeadingZeroCount(value);
        int form = 0;
        while (VarbitWidths[form] < needed)
        {
            form++;
        }

        Prefix(form, VarbitWidths.Length - 1);
        Bits(value, VarbitWidths[form]);
    }

    // The half of the values above the middle are the negative ones; the middle itself is positive.
    private void Signed(long value, ReadOnlySpan<byte> widths)
    {
        int form = 0;
        if (value != 0)
        {
            for (form = 1; widths[form] < 64; form++)
            {
                long middle = 1L << (widths[form] - 1);
                if (value > -middle && value <= middle)
                {
                    break;
                }
            }
        }

        Prefix(form, widths.Length - 1);
        Bits((ulong)value, widths[form]);
    }

    // So many ones, and a zero unless there can be no more.
    private void Prefix(int ones, int max)
    {
        for (int i = 0; i < ones; i++)
        {
            Bits(1, 1);
        }

        if (ones < max)
        {
            Bits(0, 1);
        }
    }
}

/// <summary>Writes doubles, each as what changed of the one before it. The counterpart of <see cref="PrometheusXor"/>.</summary>
internal struct PrometheusXorWriter
{
    private const int LeadingMax = 31;

    private ulong _value;
    private int _leading;
    private int _width;

    /// <summary>The first value.</summary>
    public void First(PrometheusBitWriter into, double value)
    {
        _value = BitConverter.DoubleToUInt64Bits(value);
        _width = 0;
        into.Float64(value);
    }

    /// <summary>The next.</summary>
    public void Next(PrometheusBitWriter into, double value)
    {
        ulong changed = _value ^ BitConverter.DoubleToUInt64Bits(value);
        _value ^= changed;
        if (changed == 0)
        {
            into.Bits(0, 1);
            return;
        }

        int leading = Math.Min(LeadingMax, BitOperations.LeadingZeroCount(changed));
        int trailing = BitOperations.TrailingZeroCount(changed);
        if (_width > 0 && leading >= _leading && trailing >= 64 - _leading - _width)
        {
            into.Bits(0b10, 2);
        }
        else
        {
            (_leading, _width) = (leading, 64 - leading - trailing);
            into.Bits(0b11, 2);
            into.Bits((ulong)_leading, 5);
            into.Bits((ulong)_width & 63, 6);
        }

        into.Bits(changed >> (64 - _leading - _width), _width);
    }
}
