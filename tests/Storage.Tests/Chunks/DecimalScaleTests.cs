using System.Runtime.Intrinsics;

namespace Pleiad.Storage.Tests;

public sealed class DecimalScaleTests
{
    [Fact]
    public void Integers_over_a_power_are_the_quotient_bit_for_bit()
    {
        var random = new Random(1);
        for (int exponent = 0; exponent <= DecimalScale.ExponentMax; exponent++)
        {
            var power = Vector512.Create(DecimalScale.Power(exponent));
            var inverse = Vector512.Create(DecimalScale.InverseOf(exponent));
            for (int i = 0; i < 10_000; i++)
            {
                Vector512<double> whole = Vector512.Create(
                    Any(random), Any(random), Any(random), Any(random), Any(random), Any(random), Hard(random, exponent), Hard(random, exponent));
                Vector512<double> expected = whole / power;
                Assert.Equal(expected.AsInt64(), DecimalScale.Divide(whole, power, inverse).AsInt64());
            }
        }
    }

    [Fact]
    public void Integers_of_each_scale_are_the_same_one_by_one_and_in_vectors()
    {
        Same(default(ThousandthsScale), 3);
        for (int exponent = 0; exponent <= DecimalScale.ExponentMax; exponent++)
        {
            Same(new DecimalScale(exponent), exponent);
            Same(ProductScale.Of(exponent), exponent);
            Same(ProductScale.Binary(exponent * 17), exponent);
        }
    }

    [Fact]
    public void Small_integers_become_the_doubles_they_are()
    {
        const long max = (1L << 51) - 1;
        Assert.Equal(
            Vector512.Create(0.0, 1, -1, max, -(double)max, 1000, -1 << 30, 3),
            ValueScaling.ToDoubles(Vector512.Create(0, 1, -1, max, -max, 1000, -1 << 30, 3)));
    }

    [Fact]
    public void Values_scaled_together_become_what_each_becomes_by_itself()
    {
        var random = new Random(1);
        long[] scaled = new long[64];
        int[] exceptions = new int[64];
        for (int run = 0; run < 3000; run++)
        {
            int exponent = random.Next(DecimalScale.ExponentMax + 1);
            double[] values = [.. Enumerable.Range(0, random.Next(1, 64)).Select(_ => Decimal(random, exponent))];
            int count = ValueScaling.Scale(values, new DecimalScale(exponent), scaled, exceptions, out double last);

            var expected = new List<int>();
            double lastExpected = double.NaN;
            long before = 0;
            for (int i = 0; i < values.Length; i++)
            {
                if (ValueScaling.TryScale(values[i], new DecimalScale(exponent), out long one))
                {
                    before = one;
                }
                else
                {
                    expected.Add(i);
                    lastExpected = double.IsFinite(values[i]) ? values[i] : lastExpected;
                }

                Assert.Equal(before, scaled[i]);
            }

            Assert.Equal(expected, exceptions[..count]);
            Assert.Equal(lastExpected, last);
        }
    }

    private static void Same<TScale>(TScale scale, int exponent)
        where TScale : struct, IValueScale
    {
        var random = new Random(exponent);
        for (int i = 0; i < 5000; i++)
        {
            Vector512<double> whole = Vector512.Create(
                Any(random), Any(random), Any(random), Any(random), Any(random), Hard(random, 6), Hard(random, exponent), Hard(random, exponent));
            Vector512<double> eight = scale.ValueOf(whole);
            Vector256<double> four = scale.ValueOf(whole.GetUpper());
            for (int lane = 0; lane < Vector512<double>.Count; lane++)
            {
                Assert.Equal(BitConverter.DoubleToUInt64Bits(scale.ValueOf(whole[lane])), BitConverter.DoubleToUInt64Bits(eight[lane]));
            }

            Assert.Equal(eight.GetUpper().AsInt64(), four.AsInt64());
        }
    }

    // Of any length up to 53 bits.
    private static double Any(Random random) => random.NextInt64(-(1L << 53), (1L << 53) + 1) >> random.Next(53);

    // A decimal of that many digits, one beside it, or one that is none.
    private static double Decimal(Random random, int exponent) => random.Next(8) switch
    {
        0 => Math.BitIncrement(Any(random) / DecimalScale.Power(exponent)),
        1 => random.NextDouble(),
        2 => random.NextInt64(-(1L << 53), (1L << 53) + 1),
        3 => random.Next(5) switch { 0 => -0.0, 1 => double.NaN, 2 => double.NegativeInfinity, 3 => double.MaxValue, _ => double.Epsilon },
        _ => Any(random) / DecimalScale.Power(exponent),
    };

    // Whose quotient lies as near to the middle between two doubles as an integer's can.
    private static double Hard(Random random, int exponent)
    {
        double quotient = random.NextInt64(1L << 52, 1L << 53) / DecimalScale.Power(exponent);
        decimal middle = (decimal)quotient + ((decimal)Math.BitIncrement(quotient) - (decimal)quotient) / 2;
        double near = Math.Round((double)(middle * (decimal)DecimalScale.Power(exponent)));
        return Math.Clamp(near, -9007199254740992, 9007199254740992);
    }
}
