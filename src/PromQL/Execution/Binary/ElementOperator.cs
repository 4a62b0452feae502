using Pleiad.Model;

namespace Pleiad.PromQL;

/// <summary>
/// One operator between two columns of samples, floats and histograms: what becomes of each step where both sides have one.
/// </summary>
/// <param name="context">Of the run: where trouble is told.</param>
/// <param name="op">Arithmetic, comparison or trim.</param>
/// <param name="returnBool">A comparison gives 0 or 1 instead of filtering.</param>
/// <param name="at">Where the operation stands.</param>
internal sealed class ElementOperator(QueryContext context, BinaryOp op, bool returnBool, SourceSpan at)
{
    private ulong[] _holds = [];

    /// <summary>Applies the operator at all steps of <paramref name="both"/>; both sides are floats.</summary>
    /// <param name="kept">Values of the side a comparison without bool keeps.</param>
    /// <returns>False where the operator has no meaning for floats.</returns>
    public bool Floats(
        ReadOnlySpan<double> left, ReadOnlySpan<double> right, ReadOnlySpan<double> kept, ReadOnlySpan<ulong> both, SeriesBlock into)
    {
        if (op is BinaryOp.TrimLower or BinaryOp.TrimUpper)
        {
            if (!StepBits.None(both))
            {
                context.Annotations.IncompatibleTypes("float", op, "float", at);
            }

            into.Present.Clear();
            return false;
        }

        if (!Operators.IsComparison(op))
        {
            Arithmetic(context, op, left, right, into.Values);
            both.CopyTo(into.Present);
            return true;
        }

        if (_holds.Length < both.Length)
        {
            _holds = new ulong[both.Length];
        }

        Span<ulong> holds = _holds.AsSpan(0, both.Length);
        ColumnKernels.Compare(op, left, right, holds);
        if (returnBool)
        {
            Span<double> values = into.Values;
            for (int step = 0; step < values.Length; step++)
            {
                values[step] = StepBits.Has(holds, step) ? 1 : 0;
            }

            both.CopyTo(into.Present);
        }
        else
        {
            kept.CopyTo(into.Values);
            StepBits.And(both, holds);
            holds.CopyTo(into.Present);
        }

        return true;
    }

    /// <summary><c>into[i] = left[i] op right[i]</c>; <paramref name="into"/> may be one of the sides.</summary>
    public static void Arithmetic(QueryContext context, BinaryOp op, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> into)
    {
        for (int from = 0; from < into.Length;)
        {
            Range piece = context.NextPiece(from, into.Length);
            ColumnKernels.Arithmetic(op, left[piece], right[piece], into[piece]);
            from = piece.End.Value;
        }
    }

    /// <summary>Applies the operator at one step; either side may be a histogram.</summary>
    /// <param name="keepsRight">A comparison without bool keeps the right value instead of the left.</param>
    /// <returns>False where the operator has no meaning for the two; a comparison that does not hold has one.</returns>
    public bool One(int step, double left, NativeHistogram? leftHistogram, double right, NativeHistogram? rightHistogram, bool keepsRight, SeriesBlock into)
    {
        if (leftHistogram is null && rightHistogram is null)
        {
            return OneFloat(step, left, right, keepsRight, into);
        }

        var arithmetic = new HistogramArithmetic(context.Annotations, at);
        switch (op)
        {
            case BinaryOp.Equal or BinaryOp.NotEqual when leftHistogram is not null && rightHistogram is not null:
                bool holds = HistogramArithmetic.AreEqual(leftHistogram, rightHistogram) == (op == BinaryOp.Equal);
                if (returnBool)
                {
                    into.Set(step, holds ? 1 : 0);
                }
                else if (holds)
                {
                    into.Set(step, keepsRight ? rightHistogram : leftHistogram);
                }

                return true;

            case BinaryOp.Add or BinaryOp.Subtract when leftHistogram is not null && rightHistogram is not null:
                if (arithmetic.Binary(op, leftHistogram, rightHistogram) is not { } sum)
                {
                    return false;
                }

                into.Set(step, sum);
                return true;

            case BinaryOp.Multiply when rightHistogram is null:
                into.Set(step, HistogramArithmetic.Times(leftHistogram!, right));
                return true;

            case BinaryOp.Multiply when leftHistogram is null:
                into.Set(step, HistogramArithmetic.Times(rightHistogram!, left));
                return true;

            case BinaryOp.Divide when rightHistogram is null:
                into.Set(step, HistogramArithmetic.Over(leftHistogram!, right));
                return true;

            case BinaryOp.TrimLower or BinaryOp.TrimUpper when rightHistogram is null:
                into.Set(step, HistogramArithmetic.Trim(leftHistogram!, right, upper: op == BinaryOp.TrimUpper));
                return true;
        }

        context.Annotations.IncompatibleTypes(NameOf(leftHistogram), op, NameOf(rightHistogram), at);
        return false;
    }

    private static string NameOf(NativeHistogram? histogram) => histogram is null ? "float" : "histogram";

    private bool OneFloat(int step, double left, double right, bool keepsRight, SeriesBlock into)
    {
        if (op is BinaryOp.TrimLower or BinaryOp.TrimUpper)
        {
            context.Annotations.IncompatibleTypes("float", op, "float", at);
            return false;
        }

        if (!Operators.IsComparison(op))
        {
            into.Set(step, ColumnKernels.One(op, left, right));
        }
        else if (returnBool)
        {
            into.Set(step, ColumnKernels.Holds(op, left, right) ? 1 : 0);
        }
        else if (ColumnKernels.Holds(op, left, right))
        {
            into.Set(step, keepsRight ? right : left);
        }

        return true;
    }
}
