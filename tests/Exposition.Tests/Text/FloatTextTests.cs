using System.Globalization;
using System.Text;
using Pleiad.Model;
using Xunit;

namespace Pleiad.Exposition.Tests;

public class FloatTextTests
{
    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-0", -0.0)]
    [InlineData("1", 1.0)]
    [InlineData("+1.5", 1.5)]
    [InlineData("1.", 1.0)]
    [InlineData(".5", 0.5)]
    [InlineData("1e5", 1e5)]
    [InlineData("1E+05", 1e5)]
    [InlineData("0.013300656000000001", 0.013300656000000001)]
    [InlineData("0.00025551262820703587", 0.00025551262820703587)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("5e-324", double.Epsilon)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    [InlineData("1e-400", 0.0)]
    [InlineData("9223372036854775808", 9223372036854775808.0)]
    [InlineData("9007199254740993", 9007199254740992.0)]
    [InlineData("0000000000000000000000000000000000000000001.2e-1", 0.12)]
    [InlineData("123456789012345678901234567890", 123456789012345678901234567890.0)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("-inf", double.NegativeInfinity)]
    [InlineData("+Infinity", double.PositiveInfinity)]
    [InlineData("0e999999999999", 0.0)]
    public void A_number_reads_exactly(string text, double expected)
    {
        Assert.True(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("0x1p-3")]
    [InlineData("0x1")]
    [InlineData("1_2")]
    [InlineData("+NaN")]
    [InlineData("-nan")]
    [InlineData("1e400")]
    [InlineData("true")]
    [InlineData("0o1")]
    [InlineData("1.1.1")]
    [InlineData("infinit")]
    public void What_is_no_number_is_refused(string text) => Assert.False(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("nAN")]
    public void Not_a_number_has_the_normal_bits(string text)
    {
        Assert.True(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(StaleMarker.NormalNaNBits, BitConverter.DoubleToUInt64Bits(value));
    }

    [Fact]
    public void Random_doubles_read_as_the_library_reads_them()
    {
        var random = new Random(20260101);
        Span<byte> formatted = stackalloc byte[40];
        for (int i = 0; i < 400_000; i++)
        {
            double value = (i % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                1 => random.NextDouble() * Math.Pow(10, random.Next(-30, 30)),
                2 => random.NextInt64(),
                _ => Math.Round(random.NextDouble() * 1e6, random.Next(0, 12)),
            };
            if (!double.IsFinite(value))
            {
                continue;
            }

            string text = value.ToString((i % 3) switch { 0 => "R", 1 => "E16", _ => "G17" }, CultureInfo.InvariantCulture);
            double expected = double.Parse(text, CultureInfo.InvariantCulture);
            Assert.True(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out double read), text);
            Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(read), $"{text}: {read:R}");

            int length = FloatText.Format(value, formatted);
            Assert.True(FloatText.TryRead(formatted[..length], out double again));
            Assert.True(BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(again), $"{value:R} written {Encoding.ASCII.GetString(formatted[..length])}");
        }
    }

    [Fact]
    public void Decimals_near_half_way_points_round_to_even()
    {
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++)
        {
            ulong mantissa = ((ulong)random.NextInt64() & ((1UL << 53) - 1)) | (1UL << 52);
            UInt128 half = ((UInt128)mantissa << 1) + 1; // between two doubles
            string text = (half << random.Next(0, 40)).ToString(CultureInfo.InvariantCulture);
            double expected = double.Parse(text, CultureInfo.InvariantCulture);
            Assert.True(FloatText.TryRead(Encoding.ASCII.GetBytes(text), out double value));
            Assert.True(expected.Equals(value), text);
            string shifted = text + "e-" + random.Next(0, 25);
            expected = double.Parse(shifted, CultureInfo.InvariantCulture);
            Assert.True(FloatText.TryRead(Encoding.ASCII.GetBytes(shifted), out value));
            Assert.True(expected.Equals(value), shifted);
        }
    }

    [Theory]
    [InlineData(0, "0.0")]
    [InlineData(1, "1.0")]
    [InlineData(0.25, "0.25")]
    [InlineData(10, "10.0")]
    [InlineData(100000, "100000.0")]
    [InlineData(1000000, "1e+06")]
    [InlineData(1234567, "1.234567e+06")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(1e23, "1e+23")]
    [InlineData(-0.00048, "-0.00048")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1e100, "1e+100")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    public void Bounds_are_written_as_OpenMetrics_wants_them(double value, string expected)
    {
        Span<byte> text = stackalloc byte[40];
        Assert.Equal(expected, Encoding.ASCII.GetString(text[..FloatText.FormatCanonical(value, text)]));
    }
}
