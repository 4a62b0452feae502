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
            var power = Vector256.Create(DecimalScale.Power(exponent));
            var inverse = Vector256.Create(DecimalScale.Inverse(exponent));
            for (int i = 0; i < 20_000; i++)
            {
                Vector256<double> whole = Vector256.Create(Any(random), Any(random), Any(random), Hard(random, exponent));
                Vector256<double> expected = whole / power;
                Assert.Equal(expected.AsInt64(), DecimalScale.Divide(whole, power, inverse).AsInt64());
            }
        }
    }

    [Fact]
    public void Small_integers_become_the_doubles_they_are()
    {
        const long max = (1L << 51) - 1;
        Assert.Equal(Vector256.Create(0.0, 1, -1, max), DecimalScale.ToDoubles(Vector256.Create(0, 1, -1, max)));
        Assert.Equal(Vector256.Create(-(double)max, 1000, -1 << 30, 3), DecimalScale.ToDoubles(Vector256.Create(-max, 1000, -1 << 30, 3)));
    }

    // Of any length up to 53 bits.
    private static double Any(Random random) => random.NextInt64(-(1L << 53), (1L << 53) + 1) >> random.Next(53);

    // Whose quotient lies as near to the middle between two doubles as an integer's can.
    private static double Hard(Random random, int exponent)
    {
        double quotient = random.NextInt64(1L << 52, 1L << 53) / DecimalScale.Power(exponent);
        decimal middle = (decimal)quotient + ((decimal)Math.BitIncrement(quotient) - (decimal)quotient) / 2;
        double near = Math.Round((double)(middle * (decimal)DecimalScale.Power(exponent)));
        return Math.Clamp(near, -9007199254740992, 9007199254740992);
    }
}
