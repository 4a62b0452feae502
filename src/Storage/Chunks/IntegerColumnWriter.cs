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
internal sealed class IntegerColumnWriter
{
    // A remainder has at most 57 bits: docs/formats/chunk.md says why. Four tables, so that equal neighbours do not wait for each other.
    private const int BitsEnd = 64;
    private const int Tables = 4;

    private readonly RemainderSet[] _forms = [.. Enum.GetValues<IntegerForm>().Select(static form => new RemainderSet(form))];
    private readonly int[] _ofBits = new int[BitsEnd * Tables];

    /// <summary>Writes a column.</summary>
    /// <param name="values">At least 3, none larger than <see cref="IntegerColumn.MagnitudeMax"/> in magnitude.</param>
    /// <param name="into">Where to.</param>
    public void Write(ReadOnlySpan<long> values, ByteWriter into)
    {
        ColumnExtremes extremes = ColumnExtremes.Of(values);
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

        packing = Weigh(best.Remainders);
        foreach (RemainderSet form in _forms)
        {
            if (ReferenceEquals(form, best) || ((form.BitsAtLeast + 7) >> 3) > packing.Bytes)
            {
                continue;
            }

            Packing other = Weigh(form.Remainders);
            if (other.Bytes < packing.Bytes || (other.Bytes == packing.Bytes && form.Form < best.Form))
            {
                best = form;
                packing = other;
            }
        }

        return best;
    }

    // The best width, and what it takes. A width that no remainder has is never the best one, 0 apart.
    [SkipLocalsInit]
    private Packing Weigh(ReadOnlySpan<ulong> remainders)
    {
        Span<int> ofBits = _ofBits;
        ofBits.Clear();
        for (int i = 0; i < remainders.Length; i++)
        {
            ofBits[((i & (Tables - 1)) * BitsEnd) + BitsEnd - BitOperations.LeadingZeroCount(remainders[i])]++;
        }

        // From the widest down, each with those that would have to be patched and the bytes of their patches. Seven bits less are a byte more for each that
        // was patched before, and two bytes for each that is now.
        const int bitsOfByte = 7;
        Span<(int Patches, int Bytes)> wider = stackalloc (int, int)[BitsEnd + bitsOfByte];
        wider[(BitPacking.WidthMax + 1)..].Clear();
        int patches = 0;
        var best = new Packing(0, 0, int.MaxValue);
        for (int width = BitPacking.WidthMax; width >= 0; width--)
        {
            (int before, int bytesBefore) = wider[width + bitsOfByte];
            int patchBytes = bytesBefore + (2 * patches) - before;
            wider[width] = (patches, patchBytes);
            int count = ofBits[width] + ofBits[BitsEnd + width] + ofBits[(2 * BitsEnd) + width] + ofBits[(3 * BitsEnd) + width];
            int bytes = BitPacking.BytesFor(remainders.Length, width) + patchBytes;
            if (bytes <= best.Bytes && (count > 0 || width == 0))
            {
                best = new Packing(width, patches, bytes);
            }

            patches += count;
        }

        return best;
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

        int known = IntegerColumn.Known(chosen.Form);
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
