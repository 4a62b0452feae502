using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Pleiad.Gateway;

/// <summary>Numbers as the Prometheus API writes them, as UTF-8 into a caller's span, without allocation.</summary>
/// <remarks>
/// Values as Go's strconv formats the shortest form: a sample is plain (<c>0.25</c>) but has an exponent below 1e-6 and from
/// 1e21 on (<c>1e+21</c>, <c>9e-07</c>); a scalar is plain at any size. Times are seconds with no or three decimals.
/// </remarks>
internal static class SampleText
{
    /// <summary>Bytes a value of a sample takes at most.</summary>
    public const int ValueBytesMax = 32;

    /// <summary>Bytes a value in plain form takes at most: <c>-0.</c>, 323 zeros and 17 digits.</summary>
    public const int PlainBytesMax = 352;

    /// <summary>Bytes a time takes at most.</summary>
    public const int TimeBytesMax = 24;

    private const double ExponentBelow = 1e-6;
    private const double ExponentFrom = 1e21;
    private const double ExactIntegersBelow = 9007199254740992;   // 2^53

    private static ReadOnlySpan<ulong> TenTo =>
    [
        0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    private static ReadOnlySpan<byte> Pairs =>
        "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"u8;

    /// <summary>Writes the value of a sample.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteValue(double value, Span<byte> to)
    {
        Debug.Assert(to.Length >= ValueBytesMax, "the caller reserves");
        if (WriteSimple(value, to, out int written))
        {
            return written;
        }

        int at = 0;
        if (value < 0)
        {
            to[at++] = (byte)'-';
            value = -value;
        }

        (ulong digits, int exponent) = ShortestDecimal.Of(value);
        return value is < ExponentBelow or >= ExponentFrom
            ? at + WriteExponential(digits, exponent, to[at..])
            : at + WriteDecimal(digits, exponent, to[at..]);
    }

    /// <summary>Writes a value without an exponent, however large or small.</summary>
    /// <returns>Bytes written.</returns>
    public static int WritePlain(double value, Span<byte> to)
    {
        Debug.Assert(to.Length >= PlainBytesMax, "the caller reserves");
        if (WriteSimple(value, to, out int written))
        {
            return written;
        }

        int at = 0;
        if (value < 0)
        {
            to[at++] = (byte)'-';
            value = -value;
        }

        (ulong digits, int exponent) = ShortestDecimal.Of(value);
        return at + WriteDecimal(digits, exponent, to[at..]);
    }

    /// <summary>Writes milliseconds since the epoch as seconds.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteSeconds(long milliseconds, Span<byte> to)
    {
        Debug.Assert(to.Length >= TimeBytesMax, "the caller reserves");
        int at = 0;
        ulong magnitude = (ulong)milliseconds;
        if (milliseconds < 0)
        {
            to[at++] = (byte)'-';
            magnitude = 0 - magnitude;
        }

        (ulong seconds, ulong rest) = Math.DivRem(magnitude, 1000);
        at += WriteInteger(seconds, to[at..]);
        if (rest != 0)
        {
            to[at] = (byte)'.';
            to[at + 1] = (byte)('0' + (rest / 100));
            WritePair((uint)(rest % 100), to[(at + 2)..]);
            at += 4;
        }

        return at;
    }

    /// <summary>Writes a whole number.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteInteger(ulong value, Span<byte> to)
    {
        int length = DigitsOf(value);
        WriteDigits(value, to[..length]);
        return length;
    }

    // Whole numbers that a double holds exactly, and the three that are no numbers; zero keeps its sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool WriteSimple(double value, Span<byte> to, out int written)
    {
        double magnitude = Math.Abs(value);
        if (magnitude < ExactIntegersBelow)
        {
            ulong whole = (ulong)magnitude;
            if (whole != magnitude)
            {
                written = 0;
                return false;
            }

            int at = 0;
            if (double.IsNegative(value))
            {
                to[at++] = (byte)'-';
            }

            written = at + WriteInteger(whole, to[at..]);
            return true;
        }

        if (double.IsFinite(value))
        {
            written = 0;
            return false;
        }

        ReadOnlySpan<byte> text = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
        text.CopyTo(to);
        written = text.Length;
        return true;
    }

    private static int WriteDecimal(ulong digits, int exponent, Span<byte> to)
    {
        int count = DigitsOf(digits);
        int point = count + exponent;
        if (exponent >= 0)
        {
            WriteDigits(digits, to[..count]);
            to.Slice(count, exponent).Fill((byte)'0');
            return point;
        }

        if (point > 0)
        {
            // One place to the right, then the whole part back over the gap: the point lands in between.
            WriteDigits(digits, to.Slice(1, count));
            to.Slice(1, point).CopyTo(to);
            to[point] = (byte)'.';
            return count + 1;
        }

        to[0] = (byte)'0';
        to[1] = (byte)'.';
        to.Slice(2, -point).Fill((byte)'0');
        WriteDigits(digits, to.Slice(2 - point, count));
        return 2 - point + count;
    }

    private static int WriteExponential(ulong digits, int exponent, Span<byte> to)
    {
        int count = DigitsOf(digits);
        int at = count;
        if (count > 1)
        {
            WriteDigits(digits, to.Slice(1, count));
            to[0] = to[1];
            to[1] = (byte)'.';
            at++;
        }
        else
        {
            to[0] = (byte)('0' + digits);
        }

        int power = exponent + count - 1;
        to[at++] = (byte)'e';
        to[at++] = power < 0 ? (byte)'-' : (byte)'+';
        uint size = (uint)Math.Abs(power);
        if (size >= 100)
        {
            to[at++] = (byte)('0' + (size / 100));
        }

        WritePair(size % 100, to[at..]);
        return at + 2;
    }

    private static void WriteDigits(ulong value, Span<byte> to)
    {
        int at = to.Length;
        while (value >= 100_000_000)
        {
            // Eight digits at a time: what follows is arithmetic of 32 bits.
            ulong rest = value / 100_000_000;
            uint eight = (uint)(value - (rest * 100_000_000));
            value = rest;
            at -= 8;
            uint high = eight / 10_000;
            uint low = eight - (high * 10_000);
            Span<byte> here = to.Slice(at, 8);
            WritePair(high / 100, here);
            WritePair(high % 100, here[2..]);
            WritePair(low / 100, here[4..]);
            WritePair(low % 100, here[6..]);
        }

        uint left = (uint)value;
        while (left >= 100)
        {
            uint rest = left / 100;
            at -= 2;
            WritePair(left - (rest * 100), to[at..]);
            left = rest;
        }

        if (left >= 10)
        {
            WritePair(left, to[(at - 2)..]);
        }
        else
        {
            to[at - 1] = (byte)('0' + left);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WritePair(uint pair, Span<byte> to) =>
        BinaryPrimitives.WriteUInt16LittleEndian(to, BinaryPrimitives.ReadUInt16LittleEndian(Pairs[(int)(2 * pair)..]));

    private static int DigitsOf(ulong value)
    {
        // log10 from log2, at most one too small; the table corrects it.
        int guess = ((BitOperations.Log2(value | 1) + 1) * 1233) >> 12;
        return guess + (value >= TenTo[guess] ? 1 : 0);
    }
}
