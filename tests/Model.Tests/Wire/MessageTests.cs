namespace Pleiad.Model.Tests;

public sealed class MessageTests
{
    [Fact]
    public void What_was_written_is_read()
    {
        MessageReader reader = new(Sound());
        Assert.True(reader.Next(out int field));
        Assert.Equal((1, 300UL), (field, reader.Number()));
        Assert.True(reader.Next(out field));
        Assert.Equal((2, -5L), (field, reader.Signed()));
        Assert.True(reader.Next(out field));
        Assert.Equal((3, BitConverter.DoubleToInt64Bits(StaleMarker.Value)), (field, BitConverter.DoubleToInt64Bits(reader.Double())));
        Assert.True(reader.Next(out field));
        Assert.Equal((4, "grün"), (field, reader.Text()));
        Assert.True(reader.Next(out field));
        Assert.Equal([1.5, double.NegativeInfinity], reader.Column<double>());
        Assert.True(reader.Next(out field));
        var numbers = new List<int>();
        reader.Numbers(numbers);
        Assert.Equal([0, 200, -1], numbers);
        Assert.True(reader.Next(out field));
        Assert.Equal(7, field);
        var inner = new MessageReader(reader.Bytes());
        Assert.True(inner.Next(out field));
        Assert.Equal((1, 9UL), (field, inner.Number()));
        Assert.False(inner.Next(out _));
        Assert.False(reader.Next(out _));
    }

    [Fact]
    public void Fields_that_nobody_asks_for_are_passed_over()
    {
        MessageReader reader = new(Sound());
        int fields = 0;
        while (reader.Next(out _))
        {
            fields++;
        }

        Assert.Equal(7, fields);
    }

    [Fact]
    public void Every_prefix_and_every_flipped_bit_is_read_or_refused()
    {
        byte[] sound = Sound();
        for (int length = 0; length < sound.Length; length++)
        {
            Walk(sound.AsSpan(0, length));
        }

        for (int bit = 0; bit < 8 * sound.Length; bit++)
        {
            byte[] flipped = [.. sound];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Walk(flipped);
        }

        static void Walk(ReadOnlySpan<byte> message)
        {
            try
            {
                var reader = new MessageReader(message);
                while (reader.Next(out int field))
                {
                    switch (field)
                    {
                        case 1:
                            reader.Number(1000);
                            break;
                        case 3:
                            reader.Double();
                            break;
                        case 4:
                            reader.Text();
                            break;
                        case 5:
                            reader.Column<double>();
                            break;
                        case 6:
                            reader.Numbers([]);
                            break;
                    }
                }
            }
            catch (WireFormatException)
            {
                // As it should be.
            }
        }
    }

    [Fact]
    public void Labels_send_each_text_once()
    {
        var message = new MessageWriter();
        var writer = new LabelSymbolsWriter();
        Labels first = Labels.From(("__name__", "up"), ("job", "node"), ("zone", "job"));
        Labels second = Labels.From(("__name__", "up"), ("job", "zone"));
        writer.Write(message, 1, 2, first);
        writer.Write(message, 1, 2, second);
        int texts = 0;
        var read = new List<Labels>();
        var symbols = new LabelSymbolsReader();
        var reader = new MessageReader(message.Written);
        while (reader.Next(out int field))
        {
            if (field == 1)
            {
                symbols.Add(reader.Text());
                texts++;
            }
            else
            {
                var refs = new List<int>();
                reader.Numbers(refs);
                read.Add(symbols.Read(refs));
            }
        }

        Assert.Equal(5, texts);
        Assert.Equal([first, second], read);
        Assert.Throws<WireFormatException>(() => symbols.Read([0]));
        Assert.Throws<WireFormatException>(() => symbols.Read([0, 5]));
        Assert.Throws<WireFormatException>(() => symbols.Read([2, 3, 0, 1]));
    }

    [Fact]
    public void A_histogram_comes_back_bit_for_bit_also_one_that_no_page_could_bring()
    {
        var histogram = new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            ResetHint = CounterResetHint.NotReset,
            Count = -3.5,
            Sum = double.NaN,
            PositiveSpans = [new BucketSpan(-2, 1), new BucketSpan(int.MaxValue, 2)],
            PositiveBuckets = [-1, 2, double.PositiveInfinity],
            NegativeSpans = [new BucketSpan(int.MinValue, 1)],
            NegativeBuckets = [4],
            CustomBounds = [0.5, 1],
        };
        var message = new MessageWriter();
        HistogramMessage.Write(message, 1, histogram);
        HistogramMessage.Write(message, 1, null);
        var reader = new MessageReader(message.Written);
        Assert.True(reader.Next(out _));
        NativeHistogram read = HistogramMessage.Read(reader.Bytes())!;
        Assert.Equal((histogram.Schema, histogram.ResetHint, histogram.Count, histogram.Sum), (read.Schema, read.ResetHint, read.Count, read.Sum));
        Assert.Equal(histogram.PositiveSpans, read.PositiveSpans);
        Assert.Equal(histogram.PositiveBuckets, read.PositiveBuckets);
        Assert.Equal(histogram.NegativeSpans, read.NegativeSpans);
        Assert.Equal(histogram.NegativeBuckets, read.NegativeBuckets);
        Assert.Equal(histogram.CustomBounds, read.CustomBounds);
        Assert.True(reader.Next(out _));
        Assert.Null(HistogramMessage.Read(reader.Bytes()));
    }

    private static byte[] Sound()
    {
        var message = new MessageWriter();
        message.Number(1, 300);
        message.Signed(2, -5);
        message.Double(3, StaleMarker.Value);
        message.Text(4, "grün");
        message.Column<double>(5, [1.5, double.NegativeInfinity]);
        message.Numbers(6, [0, 200, -1]);
        int mark = message.Begin(7);
        message.Number(1, 9);
        message.End(mark);
        return message.Written.ToArray();
    }
}
