using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Pleiad.Storage;

/// <summary>Writes columns of integers in the form and width that take the fewest bytes. One chunk after the other.</summary>
/// <remarks>
/// The remainders of all forms come from two vectorised passes, and with them how many bits each form has to take at least: only a form that can
/// still win is looked at more closely. Benchmark: `chunk-bytes` of bench/Bench, on a capture of pages.
/// </remarks>
/// <param name="forCompression">
/// Whether the bytes are compressed afterwards. A compressor sees bytes: it finds what repeats, within a series and from one to the next, where numbers are whole
/// bytes and nothing that changes from chunk to chunk was subtracted from them.
/// </param>
internal sealed class IntegerColumnWriter(bool forCompression = false)
{
    // Of so many remainders one may be patched where the column is compressed: more patches cost more than the byte they save.
    private const int RemainderPerPatchMin = 32;

    private readonly RemainderSet[] _forms = [.. Enum.GetValues<IntegerForm>().Select(static form => new RemainderSet(form))];

    /// <summary>Writes a column.</summary>
    /// <param name="values">At least 3, none larger than <see cref="IntegerColumn.MagnitudeMax"/> in magnitude.</param>
    /// <param name="into">Where to.</param>
    public void Write(ReadOnlySpan<long> values, ByteWriter into)
    {
        ColumnExtremes extremes = ColumnExtremes.Of(values);
        if (forCompression)
        {
            RemainderSet steps = _forms[(int)IntegerForm.SignedStep];
            steps.Take(values, extremes);
            Put(steps, WholeBytes(steps), values, into);
            return;
        }

        foreach (RemainderSet form in _forms)
        {
            form.Take(values, extremes);
        }

        RemainderSet best = Best(out Packing packing);
        Put(best, packing, values, into);
    }

    // Of two that take as many bytes the first.
    private RemainderSet Best(out Packing packing)
    {
        RemainderSet best = _forms[0];
        foreach (RemainderSet form in _forms)
        {
            best = form.BitsAtLeast < best.BitsAtLeast ? form : best;
        }

        packing = Weigh(best);
        foreach (RemainderSet form in _forms)
        {
            if (ReferenceEquals(form, best) || ((form.BitsAtLeast + 7) >> 3) > packing.Bytes)
            {
                continue;
            }

            Packing other = Weigh(form);
            if (other.Bytes < packing.Bytes || (other.Bytes == packing.Bytes && form.Form < best.Form))
            {
                best = form;
                packing = other;
            }
        }

        return best;
    }

    // The best width, and what it takes; of those that take as many bytes that with the fewest patches, which are slow to read.
    [SkipLocalsInit]
    private static Packing Weigh(RemainderSet form)
    {
        // From the widest down, each with those that would have to be patched and the bytes of their patches. Seven bits less are a byte more for each that
        // was patched before, and two bytes for each that is now.
        const int bitsOfByte = 7;
        Span<(int Patches, int Bytes)> wider = stackalloc (int, int)[BitPacking.WidthMax + 1 + bitsOfByte];
        int widest = form.LengthMax;
        wider.Slice(widest, bitsOfByte).Clear();
        int count = form.Remainders.Length;
        var best = new Packing(widest, 0, BitPacking.BytesFor(count, widest));
        for (int width = widest - 1; width >= 0; width--)
        {
            (int before, int bytesBefore) = wider[width + bitsOfByte];
            int patches = form.LongerThan(width);

            // Whatever the width, no bit is left out and each patch takes a byte more at least; a smaller width has no fewer of them.
            if ((form.BitsAtLeast >> 3) + patches >= best.Bytes)
            {
                break;
            }

            int patchBytes = bytesBefore + (2 * patches) - before;
            wider[width] = (patches, patchBytes);
            int bytes = BitPacking.BytesFor(count, width) + patchBytes;
            if (bytes < best.Bytes)
            {
                best = new Packing(width, patches, bytes);
            }
        }

        return best;
    }

    private static Packing WholeBytes(RemainderSet steps)
    {
        const int bitsOfByte = 8;
        int count = steps.Remainders.Length;
        int width = 0;
        int patches = steps.LongerThan(0);
        while (patches > count / RemainderPerPatchMin)
        {
            width += bitsOfByte;
            patches = steps.LongerThan(width);
        }

        return new Packing(width, patches, BitPacking.BytesFor(count, width));
    }

    private static void Put(RemainderSet chosen, Packing packing, ReadOnlySpan<long> values, ByteWriter into)
    {
        Span<ulong> remainders = chosen.Remainders;
        into.Byte((byte)chosen.Form);
        into.Byte((byte)chosen.Shift);
        if (chosen.Form is IntegerForm.Offset or IntegerForm.Step)
        {
            into.Zigzag(chosen.Smallest);
        }

        int known = ColumnHead.KnownOf(chosen.Form);
        if (known > 0)
        {
            into.Zigzag(values[0]);
        }

        if (known > 1)
        {
            into.Zigzag(values[1] - values[0]);
        }

        into.Byte((byte)packing.Width);
        into.Varint(packing.Patches);
        if (packing.Patches > 0)
        {
            PutPatches(remainders, packing.Width, into);
        }

        int bytes = BitPacking.BytesFor(remainders.Length, packing.Width);
        BitPacking.Pack(remainders, packing.Width, into.Take(bytes + BitPacking.PadBytes));
        into.CutTo(into.Length - BitPacking.PadBytes);
    }

    private static void PutPatches(ReadOnlySpan<ulong> remainders, int width, ByteWriter into)
    {
        int before = -1;
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            // No remainder has its highest bit set.
            Vector256<long> fits = Vector256.Create((1L << width) - 1);
            for (; i + Vector256<ulong>.Count <= remainders.Length; i += Vector256<ulong>.Count)
            {
                uint wide = Vector256.GreaterThan(Vector256.Create(remainders[i..]).AsInt64(), fits).ExtractMostSignificantBits();
                for (; wide != 0; wide &= wide - 1)
                {
                    PutPatch(remainders, width, i + BitOperations.TrailingZeroCount(wide), ref before, into);
                }
            }
        }

        for (; i < remainders.Length; i++)
        {
            if (remainders[i] >> width != 0)
            {
                PutPatch(remainders, width, i, ref before, into);
            }
        }
    }

    private static void PutPatch(ReadOnlySpan<ulong> remainders, int width, int at, ref int before, ByteWriter into)
    {
        into.Varint(at - before - 1);
        into.Varint(remainders[at] >> width);
        before = at;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Packing(int Width, int Patches, int Bytes);
}
