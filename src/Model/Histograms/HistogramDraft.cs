namespace Pleiad.Model;

/// <summary>A native histogram while it is computed with.</summary>
/// <remarks>Native histogram specification, "Merging", "Zero bucket" and "Counter reset considerations".</remarks>
internal sealed class HistogramDraft
{
    public int Schema { get; set; }

    public double ZeroThreshold { get; set; }

    public CounterResetHint Hint { get; set; }

    public CompensatedSum ZeroCount { get; set; }

    public CompensatedSum Count { get; set; }

    public CompensatedSum Sum { get; set; }

    public required BucketColumn Positive { get; init; }

    public required BucketColumn Negative { get; init; }

    public double[] CustomBounds { get; set; } = [];

    public bool UsesCustomBuckets => Schema == NativeHistogram.CustomBucketsSchema;

    /// <summary>A draft of a histogram.</summary>
    public static HistogramDraft Of(NativeHistogram from) => new()
    {
        Schema = from.Schema,
        ZeroThreshold = from.ZeroThreshold,
        Hint = from.ResetHint,
        ZeroCount = new CompensatedSum(from.ZeroCount),
        Count = new CompensatedSum(from.Count),
        Sum = new CompensatedSum(from.Sum),
        Positive = BucketColumn.Of(from.PositiveSpans, from.PositiveBuckets),
        Negative = BucketColumn.Of(from.NegativeSpans, from.NegativeBuckets),
        CustomBounds = from.CustomBounds,
    };

    /// <summary>The histogram; empty buckets are left out but for short gaps.</summary>
    public NativeHistogram ToHistogram(int emptyMax = 0)
    {
        (BucketSpan[] positiveSpans, double[] positive) = Positive.ToSpans(emptyMax);
        (BucketSpan[] negativeSpans, double[] negative) = Negative.ToSpans(emptyMax);
        return new NativeHistogram
        {
            Schema = Schema,
            ZeroThreshold = ZeroThreshold,
            ResetHint = Hint,
            ZeroCount = ZeroCount.Total,
            Count = Count.Total,
            Sum = Sum.Total,
            PositiveSpans = positiveSpans,
            PositiveBuckets = positive,
            NegativeSpans = negativeSpans,
            NegativeBuckets = negative,
            CustomBounds = CustomBounds,
        };
    }

    /// <summary>A copy to compute with.</summary>
    public HistogramDraft Copy() => new()
    {
        Schema = Schema,
        ZeroThreshold = ZeroThreshold,
        Hint = Hint,
        ZeroCount = ZeroCount,
        Count = Count,
        Sum = Sum,
        Positive = Positive.Copy(),
        Negative = Negative.Copy(),
        CustomBounds = CustomBounds,
    };

    /// <summary>Adds another histogram times a factor; both get the coarser of their layouts.</summary>
    /// <param name="other">Changed on the way.</param>
    /// <returns>False, and nothing done, where one has exponential and the other custom buckets.</returns>
    public bool TryAdd(HistogramDraft other, double factor, ref HistogramRemarks remarks)
    {
        if (UsesCustomBuckets != other.UsesCustomBuckets)
        {
            return false;
        }

        JoinHints(other.Hint, ref remarks);
        if (ShareLayout(other))
        {
            remarks |= HistogramRemarks.BoundsReconciled;
        }

        ZeroCount = ZeroCount.Plus(other.ZeroCount.Times(factor));
        Count = Count.Plus(other.Count.Times(factor));
        Sum = Sum.Plus(other.Sum.Times(factor));
        Positive.Add(other.Positive, factor);
        Negative.Add(other.Negative, factor);
        return true;
    }

    /// <summary>Multiplies everything that counts observations, and the sum.</summary>
    public void Scale(double factor)
    {
        ZeroCount = ZeroCount.Times(factor);
        Count = Count.Times(factor);
        Sum = Sum.Times(factor);
        Positive.Scale(factor);
        Negative.Scale(factor);
    }

    /// <summary>Divides everything that counts observations, and the sum; a division rounds less than a product with the inverse.</summary>
    public void Divide(double divisor)
    {
        ZeroCount = ZeroCount.DividedBy(divisor);
        Count = Count.DividedBy(divisor);
        Sum = Sum.DividedBy(divisor);
        Positive.Divide(divisor);
        Negative.Divide(divisor);
    }

    /// <summary>Merges buckets down to a coarser schema.</summary>
    public void Coarsen(int schema)
    {
        int shift = Schema - schema;
        if (shift > 0)
        {
            Positive.Renumber(i => HistogramBounds.IndexAt(i, shift));
            Negative.Renumber(i => HistogramBounds.IndexAt(i, shift));
            Schema = schema;
        }
    }

    /// <summary>
    /// Widens the zero bucket to a threshold, or further, where that lies inside a populated bucket: to its end.
    /// Buckets inside the zero bucket are added to it.
    /// </summary>
    public void WidenZero(double threshold)
    {
        ZeroThreshold = Math.Max(threshold, ZeroThreshold);
        while (SwallowIntoZero(Positive) | SwallowIntoZero(Negative))
        {
            // A threshold moved by one side may lie inside a bucket of the other.
        }
    }

    /// <summary>Gives both histograms the same schema, zero bucket and custom bounds, at the loss of resolution that takes.</summary>
    /// <returns>Whether custom bounds differed.</returns>
    public bool ShareLayout(HistogramDraft other)
    {
        if (UsesCustomBuckets)
        {
            if (CustomBounds.AsSpan().SequenceEqual(other.CustomBounds))
            {
                return false;
            }

            double[] shared = [.. CustomBounds.Where(b => Array.BinarySearch(other.CustomBounds, b) >= 0)];
            Rebound(shared);
            other.Rebound(shared);
            return true;
        }

        if (double.IsNaN(ZeroThreshold) || double.IsNaN(other.ZeroThreshold))
        {
            ZeroThreshold = other.ZeroThreshold = double.NaN;
        }

        // The zero buckets first: the finer schemas lose less to a wider zero bucket.
        while (!ZeroThreshold.Equals(other.ZeroThreshold))
        {
            if (ZeroThreshold < other.ZeroThreshold)
            {
                WidenZero(other.ZeroThreshold);
            }
            else
            {
                other.WidenZero(ZeroThreshold);
            }
        }

        int schema = Math.Min(Schema, other.Schema);
        Coarsen(schema);
        other.Coarsen(schema);
        return false;
    }

    /// <summary>Keeps only some of the custom bounds.</summary>
    public void Rebound(double[] bounds)
    {
        double[] old = CustomBounds;
        Positive.Renumber(index =>
        {
            int at = index < old.Length ? Array.BinarySearch(bounds, old[index]) : bounds.Length;
            return at < 0 ? ~at : at;
        });
        CustomBounds = bounds;
    }

    private bool SwallowIntoZero(BucketColumn column)
    {
        int swallowed = 0;
        bool moved = false;
        while (swallowed < column.Length && HistogramBounds.Upper(column.Indexes[swallowed] - 1, Schema, []) < ZeroThreshold)
        {
            CompensatedSum count = column.Counts[swallowed];
            double upper = HistogramBounds.Upper(column.Indexes[swallowed], Schema, []);
            if (upper > ZeroThreshold && count.Value != 0)
            {
                ZeroThreshold = upper;
                moved = true;
            }

            ZeroCount = ZeroCount.Plus(count);
            swallowed++;
        }

        column.RemoveFirst(swallowed);
        return moved;
    }

    private void JoinHints(CounterResetHint other, ref HistogramRemarks remarks)
    {
        Hint = CounterResetHints.Joined(Hint, other, out bool conflict);
        if (conflict)
        {
            remarks |= HistogramRemarks.ResetsConflict;
        }
    }
}
