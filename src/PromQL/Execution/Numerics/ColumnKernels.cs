using System.Runtime.Intrinsics;

namespace Pleiad.PromQL;

/// <summary>Arithmetic and comparison over columns, four values at a time where the machine can.</summary>
internal static class ColumnKernels
{
    /// <summary><c>into[i] = left[i] op right[i]</c>; <paramref name="into"/> may be one of the sides.</summary>
    public static void Arithmetic(BinaryOp op, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> into)
    {
        switch (op)
        {
            case BinaryOp.Add:
                Run<Plus>(left, right, into);
                break;
            case BinaryOp.Subtract:
                Run<Minus>(left, right, into);
                break;
            case BinaryOp.Multiply:
                Run<Times>(left, right, into);
                break;
            case BinaryOp.Divide:
                Run<Over>(left, right, into);
                break;
            default:
                for (int i = 0; i < into.Length; i++)
                {
                    into[i] = One(op, left[i], right[i]);
                }

                break;
        }
    }

    /// <summary>One pair.</summary>
    public static double One(BinaryOp op, double left, double right) => op switch
    {
        BinaryOp.Add => left + right,
        BinaryOp.Subtract => left - right,
        BinaryOp.Multiply => left * right,
        BinaryOp.Divide => left / right,
        BinaryOp.Modulo => left % right,
        BinaryOp.Power => Math.Pow(left, right),
        BinaryOp.Atan2 => Math.Atan2(left, right),
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not an arithmetic operator"),
    };

    /// <summary>Whether a comparison holds.</summary>
    public static bool Holds(BinaryOp op, double left, double right) => op switch
    {
        BinaryOp.Equal => left == right,
        BinaryOp.NotEqual => left != right,
        BinaryOp.Less => left < right,
        BinaryOp.LessOrEqual => left <= right,
        BinaryOp.Greater => left > right,
        BinaryOp.GreaterOrEqual => left >= right,
        _ => throw new ArgumentOutOfRangeException(nameof(op), op, "not a comparison"),
    };

    /// <summary>Writes a bit for each pair a comparison holds for.</summary>
    public static void Compare(BinaryOp op, ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<ulong> holds)
    {
        holds.Clear();
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= left.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                Vector256<double> a = Vector256.Create(left[i..]);
                Vector256<double> b = Vector256.Create(right[i..]);
                Vector256<double> mask = op switch
                {
                    BinaryOp.Equal => Vector256.Equals(a, b),
                    BinaryOp.NotEqual => ~Vector256.Equals(a, b),
                    BinaryOp.Less => Vector256.LessThan(a, b),
                    BinaryOp.LessOrEqual => Vector256.LessThanOrEqual(a, b),
                    BinaryOp.Greater => Vector256.GreaterThan(a, b),
                    _ => Vector256.GreaterThanOrEqual(a, b),
                };
                holds[i >> 6] |= (ulong)mask.ExtractMostSignificantBits() << (i & 63);
            }
        }

        for (; i < left.Length; i++)
        {
            if (Holds(op, left[i], right[i]))
            {
                StepBits.Set(holds, i);
            }
        }
    }

    private static void Run<TKernel>(ReadOnlySpan<double> left, ReadOnlySpan<double> right, Span<double> into)
        where TKernel : IKernel
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= into.Length - Vector256<double>.Count; i += Vector256<double>.Count)
            {
                TKernel.Of(Vector256.Create(left[i..]), Vector256.Create(right[i..])).CopyTo(into[i..]);
            }
        }

        for (; i < into.Length; i++)
        {
            into[i] = TKernel.Of(left[i], right[i]);
        }
    }

    private interface IKernel
    {
        static abstract Vector256<double> Of(Vector256<double> left, Vector256<double> right);

        static abstract double Of(double left, double right);
    }

    private readonly struct Plus : IKernel
    {
        public static Vector256<double> Of(Vector256<double> left, Vector256<double> right) => left + right;

        public static double Of(double left, double right) => left + right;
    }

    private readonly struct Minus : IKernel
    {
        public static Vector256<double> Of(Vector256<double> left, Vector256<double> right) => left - right;

        public static double Of(double left, double right) => left - right;
    }

    private readonly struct Times : IKernel
    {
        public static Vector256<double> Of(Vector256<double> left, Vector256<double> right) => left * right;

        public static double Of(double left, double right) => left * right;
    }

    private readonly struct Over : IKernel
    {
        public static Vector256<double> Of(Vector256<double> left, Vector256<double> right) => left / right;

        public static double Of(double left, double right) => left / right;
    }
}
