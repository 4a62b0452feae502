namespace Pleiad.PromQL;

/// <summary>Quantiles of plain values, linear between the two nearest ranks.</summary>
internal static class Quantiles
{
    // Fewer are sorted faster than they are divided.
    private const int SortedMost = 256;

    /// <param name="context">Looked at now and then: there may be millions of values.</param>
    /// <param name="q">From 0 to 1; what lies outside has an answer too.</param>
    /// <param name="values">Put into another order by this method.</param>
    public static double Of(QueryContext context, double q, Span<double> values)
    {
        if (values.IsEmpty || double.IsNaN(q))
        {
            return double.NaN;
        }

        if (q < 0)
        {
            return double.NegativeInfinity;
        }

        if (q > 1)
        {
            return double.PositiveInfinity;
        }

        double rank = q * (values.Length - 1);
        int lower = Math.Max(0, (int)Math.Floor(rank));
        int upper = Math.Min(values.Length - 1, lower + 1);
        double weight = rank - Math.Floor(rank);
        Span<double> near = Order(context, values, lower, out int before);
        double above = upper == lower ? near[lower - before] : upper - before < near.Length ? near[upper - before] : Least(values[(before + near.Length)..]);
        return (near[lower - before] * (1 - weight)) + (above * weight);
    }

    /// <summary>Divides the values until few are left around a rank, and sorts those: what is before them is at most as large, what is behind at least.</summary>
    /// <remarks>Hoare, "Find", CACM 4 (1961); the middle of three divides.</remarks>
    private static Span<double> Order(QueryContext context, Span<double> values, int rank, out int before)
    {
        // NaN comes first, as the language wants it.
        int from = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                (values[from], values[i]) = (values[i], values[from]);
                from++;
            }
        }

        int behind = rank < from ? from : values.Length;
        from = rank < from ? 0 : from;
        for (int rounds = 2 * int.Log2(values.Length); rounds > 0 && behind - from > SortedMost; rounds--)
        {
            context.ThrowIfOver();
            (int left, int right) = Divide(values[from..behind]);
            if (rank >= from + left && rank < from + right)
            {
                // All of these are equal.
                before = from + left;
                return values[before..(from + right)];
            }

            (from, behind) = rank < from + left ? (from, from + left) : (from + right, behind);
        }

        before = from;
        Span<double> near = values[from..behind];
        near.Sort();
        return near;
    }

    /// <summary>Puts the smaller ones before those equal to a middle one, the larger ones behind them; where the equal ones begin and end.</summary>
    private static (int Left, int Right) Divide(Span<double> values)
    {
        double a = values[0];
        double b = values[values.Length / 2];
        double c = values[^1];
        double middle = Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
        int left = 0;
        int right = values.Length;
        for (int i = 0; i < right;)
        {
            if (values[i] < middle)
            {
                (values[left], values[i]) = (values[i], values[left]);
                left++;
                i++;
            }
            else if (values[i] > middle)
            {
                right--;
                (values[right], values[i]) = (values[i], values[right]);
            }
            else
            {
                i++;
            }
        }

        return (left, right);
    }

    private static double Least(ReadOnlySpan<double> values)
    {
        double least = values[0];
        foreach (double value in values)
        {
            least = value < least || double.IsNaN(value) ? value : least;
        }

        return least;
    }
}
