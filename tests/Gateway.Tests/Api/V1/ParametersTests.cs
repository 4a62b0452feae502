namespace Pleiad.Gateway.Tests;

public sealed class ParametersTests
{
    [Fact]
    public void The_form_comes_before_the_query_string()
    {
        var parameters = new Parameters("time=5&match%5B%5D=b", "?time=6&match[]=a");
        Assert.Equal("5", parameters.Get("time"));
        Assert.Equal(["b", "a"], parameters.All("match[]"));
        Assert.Equal(string.Empty, parameters.Get("step"));
    }

    [Theory]
    [InlineData("query=a%2Bb+c", "a+b c")]
    [InlineData("query=%C3%A9é", "éé")]
    [InlineData("query=%f0%9f%8c%a0🌠", "🌠🌠")]
    [InlineData("query", "")]
    [InlineData("query=a=b", "a=b")]
    [InlineData("&&query=x&", "x")]
    public void Names_and_values_are_unescaped(string text, string value)
    {
        var parameters = new Parameters(string.Empty, text);
        Assert.Equal(value, parameters.Get("query"));
        Assert.Null(parameters.Problem);
    }

    [Theory]
    [InlineData("query=%zz&time=5")]
    [InlineData("query=%4&time=5")]
    [InlineData("query=1;b=2&time=5")]
    public void A_broken_pair_is_dropped_and_the_others_stay(string text)
    {
        var parameters = new Parameters(string.Empty, text);
        Assert.Equal(string.Empty, parameters.Get("query"));
        Assert.Equal("5", parameters.Get("time"));
        Assert.NotNull(parameters.Problem);
    }

    [Fact]
    public void Pairs_have_a_limit()
    {
        Assert.Null(new Parameters(string.Join('&', Enumerable.Repeat("a=1", FormText.PairsMax)), string.Empty).Problem);
        Assert.NotNull(new Parameters(string.Join('&', Enumerable.Repeat("a=1", FormText.PairsMax + 1)), string.Empty).Problem);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("%2B7", 7)]
    [InlineData("9999999999", int.MaxValue)]
    public void A_limit_is_a_number(string text, int limit) => Assert.Equal(limit, new Parameters(string.Empty, "limit=" + text).Limit());

    [Theory]
    [InlineData("-1", "invalid parameter \"limit\": limit must be non-negative")]
    [InlineData("x", "invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("99999999999999999999", "invalid parameter \"limit\": strconv.Atoi: parsing \"99999999999999999999\": value out of range")]
    public void A_limit_that_is_none_is_refused(string text, string error) =>
        Assert.Equal(error, Assert.Throws<ApiException>(() => new Parameters(string.Empty, "limit=" + text).Limit()).Message);

    [Theory]
    [InlineData("job", "job")]
    [InlineData("U__http_2e_status__code", "http.status_code")]
    [InlineData("U___1f320_", "🌠")]
    [InlineData("U__http_2e_status_code", "http.status_code")]
    [InlineData("U__a_2e", "a_2e")]
    [InlineData("U__a_zz_", "a_zz_")]
    [InlineData("U__a_d800_", "a_d800_")]
    [InlineData("U__a_1234567_", "a_1234567_")]
    [InlineData("U__a_", "a_")]
    [InlineData("U__", "")]
    public void Escaped_label_names_are_read(string text, string name) => Assert.Equal(name, EscapedLabelName.Decode(text));
}
