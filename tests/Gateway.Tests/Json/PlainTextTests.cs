using System.Text;

namespace Pleiad.Gateway.Tests;

public sealed class PlainTextTests
{
    [Fact]
    public void Printable_ascii_is_copied_as_bytes_whatever_its_length()
    {
        for (int length = 0; length <= 70; length++)
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
            byte[] to = new byte[length + 3];
            to.AsSpan().Fill(0xEE);
            Assert.True(PlainText.TryCopy(text, to));
            Assert.Equal(text, Encoding.UTF8.GetString(to, 0, length));
            Assert.Equal([0xEE, 0xEE, 0xEE], to[length..]);
        }
    }

    [Fact]
    public void Every_character_that_json_escapes_or_that_takes_more_than_a_byte_is_found_at_every_place()
    {
        char[] others = [.. Enumerable.Range(0, 0x20).Select(c => (char)c), '"', '\\', '<', '>', '&', '\u007f', '\u0080', 'é', '\u0141', '\u2028', '\ud800', '\uffff'];
        foreach (int length in (int[])[1, 7, 8, 9, 15, 16, 17, 40])
        {
            byte[] to = new byte[length];
            foreach (char other in others)
            {
                for (int place = 0; place < length; place++)
                {
                    char[] text = [.. Enumerable.Repeat('x', length)];
                    text[place] = other;
                    Assert.False(PlainText.TryCopy(text, to), $"U+{(int)other:x4} at {place} of {length} passed for plain");
                }
            }
        }
    }

    [Fact]
    public void Every_other_character_of_ascii_is_plain()
    {
        for (char one = ' '; one <= '~'; one++)
        {
            if (!"\"\\<>&".Contains(one, StringComparison.Ordinal))
            {
                Assert.True(PlainText.TryCopy([one], new byte[1]), $"{one} alone");
                Assert.True(PlainText.TryCopy([.. Enumerable.Repeat(one, 11)], new byte[11]), $"{one} among others");
            }
        }
    }
}
