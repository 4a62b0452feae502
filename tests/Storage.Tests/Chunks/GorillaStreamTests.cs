using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class GorillaStreamTests
{
    private static readonly ulong[] s_hardBits =
    [
        0, 0x8000000000000000, StaleMarker.Bits, StaleMarker.NormalNaNBits, 0x7ff0000000000000, 0xfff0000000000000, 1, 2,
        0x000fffffffffffff, 0x0010000000000000, 0x7fefffffffffffff, 0xffefffffffffffff, ulong.MaxValue, 0x7fffffffffffffff, 0xfff8dead_beef_0001,
        0x3ff0000000000000, 0xbff0000000000000, 0x4059000000000000,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_encoded_decodes_bit_for_bit(int seed)
    {
        var random = new Random(seed);
        for (int run = 0; run < 2000; run++)
        {
            int count = random.Next(1, 121);
            var times = new long[count];
            var values = new ulong[count];
            long time = run % 10 == 0 ? long.MinValue : random.NextInt64(-4_000_000_000_000, 4_000_000_000_000);
            for (int i = 0; i < count; i++)
            {
                times[i] = time;
                time = unchecked(time + Step(random));
                values[i] = Value(random, i == 0 ? 0 : values[i - 1]);
            }

            Check(times, values);
        }
    }

    private static long Step(Random random) => random.Next(6) switch
    {
        0 => 15_000,
        1 => 15_000 + random.Next(-70, 70),
        2 => 15_000 + random.Next(-9000, 9000),
        3 => random.NextInt64(1, 1L << 21),
        4 => random.NextInt64(1, long.MaxValue),
        _ => 1,
    };

    private static ulong Value(Random random, ulong before) => random.Next(6) switch
    {
        0 => before,
        1 => BitConverter.DoubleToUInt64Bits(random.Next(1000)),
        2 => BitConverter.DoubleToUInt64Bits(random.NextDouble()),
        3 => (ulong)random.NextInt64() ^ ((ulong)random.NextInt64() << 1),
        4 => before ^ (1UL << random.Next(64)),
        _ => s_hardBits[random.Next(s_hardBits.Length)],
    };

    private static void Check(long[] times, ulong[] values)
    {
        var bytes = new byte[(times.Length * 19) + 8];
        var tail = new GorillaTail();
        int position = 0;
        GorillaStream.First(bytes, ref position, ref tail, times[0], values[0]);
        for (int i = 1; i < times.Length; i++)
        {
            int expected = position + GorillaStream.Measure(tail, times[i], values[i]);
            GorillaStream.Next(bytes, ref position, ref tail, times[i], values[i]);
            Assert.Equal(expected, position);
        }

        byte[] exact = bytes[..((position + 7) / 8)];
        var readTimes = new long[times.Length];
        var readValues = new double[times.Length];
        var bits = new BitReader(exact);
        GorillaStream.Decode(ref bits, times[0], readTimes, readValues, out GorillaTail end);
        Assert.Equal(position, bits.Position);
        Assert.Equal(times, readTimes);
        Assert.Equal(values, readValues.Select(BitConverter.DoubleToUInt64Bits));
        Assert.Equal(tail, end);

        var onebyone = new BitReader(exact);
        var step = new GorillaTail { Leading = GorillaTail.NoWindow, Time = times[0], Value = onebyone.Read(64) };
        for (int i = 1; i < times.Length; i++)
        {
            GorillaStream.DecodeNext(ref onebyone, ref step);
            Assert.Equal((times[i], values[i]), (step.Time, step.Value));
        }
    }
}
