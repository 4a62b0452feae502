using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Exposition.Tests;

public class SnappyBlockTests
{
    // The tags of format_description.txt, written out: literal "abcd", then copies with one, two and four bytes of offset.
    private static readonly byte[] Copies =
        [16, 3 << 2, (byte)'a', (byte)'b', (byte)'c', (byte)'d', 1, 4, (3 << 2) | 2, 2, 0, (3 << 2) | 3, 1, 0, 0, 0];

    [Fact]
    public void Literals_and_copies_of_every_kind_are_decoded() => Assert.Equal("abcdabcdcdcddddd", Decode(Copies));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(61)]
    [InlineData(70_000)]
    public void A_literal_of_any_length_is_decoded(int length)
    {
        byte[] text = new byte[length];
        new Random(length).NextBytes(text);
        byte[] small = RemoteWriteMessages.Snappy(text);
        Assert.Equal(text, Bytes(small));
        if (length > 60)
        {
            Assert.Equal(text, Bytes([.. small[..LengthOfHead(small)], 62 << 2, (byte)(length - 1), (byte)((length - 1) >> 8), (byte)((length - 1) >> 16), .. text]));
        }
    }

    [Fact]
    public void Every_prefix_of_a_block_is_refused()
    {
        for (int length = 0; length < Copies.Length; length++)
        {
            Assert.Null(Bytes(Copies[..length]));
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 1 << 2, 97, 98 })] // longer than declared
    [InlineData(new byte[] { 2, 0, 97 })] // shorter than declared
    [InlineData(new byte[] { 5, 0, 97, 1, 0 })] // offset 0
    [InlineData(new byte[] { 5, 0, 97, 1, 2 })] // offset before the beginning
    [InlineData(new byte[] { 1, 63 << 2, 255, 255, 255, 255 })] // a literal of 4 GiB
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0x7F })] // a length beyond 32 bits
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 })] // a length of six bytes
    public void A_block_that_lies_is_refused(byte[] block) => Assert.Null(Bytes(block));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Random_bytes_are_decoded_or_refused(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] block = new byte[random.Next(1, 40)];
            random.NextBytes(block);
            block[0] = (byte)random.Next(64);
            Bytes(block);
        }
    }

    private static string? Decode(byte[] block) => Bytes(block) is { } bytes ? System.Text.Encoding.ASCII.GetString(bytes) : null;

    private static byte[]? Bytes(byte[] block)
    {
        if (!SnappyBlock.TryReadLength(block, out uint length, out int head))
        {
            return null;
        }

        byte[] to = new byte[length];
        return SnappyBlock.TryDecode(block.AsSpan(head), to) ? to : null;
    }

    private static int LengthOfHead(byte[] block)
    {
        Assert.True(SnappyBlock.TryReadLength(block, out _, out int head));
        return head;
    }
}
