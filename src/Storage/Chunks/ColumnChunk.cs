using System.Runtime.CompilerServices;

namespace Pleiad.Storage;

/// <summary>A sealed chunk of floats as two columns, for those that are smaller so. The writer's; reading needs no state.</summary>
/// <remarks>docs/formats/chunk.md, encoding 4.</remarks>
internal sealed class ColumnChunk
{
    /// <summary>Samples of one chunk at most.</summary>
    public const int SamplesMax = 512;

    private const int SamplesMin = 3;
    private const byte RegularTimes = 0;
    private const byte PackedTimes = 1;
    private const byte ConstantValues = 0;
    private const byte DecimalValues = 1;

    // More values than one in so many that are no decimals: the other encoding does better.
    private const int ExceptionsShare = 8;

    private readonly IntegerColumn _column = new();
    private readonly ByteWriter _bytes = new(4096);
    private readonly long[] _integers = new long[SamplesMax];
    private readonly int[] _exceptions = new int[(SamplesMax / ExceptionsShare) + 1];

    /// <summary>Writes a chunk, if it can be written as columns.</summary>
    /// <param name="times">In order.</param>
    /// <param name="values">As many.</param>
    /// <param name="bytes">Valid until the next call.</param>
    /// <returns>False where the samples are too few, too far apart, or not decimals.</returns>
    public bool TryWrite(ReadOnlySpan<long> times, ReadOnlySpan<double> values, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        _bytes.Clear();
        if (times.Length is < SamplesMin or > SamplesMax)
        {
            return false;
        }

        _bytes.Varint(times.Length);
        if (!TryWriteTimes(times) || !TryWriteValues(values))
        {
            return false;
        }

        bytes = _bytes.Written;
        return true;
    }

    /// <summary>How many samples a chunk has.</summary>
    /// <exception cref="FormatException">More than there can be.</exception>
    public static int Count(ref ByteReader reader)
    {
        int count = reader.Count(SamplesMax, 0);
        return count >= SamplesMin ? count : throw new FormatException($"a chunk of columns has {count} samples");
    }

    /// <summary>Reads all samples of a chunk.</summary>
    /// <param name="reader">Stands behind the count.</param>
    /// <param name="firstTime">From the chunk's head.</param>
    /// <param name="times">As long as the count.</param>
    /// <param name="values">As long.</param>
    /// <exception cref="FormatException">The bytes are not a chunk.</exception>
    [SkipLocalsInit]
    public static void Read(ref ByteReader reader, long firstTime, Span<long> times, Span<double> values)
    {
        switch (reader.Byte())
        {
            case RegularTimes:
                long step = reader.Zigzag();
                for (int i = 0; i < times.Length; i++)
                {
                    times[i] = unchecked(firstTime + (i * step));
                }

                break;
            case PackedTimes:
                IntegerColumn.Read(ref reader, times);
                for (int i = 0; i < times.Length; i++)
                {
                    times[i] = unchecked(times[i] + firstTime);
                }

                break;
            default:
                throw new FormatException("a chunk has times in a form that this version does not know");
        }

        switch (reader.Byte())
        {
            case ConstantValues:
                values.Fill(BitConverter.UInt64BitsToDouble(reader.UInt64()));
                break;
            case DecimalValues:
                Span<long> integers = stackalloc long[SamplesMax];
                ReadDecimals(ref reader, integers[..values.Length], values);
                break;
            default:
                throw new FormatException("a chunk has values in a form that this version does not know");
        }
    }

    private static void ReadDecimals(ref ByteReader reader, scoped Span<long> integers, Span<double> values)
    {
        int exponent = reader.Byte();
        if (exponent > DecimalScale.ExponentMax)
        {
            throw new FormatException($"decimals with {exponent} digits");
        }

        int count = reader.Count(values.Length, 9);
        ByteReader exceptions = reader;
        for (int i = 0; i < count; i++)
        {
            reader.Varint();
            reader.UInt64();
        }

        IntegerColumn.Read(ref reader, integers);
        DecimalScale.Unscale(integers, exponent, values);
        int at = -1;
        for (int i = 0; i < count; i++)
        {
            at += 1 + exceptions.Count(values.Length, 0);
            if (at >= values.Length)
            {
                throw new FormatException("an exception lies behind the column");
            }

            values[at] = BitConverter.UInt64BitsToDouble(exceptions.UInt64());
        }
    }

    private bool TryWriteTimes(ReadOnlySpan<long> times)
    {
        // Of times in order the difference is positive, and as an unsigned number right even where the signed one wraps.
        if (unchecked((ulong)(times[^1] - times[0])) > IntegerColumn.MagnitudeMax)
        {
            return false;
        }

        long step = times[1] - times[0];
        bool regular = true;
        for (int i = 0; i < times.Length; i++)
        {
            long since = times[i] - times[0];
            _integers[i] = since;
            regular &= since == i * step;
        }

        if (regular)
        {
            _bytes.Byte(RegularTimes);
            _bytes.Zigzag(step);
        }
        else
        {
            _bytes.Byte(PackedTimes);
            _column.Write(_integers.AsSpan(0, times.Length), _bytes);
        }

        return true;
    }

    private bool TryWriteValues(ReadOnlySpan<double> values)
    {
        ulong first = BitConverter.DoubleToUInt64Bits(values[0]);
        int equal = 1;
        while (equal < values.Length && BitConverter.DoubleToUInt64Bits(values[equal]) == first)
        {
            equal++;
        }

        if (equal == values.Length)
        {
            _bytes.Byte(ConstantValues);
            _bytes.UInt64(first);
            return true;
        }

        int exponent = 0;
        int exceptions = TryScale(values, 0, out double fraction);
        while (exceptions > 0)
        {
            int more = DecimalScale.ExponentOf(fraction, exponent + 1);
            if (more < 0)
            {
                break;
            }

            int then = TryScale(values, more, out fraction);
            if (then >= exceptions)
            {
                exceptions = TryScale(values, exponent, out _);
                break;
            }

            exponent = more;
            exceptions = then;
        }

        if (exceptions > values.Length / ExceptionsShare)
        {
            return false;
        }

        _bytes.Byte(DecimalValues);
        _bytes.Byte((byte)exponent);
        _bytes.Varint(exceptions);
        int before = -1;
        foreach (int at in _exceptions.AsSpan(0, exceptions))
        {
            _bytes.Varint(at - before - 1);
            _bytes.UInt64(BitConverter.DoubleToUInt64Bits(values[at]));
            before = at;
        }

        _column.Write(_integers.AsSpan(0, values.Length), _bytes);
        return true;
    }

    // Fills the integers; an exception takes the one before, which costs least. Returns the exceptions and the last finite one.
    private int TryScale(ReadOnlySpan<double> values, int exponent, out double fraction)
    {
        int exceptions = 0;
        long before = 0;
        fraction = double.NaN;
        for (int i = 0; i < values.Length; i++)
        {
            if (DecimalScale.TryScale(values[i], exponent, out long scaled))
            {
                before = scaled;
            }
            else
            {
                if (exceptions < _exceptions.Length)
                {
                    _exceptions[exceptions] = i;
                }

                exceptions++;
                fraction = double.IsFinite(values[i]) ? values[i] : fraction;
            }

            _integers[i] = before;
        }

        return exceptions;
    }
}
