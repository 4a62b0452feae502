using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

        // From the widest down: those already seen would have to be patched.
        Span<(int Bits, int Count)> wider = stackalloc (int, int)[BitsEnd];
        int seen = 0;
        int patches = 0;
        var best = new Packing(0, 0, int.MaxValue);
        for (int width = BitPacking.WidthMax; width >= 0; width--)
        {
            int count = ofBits[width] + ofBits[BitsEnd + width] + ofBits[(2 * BitsEnd) + width] + ofBits[(3 * BitsEnd) + width];
            if (count == 0 && width > 0)
            {
                continue;
            }

            int bytes = BitPacking.BytesFor(remainders.Length, width);
            foreach ((int bits, int many) in wider[..seen])
            {
                bytes += many * (1 + ((bits - width + 6) / 7));
            }

            if (bytes <= best.Bytes)
            {
                best = new Packing(width, patches, bytes);
            }

            wider[seen++] = (width, count);
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
        int before = -1;
        for (int i = 0; i < remainders.Length && packing.Patches > 0; i++)
        {
            ulong high = remainders[i] >> packing.Width;
            if (high != 0)
            {
                into.Varint(i - before - 1);
                into.Varint(high);
                before = i;
            }
        }

        int bytes = BitPacking.BytesFor(remainders.Length, packing.Width);
        BitPacking.Pack(remainders, packing.Width, into.Take(bytes + BitPacking.PadBytes));
        into.CutTo(into.Length - BitPacking.PadBytes);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Packing(int Width, int Patches, int Bytes);
}
