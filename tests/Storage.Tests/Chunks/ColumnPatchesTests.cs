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
            int width = random.Next(3) == 0 ? 0 : random.Next(BitPacking.WidthMax + 1);
            var highs = new List<ulong>();
            var writer = new ByteWriter();
            int last = -1;
            for (int i = 0; i < count; i++)
            {
                int gap = random.Next(gapMax);
                last += 1 + gap;
                ulong high = (ulong)random.NextInt64() >> (63 - random.Next(1, bitsMax + 1));
                highs.AddRange([.. new ulong[gap], high << width]);
                writer.Varint(gap);
                writer.Varint(high);
            }

            int behind = writer.Length;
            writer.Bytes(new byte[random.Next(60)]);
            var reader = new ByteReader(writer.Written);
            ulong[] back = new ulong[last + 1];
            ulong all = ColumnPatches.Read(ref reader, count, width, back);
            Assert.Equal(highs, back);
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
            return ColumnPatches.Read(ref reader, 20, 0, new ulong[ofColumn]);
        }
    }
}
