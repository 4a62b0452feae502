namespace Pleiad.Model;

/// <summary>The bounds of buckets by schema and index.</summary>
/// <remarks>Native histogram specification, "Schema". The roots of two are built as client_golang built its table, so that the last digits agree.</remarks>
internal static class HistogramBounds
{
    /// <summary>The coarsest exponential schema.</summary>
    public const int SchemaMin = -4;

    /// <summary>The finest exponential schema.</summary>
    public const int SchemaMax = 8;

    // The exponent at which a power of two is no longer finite.
    private const int OverflowExponent = 1024;

    // 2^(i / 2^schema) / 2 by schema and i: the fractions of bounds in [0.5, 1).
    private static readonly double[][] s_fractions = Fractions();

    /// <summary>The upper bound of a positive bucket; the lower one is that of the index before.</summary>
    public static double Upper(int index, int schema, double[] customBounds)
    {
        if (schema == NativeHistogram.CustomBucketsSchema)
        {
            return index < 0 ? double.NegativeInfinity : index < customBounds.Length ? customBounds[index] : double.PositiveInfinity;
        }

        if (schema < 0)
        {
            double power = index * Math.ScaleB(1, -schema);
            return power == OverflowExponent ? double.MaxValue : Math.Pow(2, power);
        }

        if (schema > SchemaMax)
        {
            // Reserved for later; a sample that has one is refused, but a script may write it.
            return Math.Pow(2, index * Math.ScaleB(1, -schema));
        }

        double fraction = s_fractions[schema][index & ((1 << schema) - 1)];
        int exponent = (index >> schema) + 1;
        return fraction == 0.5 && exponent == OverflowExponent + 1 ? double.MaxValue : Math.ScaleB(fraction, exponent);
    }

    /// <summary>The index in a coarser schema of a bucket with an index in a finer one.</summary>
    /// <param name="shift">The finer schema less the coarser one.</param>
    public static int IndexAt(int index, int shift) => ((index - 1) >> Math.Min(shift, 31)) + 1;

    private static double[][] Fractions()
    {
        var all = new double[SchemaMax + 1][];
        all[0] = [0.5];
        for (int schema = 1; schema <= SchemaMax; schema++)
        {
            // Go's Exp2(0.5), from which the table of client_golang came, is one bit below the nearest double.
            double factor = schema == 1 ? Math.BitDecrement(Math.Sqrt(2)) : Math.Pow(2, Math.Pow(2, -schema));
            all[schema] = new double[1 << schema];
            all[schema][0] = 0.5;
            for (int i = 1; i < all[schema].Length; i++)
            {
                all[schema][i] = i % 2 == 0 ? all[schema - 1][i / 2] : all[schema][i - 1] * factor;
            }
        }

        return all;
    }
}
