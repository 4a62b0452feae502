using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Pleiad.Gateway.Tests;

public sealed class SampleTextTests
{
    // What Prometheus 2.42 answers for vector(x), byte for byte.
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1.0, "1")]
    [InlineData(-1.0, "-1")]
    [InlineData(10.0, "10")]
    [InlineData(0.1, "0.1")]
    [InlineData(-12.75, "-12.75")]
    [InlineData(1.0 / 3, "0.3333333333333333")]
    [InlineData(9.9999, "9.9999")]
    [InlineData(100.5, "100.5")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(123456789012345678901.0, "123456789012345680000")]
    [InlineData(9007199254740991.0, "9007199254740991")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1e100, "1e+100")]
    [InlineData(1e-30, "1e-30")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(0.0000009, "9e-07")]
    [InlineData(-1e-7, "-1e-07")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Values_of_samples_are_written_as_Prometheus_writes_them(double value, string text) => Assert.Equal(text, Value(value));

    [Theory]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(-1e-7, "-0.0000001")]
    [InlineData(2.5e-9, "0.0000000025")]
    public void Plain_values_have_no_exponent(double value, string text) => Assert.Equal(text, Plain(value));

    [Fact]
    public void The_longest_plain_value_fits() => Assert.Equal(326 + 1, Plain(-5e-324).Length);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(50, "0.050")]
    [InlineData(1435781451781, "1435781451.781")]
    [InlineData(1435781451000, "1435781451")]
    [InlineData(-1500, "-1.500")]
    [InlineData(5, "0.005")]
    [InlineData(long.MinValue, "-9223372036854775.808")]
    [InlineData(long.MaxValue, "9223372036854775.807")]
    public void Times_are_seconds_with_no_or_three_decimals(long milliseconds, string text)
    {
        byte[] to = new byte[SampleText.TimeBytesMax];
        Assert.Equal(text, Encoding.UTF8.GetString(to, 0, SampleText.WriteSeconds(milliseconds, to)));
    }

    [Fact]
    public void Any_bits_are_written_as_the_shortest_text_that_reads_back()
    {
        Prop.ForAll(
            ArbMap.Default.ArbFor<long>(),
            seed =>
            {
                var random = new Random((int)seed ^ (int)(seed >> 32));
                for (int i = 0; i < 2000; i++)
                {
                    double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
                    if (double.IsFinite(value))
                    {
                        Check(value);
                        Check(Math.Round(random.NextDouble() * 1000, i % 16));
                        Check(random.NextInt64());
                    }
                }
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_power_of_two_and_its_neighbours_read_back()
    {
        for (int power = -1074; power < 1024; power++)
        {
            double value = Math.ScaleB(1, power);
            Check(value);
            Check(Math.BitIncrement(value));
            Check(Math.BitDecrement(value));
        }
    }

    private static void Check(double value)
    {
        string text = Value(value);
        Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
        string framework = value.ToString("R", CultureInfo.InvariantCulture);
        if (double.Parse(framework, CultureInfo.InvariantCulture) == value)
        {
            // Where the framework's shortest text reads back (for 2^-958, say, it does not), it has the same digits.
            Assert.Equal(Digits(framework), Digits(text));
        }

        Assert.Equal(value, double.Parse(Plain(value), CultureInfo.InvariantCulture));
    }

    private static string Digits(string text)
    {
        string mantissa = text.Split('e', 'E')[0].Replace("-", string.Empty, StringComparison.Ordinal).Replace(".", string.Empty, StringComparison.Ordinal);
        return mantissa.Trim('0');
    }

    private static string Value(double value)
    {
        byte[] to = new byte[SampleText.ValueBytesMax];
        return Encoding.UTF8.GetString(to, 0, SampleText.WriteValue(value, to));
    }

    private static string Plain(double value)
    {
        byte[] to = new byte[SampleText.PlainBytesMax];
        return Encoding.UTF8.GetString(to, 0, SampleText.WritePlain(value, to));
    }
}
