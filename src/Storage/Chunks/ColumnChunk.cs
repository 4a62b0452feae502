using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pleiad.Model;

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

    private readonly IntegerColumnWriter _column = new();
    private readonly ByteWriter _bytes = new(4096);
    private readonly long[] _integers = new long[SamplesMax];
    private readonly int[] _exceptions = new int[SamplesMax / ExceptionsShare];

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

    /// <summary>Appends the samples of a chunk that lie in a range; what lies outside it is decoded only as far as others follow from it.</summary>
    /// <param name="reader">Stands behind the count.</param>
    /// <param name="all">The count.</param>
    /// <param name="firstTime">From the chunk's head.</param>
    /// <param name="count">How many samples to look at, from the first on.</param>
    /// <param name="range">Which of these.</param>
    /// <param name="newestOnly">Only the last of them.</param>
    /// <param name="into">Where they go.</param>
    /// <exception cref="FormatException">The bytes are not a chunk.</exception>
    public static void Read(ref ByteReader reader, int all, long firstTime, int count, TimeRange range, bool newestOnly, SampleColumns into)
    {
        into.Reserve(count + IntegerColumn.Slack, out Span<long> times, out Span<double> values);
        int from;
        int end;
        switch (reader.Byte())
        {
            case RegularTimes:
                long step = reader.Zigzag();
                end = FirstAfter(range.Through, firstTime, step, count);
                from = newestOnly ? Math.Max(0, end - 1) : FirstAfter(range.After, firstTime, step, count);
                FillRegular(times, end - from, unchecked(firstTime + (from * step)), step);
                break;
            case PackedTimes:
                (from, end) = ReadTimes(ref reader, all, firstTime, count, range, newestOnly, times);
                break;
            default:
                throw new FormatException("a chunk has times in a form that this version does not know");
        }

        if (end <= from || (newestOnly && times[0] <= range.After))
        {
            return;
        }

        switch (reader.Byte())
        {
            case ConstantValues:
                values[..(end - from)].Fill(BitConverter.UInt64BitsToDouble(reader.UInt64()));
                break;
            case DecimalValues:
                ReadDecimals(ref reader, all, from, end, values);
                break;
            default:
                throw new FormatException("a chunk has values in a form that this version does not know");
        }

        into.Advance(end - from);
    }

    // Those of the first times that lie in a range.
    [SkipLocalsInit]
    private static (int From, int End) ReadTimes(
        ref ByteReader reader, int all, long firstTime, int count, TimeRange range, bool newestOnly, Span<long> times)
    {
        Span<long> since = stackalloc long[SamplesMax + IntegerColumn.Slack];
        IntegerColumn.Read(ref reader, all, 0, count, default(IntegerTarget), since);
        since = since[..count];
        int end = FirstAfter(range.Through, firstTime, since);
        int from = newestOnly ? Math.Max(0, end - 1) : FirstAfter(range.After, firstTime, since);
        for (int i = from; i < end; i++)
        {
            times[i - from] = unchecked(firstTime + since[i]);
        }

        return (from, end);
    }

    // Eight at a time, up to seven more than are wanted.
    private static void FillRegular(Span<long> times, int count, long first, long step)
    {
        Vector512<long> eight = Vector512.Create(first) + (Vector512<long>.Indices * step);
        Vector512<long> ahead = Vector512.Create(unchecked(step * Vector512<long>.Count));
        for (int i = 0; i < count; i += Vector512<long>.Count, eight += ahead)
        {
            eight.CopyTo(times[i..]);
        }
    }

    // The first of some times, a step apart, that is later than another; the count for none.
    private static int FirstAfter(long time, long firstTime, long step, int count)
    {
        if (step <= 0)
        {
            throw new FormatException("a chunk has times that do not ascend");
        }

        if (time < firstTime)
        {
            return 0;
        }

        // Most ranges reach past the chunk: no division then. Neither product nor difference can be too large for 128 bits or 64 without a sign.
        ulong since = unchecked((ulong)(time - firstTime));
        return since >= (UInt128)(ulong)step * (uint)count ? count : (int)Math.Min((ulong)count, (since / (ulong)step) + 1);
    }

    private static int FirstAfter(long time, long firstTime, ReadOnlySpan<long> since)
    {
        int first = 0;
        while (first < since.Length && unchecked(firstTime + since[first]) <= time)
        {
            first++;
        }

        return first;
    }

    // The values from one up to, not including, another.
    private static void ReadDecimals(ref ByteReader reader, int all, int from, int end, Span<double> values)
    {
        int exponent = reader.Byte();
        if (exponent > DecimalScale.ExponentMax)
        {
            throw new FormatException($"decimals with {exponent} digits");
        }

        int count = reader.Count(all, 9);
        var exceptions = new ByteReader(reader.Rest);
        for (int i = 0; i < count; i++)
        {
            reader.Varint();
            reader.UInt64();
        }

        if (exponent == 0)
        {
            IntegerColumn.Read(ref reader, all, from, end, default(WholeTarget), values);
        }
        else
        {
            IntegerColumn.Read(ref reader, all, from, end, new DecimalTarget(exponent), values);
        }

        int at = -1;
        for (int i = 0; i < count; i++)
        {
            at += 1 + exceptions.Count(all, 0);
            if (at >= all)
            {
                throw new FormatException("an exception lies behind the column");
            }

            double value = BitConverter.UInt64BitsToDouble(exceptions.UInt64());
            if (at >= from && at < end)
            {
                values[at - from] = value;
            }
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
        if (IsRegular(times, step))
        {
            _bytes.Byte(RegularTimes);
            _bytes.Zigzag(step);
            return true;
        }

        for (int i = 0; i < times.Length; i++)
        {
            _integers[i] = times[i] - times[0];
        }

        _bytes.Byte(PackedTimes);
        _column.Write(_integers.AsSpan(0, times.Length), _bytes);
        return true;
    }

    // Whether the times are a step apart, all of them.
    private static bool IsRegular(ReadOnlySpan<long> times, long step)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<long> expected = Vector256.Create(times[0]) + (Vector256<long>.Indices * step);
            Vector256<long> ahead = Vector256.Create(step * Vector256<long>.Count);
            Vector256<long> wrong = default;
            for (; i + Vector256<long>.Count <= times.Length; i += Vector256<long>.Count, expected += ahead)
            {
                wrong |= Vector256.Create(times[i..]) ^ expected;
            }

            if (wrong != default)
            {
                return false;
            }
        }

        for (; i < times.Length; i++)
        {
            if (times[i] - times[0] != i * step)
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWriteValues(ReadOnlySpan<double> values)
    {
        ulong first = BitConverter.DoubleToUInt64Bits(values[0]);
        if (!MemoryMarshal.Cast<double, ulong>(values).ContainsAnyExcept(first))
        {
            _bytes.Byte(ConstantValues);
            _bytes.UInt64(first);
            return true;
        }

        if (!TryScale(values, out int exponent, out int exceptions))
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

    // Fills the integers, with the smallest power that leaves few exceptions and that no larger one, as those need it, makes fewer.
    private bool TryScale(ReadOnlySpan<double> values, out int exponent, out int exceptions)
    {
        Span<int> room = _exceptions.AsSpan(0, values.Length / ExceptionsShare);
        exponent = 0;
        exceptions = DecimalScale.Scale(values, 0, _integers, room, out double last);
        while (exceptions > 0)
        {
            int more = NextExponent(values, exponent + 1, exceptions, last);
            if (more < 0)
            {
                break;
            }

            int then = DecimalScale.Scale(values, more, _integers, room, out last);
            if (then >= exceptions && exceptions <= room.Length)
            {
                exceptions = DecimalScale.Scale(values, exponent, _integers, room, out _);
                break;
            }

            exponent = more;
            exceptions = then;
        }

        return exceptions <= room.Length;
    }

    // The last exception tells; where there are too many, others may be decimals though that one is none.
    private int NextExponent(ReadOnlySpan<double> values, int from, int exceptions, double last)
    {
        const int others = 4;
        int more = DecimalScale.ExponentOf(last, from);
        int room = values.Length / ExceptionsShare;
        for (int i = 0; i < others && more < 0 && exceptions > room && room > 0; i++)
        {
            more = DecimalScale.ExponentOf(values[_exceptions[i * room / others]], from);
        }

        return more;
    }
}
