using System.Runtime.Intrinsics;

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

                // What stands behind the last number is another column's.
                random.NextBytes(bytes.AsSpan(BitPacking.BytesFor(count, width)));
                ulong[] highs = count % 2 == 0 ? [] : [.. Enumerable.Range(0, (count + 7) & ~7).Select(_ => (ulong)random.NextInt64() & ~mask)];
                ulong[] expected = [.. numbers.Select((number, i) => (number & mask) | (highs.Length == 0 ? 0 : highs[i]))];
                Assert.Equal(expected, ByEights(bytes, width, highs, count));
                Assert.Equal(expected, OneByOne(bytes, width, highs, count));
            }
        }
    }

    private static ulong[] ByEights(byte[] bytes, int width, ulong[] highs, int count)
    {
        var packed = new PackedRemainders(bytes, width, highs, count);
        if (!BitUnpacker.IsSupported)
        {
            return OneByOne(bytes, width, highs, count);
        }

        ulong[] back = new ulong[(count + 7) & ~7];
        for (int i = 0; i < count; i += 8)
        {
            packed.Eight(packed.Unpacker, i).CopyTo(back, i);
        }

        return back[..count];
    }

    private static ulong[] OneByOne(byte[] bytes, int width, ulong[] highs, int count)
    {
        var packed = new PackedRemainders(bytes, width, highs, count);
        ulong[] back = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            back[i] = packed.One(i);
        }

        return back;
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
