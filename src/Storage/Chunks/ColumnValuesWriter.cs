using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>Writes the values of chunks of columns, one chunk after the other: integers, and what makes values of them.</summary>
/// <remarks>
/// Nearly all that targets tell are decimals, and are written as such without a look at anything else. The scales of encoding 5 are tried where
/// decimals leave finite values over, or have so many digits that the values are hardly decimals in truth.
/// </remarks>
/// <param name="forCompression">Whether the chunks are compressed afterwards.</param>
internal sealed class ColumnValuesWriter(bool forCompression = false)
{
    // More values than one in so many that are integers of no scale: XOR does better.
    private const int ExceptionsShare = 8;

    // Integers of a scale that suits take less.
    private const int HeadBytesMax = 16;
    private const int ValueBytesMax = 4;

    private readonly IntegerColumnWriter _column = new(forCompression);
    private readonly ByteWriter _other = new(4096);
    private readonly long[] _integers = new long[ColumnChunk.SamplesMax];
    private readonly long[] _corrections = new long[ColumnChunk.SamplesMax];
    private readonly int[] _exceptions = new int[ColumnChunk.SamplesMax / ExceptionsShare];

    /// <summary>Appends the values of a chunk.</summary>
    /// <param name="values">At least 3.</param>
    /// <param name="into">Where to.</param>
    /// <param name="encoding">That of a chunk with these bytes.</param>
    /// <returns>False, and nothing is appended, where too many values are integers of no scale.</returns>
    public bool TryWrite(ReadOnlySpan<double> values, ByteWriter into, out ChunkEncoding encoding)
    {
        encoding = ChunkEncoding.Columns;
        ulong first = BitConverter.DoubleToUInt64Bits(values[0]);
        if (!MemoryMarshal.Cast<double, ulong>(values).ContainsAnyExcept(first))
        {
            into.Byte((byte)ColumnValueForm.Constant);
            into.UInt64(first);
            return true;
        }

        int start = into.Length;
        if (TryScale<DecimalScale>(values, out int exponent, out int exceptions, out double last))
        {
            Write(ColumnValueForm.Decimal, exponent, values, exceptions, into);
            if (double.IsNaN(last) && (exponent == 0 || IsSmall(into.Length - start, values)))
            {
                return true;
            }
        }

        WriteScaled(values, into, start, ref encoding);
        return into.Length > start;
    }

    private static bool IsSmall(int bytes, ReadOnlySpan<double> values) => bytes <= HeadBytesMax + (ValueBytesMax * values.Length);

    private Span<int> RoomFor(ReadOnlySpan<double> values) => _exceptions.AsSpan(0, values.Length / ExceptionsShare);

    // Replaces the decimals, if there are any, by what takes fewer bytes.
    private void WriteScaled(ReadOnlySpan<double> values, ByteWriter into, int start, ref ChunkEncoding encoding)
    {
        if (TryConstants(values, out ColumnValueForm form, out int exponent, out int exceptions, out double last))
        {
            Offer(form, exponent, values, exceptions, into, start, ref encoding);
            if (double.IsNaN(last) && IsSmall(into.Length - start, values))
            {
                return;
            }
        }

        Span<int> room = RoomFor(values);
        exponent = CorrectedDecimals.ExponentOf(values);
        exceptions = exponent == 0 ? int.MaxValue : CorrectedDecimals.Scale(values, exponent, _integers, _corrections, room);
        if (exceptions <= room.Length)
        {
            Offer(ColumnValueForm.Corrected, exponent, values, exceptions, into, start, ref encoding);
        }

        // Values that are close together have a power of two whatever they are.
        int digits = ProductScale.BinaryDigits(values);
        exceptions = digits == 0 ? int.MaxValue : ValueScaling.Scale(values, ProductScale.Binary(digits), _integers, room, out _);
        if (exceptions <= room.Length)
        {
            Offer(ColumnValueForm.Binary, digits, values, exceptions, into, start, ref encoding);
        }
    }

    private void Offer(
        ColumnValueForm form, int exponent, ReadOnlySpan<double> values, int exceptions, ByteWriter into, int start, ref ChunkEncoding encoding)
    {
        _other.Clear();
        Write(form, exponent, values, exceptions, _other);
        if (into.Length == start || _other.Length < into.Length - start)
        {
            into.CutTo(start);
            into.Bytes(_other.Written);
            encoding = ChunkEncoding.ScaledColumns;
        }
    }

    private void Write(ColumnValueForm form, int exponent, ReadOnlySpan<double> values, int exceptions, ByteWriter into)
    {
        into.Byte((byte)form);
        if (form != ColumnValueForm.Thousandths)
        {
            into.Byte((byte)exponent);
        }

        into.Varint(exceptions);
        int before = -1;
        foreach (int at in _exceptions.AsSpan(0, exceptions))
        {
            into.Varint(at - before - 1);
            into.UInt64(BitConverter.DoubleToUInt64Bits(values[at]));
            before = at;
        }

        _column.Write(_integers.AsSpan(0, values.Length), into);
        if (form == ColumnValueForm.Corrected)
        {
            _column.Write(_corrections.AsSpan(0, values.Length), into);
        }
    }

    // Fills the integers with those of the constant that leaves fewer exceptions.
    private bool TryConstants(ReadOnlySpan<double> values, out ColumnValueForm form, out int exponent, out int exceptions, out double last)
    {
        form = ColumnValueForm.Product;
        bool areProducts = TryScale<ProductScale>(values, out exponent, out exceptions, out last) && exponent > 0;
        if (areProducts && double.IsNaN(last))
        {
            return true;
        }

        Span<int> room = RoomFor(values);
        int others = ValueScaling.Scale(values, default(ThousandthsScale), _integers, room, out double lastOfOthers);
        if (others <= room.Length && (!areProducts || others < exceptions))
        {
            form = ColumnValueForm.Thousandths;
            exceptions = others;
            last = lastOfOthers;
            return true;
        }

        if (areProducts)
        {
            ValueScaling.Scale(values, ProductScale.Of(exponent), _integers, room, out _);
        }

        return areProducts;
    }

    // Fills the integers, with the smallest exponent that leaves few exceptions and that no larger one, as those need it, makes fewer.
    private bool TryScale<TScale>(ReadOnlySpan<double> values, out int exponent, out int exceptions, out double last)
        where TScale : struct, IValueScale<TScale>
    {
        Span<int> room = RoomFor(values);
        exponent = 0;
        exceptions = ValueScaling.Scale(values, TScale.Of(0), _integers, room, out last);
        while (exceptions > 0)
        {
            int more = NextExponent<TScale>(values, exponent + 1, exceptions, last);
            if (more < 0)
            {
                break;
            }

            int then = ValueScaling.Scale(values, TScale.Of(more), _integers, room, out last);
            if (then >= exceptions && exceptions <= room.Length)
            {
                exceptions = ValueScaling.Scale(values, TScale.Of(exponent), _integers, room, out last);
                break;
            }

            exponent = more;
            exceptions = then;
        }

        return exceptions <= room.Length;
    }

    // The last exception tells; where there are too many, others may have an exponent though that one has none.
    private int NextExponent<TScale>(ReadOnlySpan<double> values, int from, int exceptions, double last)
        where TScale : struct, IValueScale<TScale>
    {
        const int others = 4;
        int more = ValueScaling.ExponentOf<TScale>(last, from);
        int room = values.Length / ExceptionsShare;
        for (int i = 0; i < others && more < 0 && exceptions > room && room > 0; i++)
        {
            more = ValueScaling.ExponentOf<TScale>(values[_exceptions[i * room / others]], from);
        }

        return more;
    }
}
