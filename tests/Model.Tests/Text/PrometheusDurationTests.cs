using Xunit;

namespace Pleiad.Model.Tests;

public class PrometheusDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("324ms", 324)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("4d1h", 349_200_000)]
    [InlineData("10y", 315_360_000_000)]
    [InlineData("3w2d1h", 1_990_800_000)]
    public void A_duration_reads_as_milliseconds(string text, long expected) =>
        Assert.Equal(expected, (long)PrometheusDuration.Parse(text).TotalMilliseconds);

    [Theory]
    [InlineData("", "empty duration string")]
    [InlineData("1", "not a valid duration string: \"1\"")]
    [InlineData("1y1m1d", "not a valid duration string: \"1y1m1d\"")]
    [InlineData("-1w", "not a valid duration string: \"-1w\"")]
    [InlineData("1.5d", "not a valid duration string: \"1.5d\"")]
    [InlineData("d", "not a valid duration string: \"d\"")]
    [InlineData("1s1s", "not a valid duration string: \"1s1s\"")]
    [InlineData("294y", "duration out of range")]
    [InlineData("200y10400w", "duration out of range")]
    [InlineData("99999999999999999999999s", "duration out of range")]
    public void What_is_no_duration_is_refused_in_the_words_of_Prometheus(string text, string reason)
    {
        Assert.False(PrometheusDuration.TryParse(text, out _));
        Assert.Equal(reason, Assert.Throws<FormatException>(() => PrometheusDuration.Parse(text)).Message);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ms")]
    [InlineData(5_400_000, "1h30m")]
    [InlineData(90_000_000, "25h")]
    [InlineData(86_400_000, "1d")]
    [InlineData(31_536_000_000, "1y")]
    [InlineData(31_622_400_000, "366d")]
    [InlineData(-90_000, "-1m30s")]
    public void Days_and_above_are_written_only_where_nothing_is_left_over(long milliseconds, string expected) =>
        Assert.Equal(expected, PrometheusDuration.Format(milliseconds));
}
