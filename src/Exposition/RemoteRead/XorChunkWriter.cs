using System.Numerics;

namespace Pleiad.Exposition;

/// <summary>Writes samples as a chunk in Prometheus's XOR encoding, which is what a stream of remote read carries.</summary>
/// <remarks>
/// prometheus/prometheus, tsdb/docs/format/chunks.md, "XOR chunk data": the number of samples in two bytes; the first time as a varint and its
/// value; the first difference of times as an uvarint; then differences of differences in 1, 16, 20, 24 or 68 bits, and values as XOR.
/// </remarks>
internal sealed class XorChunkWriter
{
    private const int NoWindow = 255;

    private byte[] _bytes = new byte[1024];
    private int _bits;
    private int _leading;
    private int _trailing;

    /// <summary>The chunk; valid until the next.</summary>
    /// <param name="times">Ascending, at least one, at most 65535.</param>
    /// <param name="values">As many.</param>
    public ReadOnlySpan<byte> Write(ReadOnlySpan<long> times, ReadOnlySpan<double> values)
    {
        _bits = 0;
        _leading = NoWindow;
        Array.Clear(_bytes);
        Put((ulong)times.Length, 16);
        PutVarint((ulong)((times[0] << 1) ^ (times[0] >> 63)));
        Put(BitConverter.DoubleToUInt64Bits(values[0]), 64);
        long difference = 0;
        for (int i = 1; i < times.Length; i++)
        {
            long next = times[i] - times[i - 1];
            if (i == 1)
            {
                PutVarint((ulong)next);
            }
            else
            {
                PutTime(next - difference);
            }

            difference = next;
            PutValue(BitConverter.DoubleToUInt64Bits(values[i]) ^ BitConverter.DoubleToUInt64Bits(values[i - 1]));
        }

        return _bytes.AsSpan(0, (_bits + 7) / 8);
    }

    private void PutTime(long change)
    {
        switch (change)
        {
            case 0:
                Put(0, 1);
                break;
            case >= -((1 << 13) - 1) and <= 1 << 13:
                Put(0b10, 2);
                Put((ulong)change, 14);
                break;
            case >= -((1 << 16) - 1) and <= 1 << 16:
                Put(0b110, 3);
                Put((ulong)change, 17);
                break;
            case >= -((1 << 19) - 1) and <= 1 << 19:
                Put(0b1110, 4);
                Put((ulong)change, 20);
                break;
            default:
                Put(0b1111, 4);
                Put((ulong)change, 64);
                break;
        }
    }

    private void PutValue(ulong xor)
    {
        if (xor == 0)
        {
            Put(0, 1);
            return;
        }

        int leading = Math.Min(BitOperations.LeadingZeroCount(xor), 31);
        int trailing = BitOperations.TrailingZeroCount(xor);
        if (_leading != NoWindow && leading >= _leading && trailing >= _trailing)
        {
            Put(0b10, 2);
            Put(xor >> _trailing, 64 - _leading - _trailing);
            return;
        }

        (_leading, _trailing) = (leading, trailing);
        int significant = 64 - leading - trailing;
        Put(0b11, 2);
        Put((ulong)leading, 5);
        Put((ulong)significant, 6); // 64 does not fit and becomes 0, which no other number of bits is
        Put(xor >> trailing, significant);
    }

    private void PutVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Put(value | 0x80, 8);
        }

        Put(value, 8);
    }

    // The lowest bits of a value, highest first.
    private void Put(ulong value, int count)
    {
        if (_bits + count + 7 >= _bytes.Length * 8)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        for (int left = count; left > 0;)
        {
            int free = 8 - (_bits & 7);
            int taken = Math.Min(free, left);
            ulong piece = (value >> (left - taken)) & ((1UL << taken) - 1);
            _bytes[_bits >> 3] |= (byte)(piece << (free - taken));
            _bits += taken;
            left -= taken;
        }
    }
}
