namespace Pleiad.Storage.Tests;

public sealed class ColumnPatchesTests
{
    [Fact]
    public void Patches_of_any_length_come_back_and_the_reader_stands_behind_them()
    {
        var random = new Random(1);
        for (int run = 0; run < 3000; run++)
        {
            int count = random.Next(1, 200);
            int gapMax = random.Next(3) switch { 0 => 1, 1 => 3, _ => 200 };
            int bitsMax = random.Next(3) switch { 0 => 7, 1 => 20, _ => 63 };
            int[] at = new int[count];
            ulong[] highs = new ulong[count];
            var writer = new ByteWriter();
            int last = -1;
            for (int i = 0; i < count; i++)
            {
                int gap = random.Next(gapMax);
                last += 1 + gap;
                at[i] = last;
                highs[i] = (ulong)random.NextInt64() >> (63 - random.Next(1, bitsMax + 1));
                writer.Varint(gap);
                writer.Varint(highs[i]);
            }

            int behind = writer.Length;
            writer.Bytes(new byte[random.Next(60)]);
            var reader = new ByteReader(writer.Written);
            int[] atBack = new int[count];
            ulong[] highsBack = new ulong[count];
            ulong all = ColumnPatches.Read(ref reader, last + 1, atBack, highsBack);
            Assert.Equal(at, atBack);
            Assert.Equal(highs, highsBack);
            Assert.Equal(highs.Aggregate((some, high) => some | high), all);
            Assert.Equal(behind, reader.Position);
        }
    }

    [Fact]
    public void A_patch_behind_the_column_is_refused()
    {
        var writer = new ByteWriter();
        for (int i = 0; i < 20; i++)
        {
            writer.Varint(4);
            writer.Varint(1);
        }

        byte[] bytes = [.. writer.Written, .. new byte[100]];
        Assert.Equal(1UL, Read(bytes, 100));
        Assert.Throws<FormatException>(() => Read(bytes, 99));
        Assert.Throws<FormatException>(() => Read(bytes[..39], 100));

        static ulong Read(byte[] bytes, int ofColumn)
        {
            var reader = new ByteReader(bytes);
            return ColumnPatches.Read(ref reader, ofColumn, new int[20], new ulong[20]);
        }
    }
}
