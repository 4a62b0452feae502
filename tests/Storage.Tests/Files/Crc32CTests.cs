using System.Text;

namespace Pleiad.Storage.Tests;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4.
    [Fact]
    public void The_published_values_come_out()
    {
        Assert.Equal(0x8a9136aau, Crc32C.Of(new byte[32]));
        Assert.Equal(0x62a8ab43u, Crc32C.Of(Enumerable.Repeat((byte)0xff, 32).ToArray()));
        Assert.Equal(0x46dd794eu, Crc32C.Of(Enumerable.Range(0, 32).Select(static i => (byte)i).ToArray()));
        Assert.Equal(0xe3069283u, Crc32C.Of(Encoding.ASCII.GetBytes("123456789")));
    }

    [Fact]
    public void Parts_add_up()
    {
        byte[] bytes = Encoding.ASCII.GetBytes("the quick brown fox jumps over the lazy dog");
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(Crc32C.Of(bytes), Crc32C.Of(bytes.AsSpan(cut), Crc32C.Of(bytes.AsSpan(0, cut))));
        }
    }
}
