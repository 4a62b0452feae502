using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Pleiad.Model;

namespace Pleiad.Storage;

/// <summary>A sealed chunk of floats as two columns, for those that are smaller so. The writer's; reading needs no state.</summary>
/// <remarks>docs/formats/chunk.md, encodings 4 and 5.</remarks>
/// <param name="forCompression">Whether the chunks are compressed afterwards.</param>
internal sealed class ColumnChunk(bool forCompression = false)
{
    /// <summary>Samples of one chunk at most.</summary>
    public const int SamplesMax = 512;

    private const int SamplesMin = 3;
    private const byte RegularTimes = 0;
    private const byte PackedTimes = 1;

    private readonly IntegerColumnWriter _column = new(forCompression);
    private readonly ColumnValuesWriter _values = new(forCompression);
    private readonly ByteWriter _bytes = new(4096);
    private readonly long[] _sinceFirst = new long[SamplesMax];

    /// <summary>Writes a chunk, if it can be written as columns.</summary>
    /// <param name="times">In order.</param>
    /// <param name="values">As many.</param>
    /// <param name="bytes">Valid until the next call.</param>
    /// <param name="encoding">The one of columns that reads them: the older one where it can.</param>
    /// <returns>False where the samples are too few, too far apart, or integers of no scale.</returns>
    public bool TryWrite(ReadOnlySpan<long> times, ReadOnlySpan<double> values, out ReadOnlySpan<byte> bytes, out ChunkEncoding encoding)
    {
        bytes = default;
        encoding = ChunkEncoding.None;
        _bytes.Clear();
        if (times.Length is < SamplesMin or > SamplesMax)
        {
            return false;
        }

        _bytes.Varint(times.Length);
        if (!TryWriteTimes(times) || !_values.TryWrite(values, _bytes, out encoding))
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
    /// <param name="encoding">One of columns.</param>
    /// <param name="reader">Stands behind the count.</param>
    /// <param name="all">The count.</param>
    /// <param name="firstTime">From the chunk's head.</param>
    /// <param name="count">How many samples to look at, from the first on.</param>
    /// <param name="range">Which of these.</param>
    /// <param name="newestOnly">Only the last of them.</param>
    /// <param name="into">Where they go.</param>
    /// <exception cref="FormatException">The bytes are not a chunk.</exception>
    public static void Read(
        ChunkEncoding encoding, ref ByteReader reader, int all, long firstTime, int count, TimeRange range, bool newestOnly, SampleColumns into)
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

        var form = (ColumnValueForm)reader.Byte();
        if (form <= ColumnValueForm.Decimal != (encoding == ChunkEncoding.Columns))
        {
            throw UnknownForm(encoding, form);
        }

        // Most chunks are constant: they do not pay for what the others need.
        if (form == ColumnValueForm.Constant)
        {
            values[..(end - from)].Fill(BitConverter.UInt64BitsToDouble(reader.UInt64()));
        }
        else
        {
            ReadValues(encoding, form, ref reader, all, from, end, values);
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
    private static void ReadValues(ChunkEncoding encoding, ColumnValueForm form, ref ByteReader reader, int all, int from, int end, Span<double> values)
    {
        switch (form)
        {
            case ColumnValueForm.Decimal:
                int exponent = ReadExponent(ref reader);
                if (exponent == 0)
                {
                    ReadScaled(ref reader, all, from, end, default(WholeTarget), values);
                }
                else
                {
                    ReadScaled(ref reader, all, from, end, new ScaledTarget<DecimalScale>(new DecimalScale(exponent)), values);
                }

                break;
            case ColumnValueForm.Product:
                ReadScaled(ref reader, all, from, end, new ScaledTarget<ProductScale>(ProductScale.Of(ReadExponent(ref reader))), values);
                break;
            case ColumnValueForm.Thousandths:
                ReadScaled(ref reader, all, from, end, default(ScaledTarget<ThousandthsScale>), values);
                break;
            case ColumnValueForm.Binary:
                ReadScaled(ref reader, all, from, end, new ScaledTarget<ProductScale>(ProductScale.Binary(reader.Byte())), values);
                break;
            case ColumnValueForm.Corrected:
                ReadCorrected(ref reader, all, from, end, values);
                break;
            default:
                throw UnknownForm(encoding, form);
        }
    }

    private static FormatException UnknownForm(ChunkEncoding encoding, ColumnValueForm form) =>
        new($"a chunk of encoding {(byte)encoding} has values in form {(byte)form}, which this version does not know");

    private static int ReadExponent(ref ByteReader reader)
    {
        int exponent = reader.Byte();
        return exponent <= DecimalScale.ExponentMax ? exponent : throw new FormatException($"decimals with {exponent} digits");
    }

    private static void ReadScaled<TTarget>(ref ByteReader reader, int all, int from, int end, TTarget target, Span<double> values)
        where TTarget : struct, IColumnTarget<double>
    {
        ByteReader exceptions = PassExceptions(ref reader, all, out int count);
        IntegerColumn.Read(ref reader, all, from, end, target, values);
        PutExceptions(exceptions, count, all, from, end, values);
    }

    [SkipLocalsInit]
    private static void ReadCorrected(ref ByteReader reader, int all, int from, int end, Span<double> values)
    {
        Span<long> corrections = stackalloc long[SamplesMax + IntegerColumn.Slack];
        var target = new ScaledTarget<DecimalScale>(new DecimalScale(ReadExponent(ref reader)));
        ByteReader exceptions = PassExceptions(ref reader, all, out int count);
        IntegerColumn.Read(ref reader, all, from, end, target, values);
        IntegerColumn.Read(ref reader, all, from, end, default(IntegerTarget), corrections);
        CorrectedDecimals.Correct(values[..(end - from)], corrections);
        PutExceptions(exceptions, count, all, from, end, values);
    }

    // Stands behind the exceptions afterwards; what comes back stands at them.
    private static ByteReader PassExceptions(ref ByteReader reader, int all, out int count)
    {
        count = reader.Count(all, 9);
        var exceptions = new ByteReader(reader.Rest);
        for (int i = 0; i < count; i++)
        {
            reader.Varint();
            reader.UInt64();
        }

        return exceptions;
    }

    private static void PutExceptions(ByteReader exceptions, int count, int all, int from, int end, Span<double> values)
    {
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
            _sinceFirst[i] = times[i] - times[0];
        }

        _bytes.Byte(PackedTimes);
        _column.Write(_sinceFirst.AsSpan(0, times.Length), _bytes);
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
}
