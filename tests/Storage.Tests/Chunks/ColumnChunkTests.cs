using Pleiad.Model;

namespace Pleiad.Storage.Tests;

public sealed class ColumnChunkTests
{
    private static readonly double[] s_hard =
    [
        -0.0, 0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, double.MaxValue,
        double.MinValue, 2.2250738585072014e-308, BitConverter.UInt64BitsToDouble(StaleMarker.Bits),
        BitConverter.UInt64BitsToDouble(StaleMarker.NormalNaNBits), BitConverter.UInt64BitsToDouble(0xfff8_dead_beef_0001),
        9007199254740992, -9007199254740992, 9007199254740994, 0.1 + 0.2, 1e22, 1e-14,
    ];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void What_was_encoded_decodes_bit_for_bit(int seed, bool forCompression)
    {
        var random = new Random(seed);
        var chunk = new ColumnChunk(forCompression);
        int written = 0;
        for (int run = 0; run < 4000; run++)
        {
            int count = random.Next(1, ColumnChunk.SamplesMax + 1);
            var times = new long[count];
            var values = new double[count];
            int kind = random.Next(15);
            int hard = random.Next(3) == 0 ? 20 : 0;
            int jitter = random.Next(4) switch { 0 => 0, 1 => 5, 2 => 9000, _ => 1 << 30 };
            long time = run % 10 == 0 ? long.MinValue : random.NextInt64(-4_000_000_000_000, 4_000_000_000_000);
            double before = random.Next(1 << 30);
            for (int i = 0; i < count; i++)
            {
                times[i] = time;
                time += 15_000 + random.Next(jitter + 1) + (random.Next(100) == 0 ? 15_000 : 0);
                before = Next(random, kind, before);
                values[i] = random.Next(100) < hard ? s_hard[random.Next(s_hard.Length)] : before;
            }

            written += RoundTrip(chunk, times, values) ? 1 : 0;
        }

        Assert.InRange(written, 1500, 3990);
    }

    [Fact]
    public void Samples_at_both_ends_of_time_are_left_to_the_other_encoding()
    {
        Assert.False(RoundTrip(new ColumnChunk(), [long.MinValue, 0, long.MaxValue], [1, 2, 3]));
        Assert.True(RoundTrip(new ColumnChunk(), [long.MaxValue - 2, long.MaxValue - 1, long.MaxValue], [1, 2, 4]));
        Assert.True(RoundTrip(new ColumnChunk(), [0, 1, 1L << 53], [-9007199254740992, 9007199254740992, -9007199254740992]));
    }

    [Fact]
    public void Regular_counters_of_decimals_take_less_than_two_bytes_a_sample_and_constants_next_to_nothing()
    {
        var chunk = new ColumnChunk();
        long[] times = [.. Enumerable.Range(0, 120).Select(i => i * 15_000L)];
        Assert.True(chunk.TryWrite(times, [.. Enumerable.Repeat(42.5, 120)], out ReadOnlySpan<byte> constant, out _));
        Assert.InRange(constant.Length, 1, 16);
        Assert.True(chunk.TryWrite(times, [.. times.Select(t => ((t / 1000 * 97) + (t / 15_000 % 7)) / 100.0)], out ReadOnlySpan<byte> decimals, out _));
        Assert.InRange(decimals.Length, 1, 240);
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_is_refused_or_read_within_bounds()
    {
        var chunk = new ColumnChunk();
        long[] times = [.. Enumerable.Range(0, 60).Select(i => (i * 15_000L) + (i % 7))];
        double[] values = [.. Enumerable.Range(0, 60).Select(i => i % 13 == 0 ? double.NaN : i * i / 10.0)];
        Assert.True(chunk.TryWrite(times, values, out ReadOnlySpan<byte> written, out _));
        byte[] bytes = written.ToArray();
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.Throws<FormatException>(() => Read(cut));
        }

        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit >> 3] ^= (byte)(1 << (bit & 7));
            Exception? thrown = Record.Exception(() => Read(flipped));
            Assert.True(thrown is null or FormatException, thrown?.ToString());
        }

        static void Read(byte[] bytes)
        {
            using var columns = new SampleColumns();
            ChunkDecoder.Read(ChunkEncoding.Columns, bytes, 0, 60, TimeRange.All, columns);
        }
    }

    [Fact]
    public void A_reader_gets_the_first_samples_in_its_range()
    {
        var chunk = new ColumnChunk();
        long[] times = [10, 20, 30, 40, 50];
        Assert.True(chunk.TryWrite(times, [1, 2, 3, 4, 6], out ReadOnlySpan<byte> bytes, out _));
        using var columns = new SampleColumns();
        ChunkDecoder.Read(ChunkEncoding.Columns, bytes, 10, 4, new TimeRange(10, 60), columns);
        Assert.Equal([20, 30, 40], columns.Times[..columns.Count].ToArray());
        Assert.Equal([2, 3, 4], columns.Values[..columns.Count].ToArray());
    }

    private static double Next(Random random, int kind, double before) => kind switch
    {
        0 => before,
        1 => before + random.Next(1000),
        2 => before + (random.Next(20) == 0 ? random.Next(-5, 1 << 20) : 0),
        3 => random.Next(100_000) / 1000.0,
        4 => random.Next(1 << 20) * 4096.0,
        5 => random.NextInt64(-(1L << 53), 1L << 53),
        6 => Math.Round(random.NextDouble(), random.Next(1, 15)),
        7 => before + (random.Next(3) * (double)(1L << 44)),
        8 => Math.Round(before + (random.Next(1 << 20) / 64.0), 2),
        9 => before + Math.ScaleB(random.Next(2), random.Next(12)),
        10 => (Math.Round(before * 1000) + random.Next(50)) * 0.001,
        11 => (Math.Round(before * 1e6) + random.Next(50_000)) / 1000 / 1000,
        12 => before + 15 + (random.Next(1 << 20) / (double)(1 << 22)),
        13 => before + (random.Next(1 << 16) / 1000.0),
        _ => random.NextDouble(),
    };

    private static bool RoundTrip(ColumnChunk chunk, long[] times, double[] values)
    {
        if (!chunk.TryWrite(times, values, out ReadOnlySpan<byte> bytes, out ChunkEncoding encoding))
        {
            return false;
        }

        using var columns = new SampleColumns();
        var reader = new ByteReader(bytes.ToArray());
        Assert.Equal(times.Length, ColumnChunk.Count(ref reader));
        ColumnChunk.Read(encoding, ref reader, times.Length, times[0], times.Length, TimeRange.All, newestOnly: false, columns);
        Assert.Equal(0, reader.Left);

        // No range has the first instant of all in it.
        int gone = times[0] == long.MinValue ? 1 : 0;
        Assert.Equal(times[gone..], columns.Times.ToArray());
        Assert.Equal(Bits(values.AsSpan(gone)), Bits(columns.Values));
        AssertParts(encoding, bytes, times, values);
        return true;
    }

    // Any range of any number of the first samples: what a whole chunk would give, cut.
    private static void AssertParts(ChunkEncoding encoding, ReadOnlySpan<byte> bytes, long[] times, double[] values)
    {
        var random = new Random(times.Length);
        using var columns = new SampleColumns();
        for (int i = 0; i < 6; i++)
        {
            int count = random.Next(1, times.Length + 1);
            long after = Near(random, times);
            var range = new TimeRange(after, Math.Max(after, Near(random, times)));
            int from = times.Take(count).Count(time => time <= range.After);
            int end = times.Take(count).Count(time => time <= range.Through);
            columns.Clear();
            ChunkDecoder.Read(encoding, bytes, times[0], count, range, columns);
            Assert.Equal(times[from..end], columns.Times.ToArray());
            Assert.Equal(Bits(values.AsSpan(from..end)), Bits(columns.Values));

            columns.Clear();
            ChunkDecoder.Read(encoding, bytes, times[0], count, range, columns, newestOnly: true);
            Assert.Equal(from < end ? [times[end - 1]] : [], columns.Times.ToArray());
            Assert.Equal(from < end ? Bits([values[end - 1]]) : [], Bits(columns.Values));
        }
    }

    // One of the times, or just beside it.
    private static long Near(Random random, long[] times) => unchecked(times[random.Next(times.Length)] + random.Next(-1, 2)) is var near && near != long.MaxValue ? near : 0;

    private static ulong[] Bits(ReadOnlySpan<double> values)
    {
        var bits = new ulong[values.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.DoubleToUInt64Bits(values[i]);
        }

        return bits;
    }
}
