using Pleiad.Model;

namespace Pleiad.Storage.Tests;

/// <summary>Encoding 5: values that programs have multiplied, divided or added up, and such as are no decimals.</summary>
public sealed class ScaledColumnsTests
{
    private static readonly double[] s_hard =
    [
        -0.0, 0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, double.MaxValue,
        double.MinValue, 2.2250738585072014e-308, BitConverter.UInt64BitsToDouble(StaleMarker.Bits), BitConverter.UInt64BitsToDouble(0xfff8_dead_beef_0001),
        9007199254740992, -9007199254740993, 9007199254740994, 1e300, -1e-300,
    ];

    [Fact]
    public void What_node_exporter_tells_of_disks_takes_less_than_a_byte_a_sample()
    {
        double[] values = [1.137, 1.1400000000000001, 1.1520000000000001, 1.166, 1.172, 1.204, 15.176, 15.344000000000001, 38.596000000000004];
        Assert.All(values, static value => Assert.Equal(value, Math.Round(value * 1000) * 0.001));
        double[] counter = Counter(3, 512, 40, static n => n * 0.001);
        Assert.InRange(Encoded(counter, ColumnValueForm.Product).Length, 1, 480);
    }

    [Fact]
    public void What_node_exporter_tells_of_pressure_takes_no_more_than_its_microseconds()
    {
        double[] values = [29.073348999999997, 29.259061000000003, 7.8273090000000005, 8.691396000000001, 8.706800999999999];
        Assert.All(values, static value => Assert.Equal(value, Math.Round(value * 1e6) / 1000.0 / 1000.0));
        double[] counter = Counter(7_000_000, 512, 30_000, static n => n / 1000.0 / 1000.0);
        Assert.InRange(Encoded(counter, ColumnValueForm.Thousandths).Length, 1, 1000);
    }

    [Fact]
    public void Times_in_seconds_since_1970_take_what_their_steps_take()
    {
        double[] values = [1795330386.394941, 1795330387.413263, 1795330388.4288387, 1795330389.3976917, 1795330390.397768, 1795330391.3922553];
        Assert.Equal(22, ProductScale.BinaryDigits(values));
        Encoded(values, ColumnValueForm.Binary);
        double[] clock = Counter(1_795_330_386_394_941_184, 512, 15_000_000_000, static n => n / 1e9);
        Assert.InRange(Encoded(clock, ColumnValueForm.Binary).Length, 1, 512 * 7 / 2);
    }

    [Fact]
    public void Sums_of_decimals_take_the_decimals_and_a_few_bits_of_what_was_rounded()
    {
        double[] values = [66.488, 66.512, 66.51599999999999, 66.53999999999999, 66.54799999999999, 66.56799999999998];
        Assert.Equal(3, CorrectedDecimals.ExponentOf(values));
        double[] counter = Counter(3, 512, 40, static n => 16.137 + (7 * 2.629) + (n / 1000.0));
        Assert.InRange(Encoded(counter, ColumnValueForm.Corrected).Length, 1, 512);

        // As client libraries count seconds: each observation is added to the sum.
        var random = new Random(1);
        double sum = 0;
        var sums = new double[512];
        for (int i = 0; i < sums.Length * 100; i++)
        {
            sums[i / 100] = sum += random.Next(10_000_000) / 1e9;
        }

        Assert.InRange(Encoded(sums, ColumnValueForm.Corrected).Length, 1, 512 * 5);
    }

    [Fact]
    public void Corrections_reach_as_far_as_they_may_and_no_further()
    {
        var scaled = new long[3];
        var corrections = new long[3];
        var exceptions = new int[1];
        foreach (long off in (long[])[CorrectedDecimals.CorrectionMax, -CorrectedDecimals.CorrectionMax])
        {
            double[] values = [1.25, Moved(1.25, off), Moved(-1.25, off)];
            Assert.Equal(0, CorrectedDecimals.Scale(values, 2, scaled, corrections, exceptions));
            Assert.Equal([125, 125, -125], scaled);
            Assert.Equal([0, off, off], corrections);
            values[1] = Moved(1.25, off + Math.Sign(off));
            Assert.Equal(1, CorrectedDecimals.Scale(values, 2, scaled, corrections, exceptions));
            Assert.Equal(1, exceptions[0]);
            values[0] = -0.0;
            Assert.Equal(2, CorrectedDecimals.Scale(values, 2, scaled, corrections, exceptions));
        }

        static double Moved(double value, long off) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(value) + off);
    }

    [Theory]
    [InlineData(1e-1)]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    [InlineData(1e-9)]
    public void Every_integer_times_a_constant_comes_back(double constant) => EveryInteger(n => n * constant);

    [Fact]
    public void Every_integer_divided_twice_comes_back() => EveryInteger(static n => n / 1000.0 / 1000.0);

    [Fact]
    public void What_decimals_have_stays_in_the_older_encoding()
    {
        Assert.Equal(ColumnValueForm.Decimal, FormOf(Counter(3, 512, 40, static n => n)));
        Assert.Equal(ColumnValueForm.Decimal, FormOf(Counter(3, 512, 40, static n => n / 1000.0)));
        Assert.Equal(ColumnValueForm.Decimal, FormOf(Counter(1 << 20, 120, 1 << 20, static n => n / 1e9)));
        Assert.Equal(ColumnValueForm.Decimal, FormOf([.. Enumerable.Range(0, 120).Select(static i => i % 9 == 0 ? StaleMarker.Value : i / 4.0)]));
        Assert.Equal(ColumnValueForm.Constant, FormOf([.. Enumerable.Repeat(15.344000000000001, 120)]));
    }

    [Fact]
    public void True_reals_that_are_far_apart_are_no_columns()
    {
        var random = new Random(1);
        double[] reals = [.. Enumerable.Range(0, 512).Select(_ => Math.Exp(20 * random.NextDouble()))];
        Assert.False(new ColumnChunk().TryWrite(Times(reals.Length), reals, out _, out ChunkEncoding encoding));
        Assert.NotEqual(ChunkEncoding.ScaledColumns, encoding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_was_encoded_decodes_bit_for_bit(int seed)
    {
        var random = new Random(seed);
        var chunk = new ColumnChunk();
        var found = new int[6];
        for (int run = 0; run < 3000; run++)
        {
            int kind = random.Next(12);
            int hard = random.Next(3) == 0 ? random.Next(15) : 0;
            double before = random.NextInt64(1L << random.Next(1, 54));
            double factor = Math.Pow(10, -random.Next(15));
            double sum = random.Next(1000) * factor;
            double half = Math.ScaleB(1, -random.Next(1, 300));
            var values = new double[random.Next(3, ColumnChunk.SamplesMax + 1)];
            for (int i = 0; i < values.Length; i++)
            {
                before += random.Next(100);
                sum += random.Next(1 << 20) * factor;
                double value = kind switch
                {
                    0 => before * factor,
                    1 => -before * 0.001,
                    2 => before / 1000.0 / 1000.0,
                    3 => (i % 2 == 0 ? before : -before) / 1000.0 / 1000.0,
                    4 => before * half,
                    5 => 1e9 + random.NextDouble(),
                    6 => 1 + (i * random.NextDouble() / 512),
                    7 => i % 7 == 0 ? before / 1000.0 : before * 0.001,
                    8 => sum,
                    9 => -sum,
                    10 => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(before / 1000) + random.Next(-3000, 3000)),
                    _ => Math.ScaleB(random.NextDouble(), random.Next(-300, -200)),
                };
                values[i] = random.Next(100) < hard ? s_hard[random.Next(s_hard.Length)] : value;
            }

            if (chunk.TryWrite(Times(values.Length), values, out ReadOnlySpan<byte> bytes, out ChunkEncoding encoding))
            {
                ColumnValueForm form = FormOf(bytes);
                Assert.Equal(form <= ColumnValueForm.Decimal ? ChunkEncoding.Columns : ChunkEncoding.ScaledColumns, encoding);
                AssertBack(encoding, bytes, values);
                found[(int)form]++;
            }
        }

        Assert.All(found.Skip((int)ColumnValueForm.Decimal), static count => Assert.True(count > 100));
    }

    [Theory]
    [InlineData((byte)ColumnValueForm.Product)]
    [InlineData((byte)ColumnValueForm.Thousandths)]
    [InlineData((byte)ColumnValueForm.Binary)]
    [InlineData((byte)ColumnValueForm.Corrected)]
    public void Every_cut_and_every_flipped_bit_is_refused_or_read_within_bounds(byte number)
    {
        var form = (ColumnValueForm)number;
        double[] values = Counter(7_000_000, 60, 9_000, form switch
        {
            ColumnValueForm.Product => static n => n * 0.001,
            ColumnValueForm.Thousandths => static n => n / 1000.0 / 1000.0,
            ColumnValueForm.Corrected => static n => 16.137 + (7 * 2.629) + ((n - 7_000_000) / 1000.0),
            _ => static n => 1_795_330_386 + (n / 1e9),
        });
        values[17] = double.NaN;
        byte[] bytes = Encoded(values, form);
        for (int length = 0; length < bytes.Length; length++)
        {
            byte[] cut = bytes[..length];
            Assert.Throws<FormatException>(() => Read(ChunkEncoding.ScaledColumns, cut));
        }

        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit >> 3] ^= (byte)(1 << (bit & 7));
            Exception? thrown = Record.Exception(() => Read(ChunkEncoding.ScaledColumns, flipped));
            Assert.True(thrown is null or FormatException, thrown?.ToString());
        }

        var random = new Random(1);
        for (int run = 0; run < 5000; run++)
        {
            byte[] noise = [.. bytes];
            random.NextBytes(noise.AsSpan(random.Next(noise.Length - 8), random.Next(1, 9)));
            Exception? thrown = Record.Exception(() => Read(ChunkEncoding.ScaledColumns, noise));
            Assert.True(thrown is null or FormatException, thrown?.ToString());
        }

        static void Read(ChunkEncoding encoding, byte[] bytes)
        {
            using var columns = new SampleColumns();
            ChunkDecoder.Read(encoding, bytes, 0, 60, TimeRange.All, columns);
        }
    }

    [Fact]
    public void A_form_of_one_encoding_is_refused_in_the_other()
    {
        byte[] scaled = Encoded(Counter(3, 60, 40, static n => n * 0.001), ColumnValueForm.Product);
        byte[] decimals = Encoded(Counter(3, 60, 40, static n => n / 1000.0), ColumnValueForm.Decimal);
        using var columns = new SampleColumns();
        Assert.Throws<FormatException>(() => ChunkDecoder.Read(ChunkEncoding.Columns, scaled, 0, 60, TimeRange.All, columns));
        Assert.Throws<FormatException>(() => ChunkDecoder.Read(ChunkEncoding.ScaledColumns, decimals, 0, 60, TimeRange.All, columns));
    }

    [Fact]
    public void Heads_and_blocks_write_them_where_they_are_smaller()
    {
        double[] counter = Counter(3, ChunkDecoder.SamplesMax, 40, static n => n * 0.001);
        var arena = new ByteArena();
        var appender = new SampleAppender(arena, new Reclaimer((_, handle, pieceClass) => arena.Free(handle, pieceClass)));
        var slot = new SeriesSlot { OldestTime = SeriesSlot.NoTime };
        foreach (double value in counter)
        {
            appender.Append(0, ref slot, slot.Tail.Time + 15_000, BitConverter.DoubleToUInt64Bits(value));
        }

        SealedChunk chunk = SealedChunk.At(arena, appender.TakeSealed().Single().Handle);
        Assert.Equal(ChunkEncoding.ScaledColumns, chunk.Encoding);
        var written = new ByteWriter();
        var chunks = new List<BlockChunk>();
        new RunEncoder().Encode(Times(counter.Length), counter, written, chunks);
        Assert.Equal((ChunkEncoding.ScaledColumns, chunk.Length), (chunks.Single().Encoding, chunks.Single().Length));
    }

    [Fact]
    public void Writing_and_reading_them_allocates_nothing()
    {
        double[][] runs =
        [
            Counter(3, 512, 40, static n => n * 0.001), Counter(7_000_000, 512, 30_000, static n => n / 1000.0 / 1000.0),
            Counter(0, 512, 1 << 20, static n => 1_795_330_386 + (n / 1e9)), Counter(3, 512, 40, static n => 16.137 + (7 * 2.629) + (n / 1000.0)),
        ];
        long[] times = Times(512);
        var chunk = new ColumnChunk();
        using var columns = new SampleColumns();
        long Allocated()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (double[] values in runs)
            {
                columns.Clear();
                chunk.TryWrite(times, values, out ReadOnlySpan<byte> bytes, out ChunkEncoding encoding);
                ChunkDecoder.Read(encoding, bytes, times[0], times.Length, TimeRange.All, columns);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // What the runtime makes once for a thread, whenever that is, is not theirs: that would come each time.
        Assert.Equal(0, Enumerable.Range(0, 10).Min(_ => Allocated()));
    }

    // Chunks of counters of all integers up to a hundred thousand, one after the other.
    private static void EveryInteger(Func<double, double> told)
    {
        const int all = 100_000;
        var chunk = new ColumnChunk();
        int others = 0;
        for (int from = 0; from < all; from += 500)
        {
            double[] values = [.. Enumerable.Range(from, 500).Select(n => told(n))];
            Assert.True(chunk.TryWrite(Times(values.Length), values, out ReadOnlySpan<byte> bytes, out ChunkEncoding encoding));
            AssertBack(encoding, bytes, values);
            others += encoding == ChunkEncoding.ScaledColumns ? 1 : 0;

            // A step of one, and at most an exception in eight.
            Assert.InRange(bytes.Length, 1, 700);
        }

        Assert.True(others > 100);
    }

    private static double[] Counter(long first, int count, long stepMax, Func<double, double> told)
    {
        var random = new Random(count);
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = told(first);
            first += stepMax > int.MaxValue ? stepMax + random.Next(1 << 20) : random.NextInt64(stepMax);
        }

        return values;
    }

    private static long[] Times(int count) => [.. Enumerable.Range(0, count).Select(static i => i * 15_000L)];

    private static ColumnValueForm FormOf(double[] values)
    {
        Assert.True(new ColumnChunk().TryWrite(Times(values.Length), values, out ReadOnlySpan<byte> bytes, out _));
        return FormOf(bytes);
    }

    private static ColumnValueForm FormOf(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        reader.Varint();
        Assert.Equal(0, reader.Byte());
        reader.Zigzag();
        return (ColumnValueForm)reader.Byte();
    }

    // The bytes of a chunk that has a form and comes back.
    private static byte[] Encoded(double[] values, ColumnValueForm form)
    {
        Assert.True(new ColumnChunk().TryWrite(Times(values.Length), values, out ReadOnlySpan<byte> bytes, out ChunkEncoding encoding));
        Assert.Equal(form, FormOf(bytes));
        AssertBack(encoding, bytes, values);
        return bytes.ToArray();
    }

    private static void AssertBack(ChunkEncoding encoding, ReadOnlySpan<byte> bytes, double[] values)
    {
        using var columns = new SampleColumns();
        ChunkDecoder.Read(encoding, bytes, 0, values.Length, TimeRange.All, columns);
        Assert.Equal(values.Select(BitConverter.DoubleToUInt64Bits), columns.Values.ToArray().Select(BitConverter.DoubleToUInt64Bits));
        Assert.Equal(Times(values.Length), columns.Times.ToArray());
    }
}
