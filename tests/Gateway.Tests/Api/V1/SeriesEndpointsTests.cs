using Pleiad.Model;

namespace Pleiad.Gateway.Tests;

public sealed class SeriesEndpointsTests
{
    private const string AllOfTime = "-9223309901257974001..9223309901257974999";

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Series_are_label_sets(string method)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.Series = [Labels.From(("__name__", "up"), ("job", "a")), Labels.From(("__name__", "up"), ("job", "b"))];
        const string parameters = "match[]=up&match[]=%7Bjob%3D~%22a%7Cb%22%7D&start=1&end=2.5&limit=5";
        (int status, string body) = method == "GET"
            ? await gateway.GetAsync("/api/v1/series?" + parameters)
            : await gateway.PostAsync("/api/v1/series", parameters);
        Assert.Equal(200, status);
        Assert.Equal("""{"status":"success","data":[{"__name__":"up","job":"a"},{"__name__":"up","job":"b"}]}""", body);
        Assert.Equal("series {__name__=\"up\"} or {job=~\"a|b\"} 999..2500 limit=5", gateway.Node.Asked.Single());
    }

    [Fact]
    public async Task Names_and_values_are_lists_with_the_warnings_of_the_node()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.Names = ["__name__", "job"];
        gateway.Node.Warnings = ["results truncated due to limit"];
        const string body = """{"status":"success","data":["__name__","job"],"warnings":["results truncated due to limit"]}""";
        Assert.Equal((200, body), await gateway.GetAsync("/api/v1/labels?limit=2"));
        Assert.Equal((200, body), await gateway.PostAsync("/api/v1/labels", "match[]=up"));
        Assert.Equal((200, body), await gateway.GetAsync("/api/v1/label/job/values?start=1970-01-01T00:00:01Z"));
        Assert.Equal((200, body), await gateway.PostAsync("/api/v1/label/U__http_2e_status__code/values?match[]=up", string.Empty));
        Assert.Equal(
            [
                $"names  {AllOfTime} limit=2",
                $"names {{__name__=\"up\"}} {AllOfTime} limit=0",
                "values job  999..9223309901257974999 limit=0",
                $"values http.status_code {{__name__=\"up\"}} {AllOfTime} limit=0",
            ],
            gateway.Node.Asked);
    }

    [Theory]
    [InlineData("/api/v1/label/a-b/values", "values a-b")]
    [InlineData("/api/v1/label/%C3%A9/values", "values é")]
    [InlineData("/api/v1/label/a%2Fb/values", "values a/b")]
    [InlineData("/api/v1/label/a%2fb%25ff/values?match[]=up", "values a/b%ff")]
    [InlineData("/api/v1/label/U__a_2f_b/values", "values a/b")]
    [InlineData("/api/v1/label/U__a_1F525_b__c/values", "values a\U0001F525b_c")]
    [InlineData("/api/v1/label/%55__a_2e_b/values", "values a.b")]
    public async Task Label_names_may_be_any_UTF_8(string path, string asked)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Assert.Equal(200, (await gateway.GetAsync(path)).Status);
        Assert.StartsWith(asked + " ", gateway.Node.Asked.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("series", "no match[] parameter provided")]
    [InlineData("series?match[]={}", "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher")]
    [InlineData("series?match[]=up{", "invalid parameter \"match[]\": 1:4: parse error: unexpected end of input inside braces")]
    [InlineData("series?match[]=up&limit=x", "invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("labels?match[]={}", "match[] must contain at least one non-empty matcher")]
    [InlineData("labels?match[]=up{", "1:4: parse error: unexpected end of input inside braces")]
    [InlineData("labels?start=abc", "invalid parameter \"start\": Invalid time value for 'start': cannot parse \"abc\" to a valid timestamp")]
    [InlineData("labels?end=abc", "invalid parameter \"end\": Invalid time value for 'end': cannot parse \"abc\" to a valid timestamp")]
    [InlineData("label/U__/values", "invalid label name: \"\"")]
    [InlineData("label/%ff/values", "invalid label name: \"\\xff\"")]
    [InlineData("label/%FFa%e2%82/values", "invalid label name: \"\\xffa\\xe2\\x82\"")]
    [InlineData("label/%C3%A9%ff%22/values", "invalid label name: \"é\\xff\\\"\"")]
    [InlineData("label/%ed%a0%80/values", "invalid label name: \"\\xed\\xa0\\x80\"")]
    [InlineData("label/job/values?limit=-2", "invalid parameter \"limit\": limit must be non-negative")]
    public async Task A_wrong_request_is_refused_in_the_words_of_Prometheus(string request, string error)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        (int status, string body) = await gateway.GetAsync("/api/v1/" + request);
        Assert.Equal(400, status);
        Assert.Equal(("bad_data", error), Json.ErrorOf(body));
    }

    [Theory]
    [InlineData("a%zz", null, "\"a%zz\"")]
    [InlineData("a%", null, "\"a%\"")]
    [InlineData("%ff%41", null, "\"\\xffA\"")]
    [InlineData("%e2%82%ac", "€", "\"€\"")]
    [InlineData("%00%22", "\0\"", "\"\\x00\\\"\"")]
    public void Escapes_of_a_segment_are_resolved_or_shown(string segment, string? text, string shown)
    {
        Assert.Equal(text, PathSegment.Decode(segment, out string said));
        Assert.Equal(shown, said);
    }

    [Theory]
    [InlineData("query?query=%ff")]
    [InlineData("query?query=up{a=%22%ff%22}")]
    [InlineData("query_range?query=%ff&start=1&end=2&step=1")]
    [InlineData("series?match[]=%ff")]
    [InlineData("series?match[]={%22%ff%22=%22a%22}")]
    [InlineData("labels?match[]=up{a=%22%ff%22}")]
    [InlineData("label/job/values?match[]=%ff")]
    public async Task Bytes_that_are_no_UTF_8_are_refused_wherever_they_stand(string request)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.Answer = _ => throw new InvalidOperationException("nobody is to be asked");
        (int status, string body) = await gateway.GetAsync("/api/v1/" + request);
        Assert.Equal((400, "bad_data"), (status, Json.ErrorOf(body).Item1));
        Assert.Empty(gateway.Node.Asked);
    }

    [Theory]
    [InlineData("series?match[]=up&start=5&end=1")]
    [InlineData("labels?start=5&end=1")]
    [InlineData("label/job/values?start=5&end=1")]
    public async Task A_range_that_ends_before_it_starts_holds_nothing(string request)
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        gateway.Node.Names = ["x"];
        Assert.Equal((200, """{"status":"success","data":[]}"""), await gateway.GetAsync("/api/v1/" + request));
        Assert.Empty(gateway.Node.Asked);
    }
}
