namespace Pleiad.Storage.Tests;

public sealed class BitPackingTests
{
    [Fact]
    public void Numbers_of_every_width_come_back_with_what_is_wider_left_out()
    {
        var random = new Random(1);
        foreach (int count in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 100, 119, 511, 512])
        {
            for (int width = 0; width <= BitPacking.WidthMax; width++)
            {
                ulong mask = (1UL << width) - 1;
                ulong[] numbers = [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
                byte[] bytes = new byte[BitPacking.BytesFor(count, width) + BitPacking.PadBytes];
                BitPacking.Pack([.. numbers], width, bytes);
                Assert.Equal(BytesOf(numbers, width), bytes[..BitPacking.BytesFor(count, width)]);

                ulong[] back = new ulong[(count + 7) & ~7];
                BitPacking.Unpack(bytes, width, back);
                Assert.Equal(numbers.Select(number => number & mask), back[..count]);
            }
        }
    }

    // Bit by bit, as docs/formats/chunk.md has it.
    private static byte[] BytesOf(ulong[] numbers, int width)
    {
        byte[] bytes = new byte[BitPacking.BytesFor(numbers.Length, width)];
        for (int i = 0; i < numbers.Length * width; i++)
        {
            bytes[i >> 3] |= (byte)((numbers[i / width] >> (i % width) & 1) << (i & 7));
        }

        return bytes;
    }
}
