namespace Pleiad.PromQL;

/// <summary>Operators between two columns of numbers; a comparison gives 0 or 1.</summary>
internal static class ScalarArithmetic
{
    public static void Apply(BinaryOp op, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> into)
    {
        if (!Operators.IsComparison(op))
        {
            ColumnKernels.Arithmetic(op, left, right, into);
            return;
        }

        for (int i = 0; i < into.Length; i++)
        {
            into[i] = ColumnKernels.Holds(op, left[i], right[i]) ? 1 : 0;
        }
    }
}
