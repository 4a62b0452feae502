using System.Runtime.InteropServices;

namespace Pleiad.Storage;

/// <summary>What stands before the patches and remainders of a column of integers.</summary>
/// <param name="Form">What of the column is packed.</param>
/// <param name="Shift">Zero bits that all remainders end with.</param>
/// <param name="Smallest">What was subtracted from each; 0 for the signed forms.</param>
/// <param name="First">The first value; 0 for offsets.</param>
/// <param name="Step">From the first to the second, for bends.</param>
/// <param name="Width">Bits of each remainder that are packed.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ColumnHead(IntegerForm Form, int Shift, long Smallest, long First, long Step, int Width)
{
    /// <summary>How many of the first values stand before the remainders.</summary>
    public int Known => KnownOf(Form);

    /// <summary>How many of the first values stand before the remainders of a form.</summary>
    public static int KnownOf(IntegerForm form) => form == IntegerForm.Offset ? 0 : form == IntegerForm.SignedBend ? 2 : 1;

    /// <summary>Reads it.</summary>
    /// <param name="reader">Stands at it; afterwards at the number of patches.</param>
    /// <param name="all">How many values the column has.</param>
    /// <exception cref="FormatException">The bytes are not a column.</exception>
    public static ColumnHead Read(ref ByteReader reader, int all)
    {
        // A reader of its own stays in registers.
        var bytes = new ByteReader(reader.Rest);
        var form = (IntegerForm)bytes.Byte();
        int shift = bytes.Byte();
        int known = KnownOf(form);
        if (form > IntegerForm.SignedBend || shift > 63 || all < known || all > ColumnChunk.SamplesMax)
        {
            throw new FormatException("a column of integers has a form that this version does not know");
        }

        long smallest = form <= IntegerForm.Step ? bytes.Zigzag() : 0;
        long first = known > 0 ? bytes.Zigzag() : 0;
        long step = known > 1 ? bytes.Zigzag() : 0;
        int width = bytes.Byte();
        if (width > BitPacking.WidthMax)
        {
            throw WidthOf(width);
        }

        reader.Bytes(bytes.Position);
        return new ColumnHead(form, shift, smallest, first, step, width);
    }

    private static FormatException WidthOf(int width) => new($"integers of {width} bits");

    /// <summary>A magnitude that no value of the column exceeds.</summary>
    /// <param name="all">How many values the column has.</param>
    /// <param name="bits">Bits of the longest remainder.</param>
    public double MagnitudeMax(int all, int bits)
    {
        double change = Math.Abs((double)Smallest) + BitConverter.Int64BitsToDouble((1023L + Shift + bits) << 52);
        double first = Math.Abs((double)First);
        return Known switch
        {
            0 => change,
            1 => first + (all * change),
            _ => first + (all * (Math.Abs((double)Step) + (all * change))),
        };
    }
}
