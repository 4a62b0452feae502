using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pleiad.Storage;

/// <summary>What the next sample is written against: the tail of an open chunk.</summary>
internal struct GorillaTail
{
    /// <summary>Time of the last sample; <see cref="long.MinValue"/> before the first.</summary>
    public long Time;

    /// <summary>Distance of the last two samples; 0 after the first.</summary>
    public long Delta;

    /// <summary>Bits of the last value.</summary>
    public ulong Value;

    /// <summary>Leading zeros of the window of meaningful bits; <see cref="NoWindow"/> before there is one.</summary>
    public byte Leading;

    /// <summary>Width of that window.</summary>
    public byte Width;

    /// <summary>There is no window yet.</summary>
    public const byte NoWindow = 0xFF;
}

/// <summary>Floats as delta of delta and XOR, appended one by one and decoded by columns; bit exact for every double.</summary>
/// <remarks>
/// Pelkonen et al., "Gorilla: a fast, scalable, in-memory time series database", VLDB 2015, section 4.1, with buckets for milliseconds.
/// The first time is kept by the chunk's header, the first value is written raw. docs/formats/chunk.md.
/// </remarks>
internal static class GorillaStream
{
    /// <summary>Bits the largest sample takes: 4 + 64 for the time, 2 + 5 + 6 + 64 for the value.</summary>
    public const int SampleBitsMax = 145;

    private const int ShortBits = 7;
    private const int MiddleBits = 14;
    private const int LongBits = 20;

    /// <summary>Starts a chunk: the value raw, the time in the caller's hands.</summary>
    public static void First(Span<byte> into, ref int position, ref GorillaTail tail, long time, ulong value)
    {
        Bits.Put(into, ref position, value, 64);
        tail.Time = time;
        tail.Delta = 0;
        tail.Value = value;
        tail.Leading = GorillaTail.NoWindow;
        tail.Width = 0;
    }

    /// <summary>How many bits <see cref="Next"/> would take.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Measure(in GorillaTail tail, long time, ulong value)
    {
        long change = unchecked(time - tail.Time - tail.Delta);
        int bits = change == 0 ? 1
            : Fits(change, ShortBits) ? 2 + ShortBits
            : Fits(change, MiddleBits) ? 3 + MiddleBits
            : Fits(change, LongBits) ? 4 + LongBits
            : 4 + 64;
        ulong xor = value ^ tail.Value;
        if (xor == 0)
        {
            return bits + 1;
        }

        int leading = Math.Min(BitOperations.LeadingZeroCount(xor), 31);
        int trailing = BitOperations.TrailingZeroCount(xor);
        return InWindow(tail, leading, trailing) ? bits + 2 + tail.Width : bits + 13 + (64 - leading - trailing);
    }

    /// <summary>Appends a sample later than the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Next(Span<byte> into, ref int position, ref GorillaTail tail, long time, ulong value)
    {
        // Wrapping arithmetic is its own inverse, so that even the ends of time come back exactly.
        long delta = unchecked(time - tail.Time);
        long change = unchecked(delta - tail.Delta);
        if (change == 0)
        {
            position++;
        }
        else if (Fits(change, ShortBits))
        {
            Bits.Put(into, ref position, (0b10UL << ShortBits) | Low(change, ShortBits), 2 + ShortBits);
        }
        else if (Fits(change, MiddleBits))
        {
            Bits.Put(into, ref position, (0b110UL << MiddleBits) | Low(change, MiddleBits), 3 + MiddleBits);
        }
        else if (Fits(change, LongBits))
        {
            Bits.Put(into, ref position, (0b1110UL << LongBits) | Low(change, LongBits), 4 + LongBits);
        }
        else
        {
            Bits.Put(into, ref position, 0b1111, 4);
            Bits.Put(into, ref position, (ulong)change, 64);
        }

        tail.Time = time;
        tail.Delta = delta;
        ulong xor = value ^ tail.Value;
        tail.Value = value;
        if (xor == 0)
        {
            position++;
            return;
        }

        int leading = Math.Min(BitOperations.LeadingZeroCount(xor), 31);
        int trailing = BitOperations.TrailingZeroCount(xor);
        if (InWindow(tail, leading, trailing))
        {
            Bits.Put(into, ref position, 0b10, 2);
            Bits.Put(into, ref position, xor >> (64 - tail.Leading - tail.Width), tail.Width);
            return;
        }

        int width = 64 - leading - trailing;
        tail.Leading = (byte)leading;
        tail.Width = (byte)width;
        Bits.Put(into, ref position, (0b11UL << 11) | ((ulong)(uint)leading << 6) | (uint)(width - 1), 13);
        Bits.Put(into, ref position, xor >> trailing, width);
    }

    /// <summary>Decodes the first samples of a chunk.</summary>
    /// <param name="reader">Stands at the first value; afterwards behind the last one read.</param>
    /// <param name="firstTime">From the chunk's header.</param>
    /// <param name="times">As many as are wanted, no more than there are.</param>
    /// <param name="values">As long.</param>
    /// <param name="tail">What the next sample would be written against.</param>
    public static void Decode(ref BitReader reader, long firstTime, Span<long> times, Span<double> values, out GorillaTail tail)
    {
        tail = default;
        tail.Leading = GorillaTail.NoWindow;
        if (times.IsEmpty)
        {
            return;
        }

        BitReader bits = reader;
        long time = firstTime;
        long delta = 0;
        ulong value = bits.Read(64);
        int leading = GorillaTail.NoWindow;
        int width = 0;
        times[0] = time;
        values[0] = BitConverter.UInt64BitsToDouble(value);
        values = values[..times.Length];
        for (int i = 1; i < times.Length; i++)
        {
            ulong ahead = bits.Peek();
            if ((long)ahead >= 0)
            {
                bits.Skip(1);
                ahead <<= 1;
            }
            else
            {
                delta = unchecked(delta + Change(ref bits));
                ahead = bits.Peek();
            }

            time = unchecked(time + delta);
            if ((long)ahead >= 0)
            {
                bits.Skip(1);
            }
            else
            {
                if ((ahead & (1UL << 62)) == 0)
                {
                    bits.Skip(2);
                }
                else
                {
                    leading = (int)(ahead >> 57) & 31;
                    width = ((int)(ahead >> 51) & 63) + 1;
                    bits.Skip(13);
                }

                // Of well-formed bytes the shift is never negative; masked by the processor it cannot leave the word either.
                value ^= bits.Read(width) << (64 - leading - width);
            }

            times[i] = time;
            values[i] = BitConverter.UInt64BitsToDouble(value);
        }

        reader = bits;
        tail.Time = time;
        tail.Delta = delta;
        tail.Value = value;
        tail.Leading = (byte)leading;
        tail.Width = (byte)width;
    }

    /// <summary>Decodes the sample after those already read: for streams with something between the samples.</summary>
    public static void DecodeNext(ref BitReader bits, ref GorillaTail tail)
    {
        tail.Delta = unchecked(tail.Delta + Change(ref bits));
        tail.Time = unchecked(tail.Time + tail.Delta);
        switch (bits.Ones(2))
        {
            case 0:
                return;
            case 2:
                ulong window = bits.Read(11);
                tail.Leading = (byte)(window >> 6);
                tail.Width = (byte)((window & 63) + 1);
                break;
        }

        tail.Value ^= bits.Read(tail.Width) << (64 - tail.Leading - tail.Width);
    }

    private static long Change(ref BitReader bits) => bits.Ones(4) switch
    {
        0 => 0,
        1 => SignExtended(bits.Read(ShortBits), ShortBits),
        2 => SignExtended(bits.Read(MiddleBits), MiddleBits),
        3 => SignExtended(bits.Read(LongBits), LongBits),
        _ => (long)bits.Read(64),
    };

    private static bool Fits(long value, int bits) => value >= -(1L << (bits - 1)) && value < 1L << (bits - 1);

    private static ulong Low(long value, int bits) => (ulong)value & ((1UL << bits) - 1);

    private static long SignExtended(ulong value, int bits) => (long)(value << (64 - bits)) >> (64 - bits);

    private static bool InWindow(in GorillaTail tail, int leading, int trailing) =>
        tail.Leading != GorillaTail.NoWindow && leading >= tail.Leading && trailing >= 64 - tail.Leading - tail.Width;
}
