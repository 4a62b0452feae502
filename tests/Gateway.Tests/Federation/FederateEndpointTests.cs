using System.Buffers;
using Pleiad.Actors;
using Pleiad.Exposition;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

public sealed class FederateEndpointTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);

    [Fact]
    public async Task The_newest_samples_within_the_lookback_are_a_page_of_untyped_families()
    {
        await using RunningGateway gateway = await StartAsync(
            Sample("a", 1.5, ("instance", "i"), ("job", "x")), Sample("a", double.NaN), Sample("b:c", double.PositiveInfinity, ("le", "\"\\\n")));
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/federate?match[]=a&match[]={job=~\"x.*\"}");
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8; escaping=underscores", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            "# TYPE a untyped\na{instance=\"i\",job=\"x\"} 1.5 999000\na{instance=\"\"} NaN 999000\n# TYPE b:c untyped\nb:c{le=\"\\\"\\\\\\n\",instance=\"\"} +Inf 999000\n",
            await answer.Content.ReadAsStringAsync());
        Assert.Equal("newest {__name__=\"a\"} or {job=~\"x.*\"} 699999..1000000", gateway.Node.Asked.Single());
    }

    [Fact]
    public async Task What_is_missing_is_said_in_a_comment_and_in_a_header()
    {
        await using RunningGateway gateway = await StartAsync(Sample("a", 1));
        gateway.Node.Warnings = ["2 chunks of stored blocks are damaged and were left out"];
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/federate?match[]=a");
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("199 - \"2 chunks of stored blocks are damaged and were left out\"", answer.Headers.GetValues("Warning").Single());
        Assert.Equal(
            "# warning: 2 chunks of stored blocks are damaged and were left out\n# TYPE a untyped\na{instance=\"\"} 1 999000\n",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task External_labels_are_added_where_the_series_has_none_of_its_own()
    {
        await using RunningGateway gateway = await StartAsync(Sample("a", 1, ("zone", "own")), Sample("a", 2, ("instance", "i")));
        gateway.Node.ExternalLabels = Labels.From(("zone", "outer"), ("cluster", "c"));
        Assert.Equal(
            "# TYPE a untyped\na{zone=\"own\",cluster=\"c\",instance=\"\"} 1 999000\na{instance=\"i\",cluster=\"c\",zone=\"outer\"} 2 999000\n",
            (await gateway.GetAsync("/federate?match[]=a")).Body);
        gateway.Node.ExternalLabels = Labels.From(("instance", "here"));
        Assert.Contains("a{zone=\"own\",instance=\"here\"} 1 999000\n", (await gateway.GetAsync("/federate?match[]=a")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_beyond_the_classic_characters_are_quoted_for_those_who_take_them_and_escaped_for_others()
    {
        await using RunningGateway gateway = await StartAsync(Sample("küche.🍲", 1, ("1.a", "v")));
        Assert.Equal("# TYPE k_che__ untyped\nk_che__{__a=\"v\",instance=\"\"} 1 999000\n", (await gateway.GetAsync("/federate?match[]=a")).Body);
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/federate?match[]=a", ("Accept", "text/plain;version=1.0.0;escaping=allow-utf-8"));
        Assert.Equal(
            "# TYPE \"küche.🍲\" untyped\n{\"küche.🍲\",\"1.a\"=\"v\",instance=\"\"} 1 999000\n", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Histograms_and_nameless_series_are_left_out()
    {
        await using RunningGateway gateway = await StartAsync(
            new NewestSample(Labels.From(("__name__", "h")), new Timestamp(1), 0, new NativeHistogram()),
            new NewestSample(Labels.From(("job", "x")), new Timestamp(1), 1, null));
        Assert.Equal((200, string.Empty), await gateway.GetAsync("/federate?match[]=h"));
    }

    [Theory]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1", true)]
    [InlineData("application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.3,text/plain;version=0.0.4;q=0.5", false)]
    [InlineData("application/vnd.google.protobuf;proto=another;encoding=delimited", false)]
    public async Task Native_histograms_are_there_for_those_who_take_protobuf(string accept, bool isProtobuf)
    {
        await using RunningGateway gateway = await StartAsync(
            new NewestSample(Labels.From(("__name__", "h"), ("zone", "z")), new Timestamp(1000), 0, new NativeHistogram { Count = 3, Sum = 4, ZeroCount = 3, ZeroThreshold = 0.5 }),
            new NewestSample(Labels.From(("__name__", "h2")), new Timestamp(1000), 0, new NativeHistogram { Schema = NativeHistogram.CustomBucketsSchema }),
            Sample("up", 1));
        using HttpResponseMessage answer = await gateway.SendAsync("GET", "/federate?match[]=h", ("Accept", accept));
        byte[] body = await answer.Content.ReadAsByteArrayAsync();
        if (!isProtobuf)
        {
            Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal("# TYPE up untyped\nup{instance=\"\"} 1 999000\n", System.Text.Encoding.UTF8.GetString(body));
            return;
        }

        Assert.Equal(
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited; escaping=underscores",
            answer.Content.Headers.ContentType!.ToString());
        var expected = new ArrayBufferWriter<byte>();
        var writer = new MetricFamilyWriter(expected);
        writer.Sample("h", [new Label("zone", "z"), new Label("instance", "")], new NativeHistogram { Count = 3, Sum = 4, ZeroCount = 3, ZeroThreshold = 0.5 }, new Timestamp(1000));
        writer.Sample("up", [new Label("instance", "")], 1, new Timestamp(999_000));
        writer.End();
        Assert.Equal(expected.WrittenSpan.ToArray(), body);
    }

    [Fact]
    public async Task A_wrong_selector_is_refused_and_none_selects_nothing()
    {
        await using RunningGateway gateway = await StartAsync();
        (int status, string body) = await gateway.GetAsync("/federate?match[]=a{");
        Assert.Equal(400, status);
        Assert.Contains("parse error", body, StringComparison.Ordinal);
        Assert.Empty(gateway.Node.Asked);
        Assert.Equal((200, string.Empty), await gateway.GetAsync("/federate"));
        Assert.Equal("newest  699999..1000000", gateway.Node.Asked.Single());
    }

    [Fact]
    public async Task A_long_page_comes_whole()
    {
        await using RunningGateway gateway = await StartAsync([.. Enumerable.Range(0, 5000).Select(i => Sample("m", i, ("i", $"{i:D5}")))]);
        string[] lines = (await gateway.GetAsync("/federate?match[]=m")).Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5001, lines.Length);
        Assert.Equal("m{i=\"04999\",instance=\"\"} 4999 999000", lines[^1]);
    }

    private static NewestSample Sample(string name, double value, params (string, string)[] labels) =>
        new(Labels.From([("__name__", name), .. labels]), new Timestamp(999_000), value, null);

    private static async Task<RunningGateway> StartAsync(params NewestSample[] samples)
    {
        RunningGateway gateway = await RunningGateway.StartAsync(
            settings => settings with { Language = new EngineSettings { Lookback = TimeSpan.FromMinutes(5) } }, time: new StoppedClock(s_now));
        gateway.Node.Newest = samples;
        return gateway;
    }
}
