using Pleiad.Model;

namespace Pleiad.Gateway.Tests;

public sealed class TimeTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1435781451.781", 1435781451781)]
    [InlineData("1543578564.705", 1543578564705)]
    [InlineData("4.0005", 4000)]
    [InlineData("4.0006", 4001)]
    [InlineData("-1.5", -1500)]
    [InlineData("1e3", 1000000)]
    [InlineData("1700000000000", 1700000000000000)]   // Grafana's probe: milliseconds where seconds belong
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("2015-07-01T20:10:51.781Z", 1435781451781)]
    [InlineData("2015-06-03T13:21:58.555Z", 1433337718555)]
    [InlineData("2015-06-03T14:21:58.555+01:00", 1433337718555)]
    [InlineData("2015-06-03T13:21:58.555999999Z", 1433337718555)]
    [InlineData("2000-02-29T00:00:00-05:30", 951802200000)]
    [InlineData("0000-01-01T00:00:00Z", -62167219200000)]
    [InlineData("-292273086-05-16T16:47:06Z", -9223309901257974000)]
    [InlineData("292277025-08-18T07:12:54.999999999Z", 9223309901257974999)]
    public void Times_are_Unix_seconds_or_RFC_3339(string text, long milliseconds)
    {
        Assert.True(TimeText.TryParse(text, out Timestamp time));
        Assert.Equal(milliseconds, time.Milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("30s")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e300")]
    [InlineData(" 1")]
    [InlineData("2015-06-03T13:21:58.555")]
    [InlineData("2015-06-03 13:21:58Z")]
    [InlineData("2015-02-29T00:00:00Z")]
    [InlineData("2015-06-03T24:00:00Z")]
    [InlineData("2015-06-03T13:21:58.Z")]
    [InlineData("2015-06-03T13:21:58+0100")]
    public void Anything_else_is_no_time(string text) => Assert.False(TimeText.TryParse(text, out _));

    [Fact]
    public void No_prefix_of_a_time_throws()
    {
        const string whole = "2015-06-03T14:21:58.555999999+01:00";
        for (int length = 0; length < whole.Length; length++)
        {
            TimeText.TryParse(whole[..length], out _);
        }

        Assert.True(TimeText.TryParse(whole, out _));
    }

    [Theory]
    [InlineData("1", 1000)]
    [InlineData("0.25", 250)]
    [InlineData("1h30m", 5400000)]
    [InlineData("5ms", 5)]
    [InlineData("-1", -1000)]
    public void Durations_are_seconds_or_Prometheus_durations(string text, long milliseconds)
    {
        Assert.Null(TimeText.ReadDuration(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("abc", "cannot parse \"abc\" to a valid duration")]
    [InlineData("", "cannot parse \"\" to a valid duration")]
    [InlineData("NaN", "cannot parse \"NaN\" to a valid duration")]
    [InlineData("99999999999999999", "cannot parse \"99999999999999999\" to a valid duration. It overflows int64")]
    public void What_is_no_duration_is_named(string text, string problem) => Assert.Equal(problem, TimeText.ReadDuration(text, out _));

    [Fact]
    public void A_time_that_is_not_known_is_the_zero_of_Go() => Assert.Equal("0001-01-01T00:00:00Z", TimeText.Write(null));

    [Theory]
    [InlineData(0, "2026-01-02T13:37:00Z")]
    [InlineData(1_234_500, "2026-01-02T13:37:00.12345Z")]
    public void Times_of_answers_have_as_many_decimals_as_they_need(long ticks, string text) =>
        Assert.Equal(text, TimeText.Write(new DateTimeOffset(2026, 1, 2, 15, 37, 0, TimeSpan.FromHours(2)).AddTicks(ticks)));
}
