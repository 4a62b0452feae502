using Xunit;

namespace Pleiad.PromQL.Tests;

public class GoFloatTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.5, "-0.5")]
    [InlineData(1e-4, "0.0001")]
    [InlineData(1e-5, "1e-05")]
    [InlineData(-1.5e-7, "-1.5e-07")]
    [InlineData(123456789, "123456789")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    [InlineData(0.1, "0.1")]
    [InlineData(100.25, "100.25")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void The_shortest_text_is_the_one_Go_prints(double value, string expected) => Assert.Equal(expected, GoFloat.Shortest(value));

    [Theory]
    [InlineData(1e21, "1000000000000000000000")]
    [InlineData(1.5e-7, "0.00000015")]
    [InlineData(-2, "-2")]
    public void The_plain_text_has_no_exponent(double value, string expected) => Assert.Equal(expected, GoFloat.Plain(value));
}
