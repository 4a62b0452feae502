using Pleiad.Exposition;
using Pleiad.Model;
using Pleiad.PromQL;

namespace Pleiad.Gateway.Tests;

public sealed class RemoteReadEndpointTests
{
    private static readonly Labels s_b = Labels.From(("__name__", "b"), ("job", "x"));
    private static readonly Labels s_a = Labels.From(("__name__", "a"), ("zone", "own"));

    [Fact]
    public async Task Series_come_in_order_of_labels_with_the_external_labels_they_lack()
    {
        await using RunningGateway gateway = await StartAsync();
        gateway.Node.ExternalLabels = Labels.From(("zone", "outer"));
        (int status, string type, byte[] body) = await ReadAsync(gateway, Query(1000, 2000, (0, "job", "x"), (0, "zone", "outer")));
        Assert.Equal((200, "application/x-protobuf"), (status, type));
        var writer = new RemoteReadWriter();
        Assert.Equal(
            writer.Response([[writer.Series(s_a, Samples(1, 5)), writer.Series(Labels.From(("__name__", "b"), ("job", "x"), ("zone", "outer")), Samples(1, 7, 2, 8))]]),
            Decoded(body));

        // The matcher on the external label fits, so that it says nothing more.
        Assert.Equal("read {job=\"x\"} 999..2000", gateway.Node.Asked.Single());
        await ReadAsync(gateway, Query(1000, 2000, (0, "zone", "outer")));
        Assert.Equal("read {__name__!=\"\"} 999..2000", gateway.Node.Asked[^1]);
        await ReadAsync(gateway, Query(1000, 2000, (0, "zone", "elsewhere"), (2, "zone", "outer")));
        Assert.Equal("read {zone=\"elsewhere\",zone=~\"outer\"} 999..2000", gateway.Node.Asked[^1]);
    }

    [Fact]
    public async Task A_client_that_prefers_a_stream_gets_frames_of_chunks()
    {
        await using RunningGateway gateway = await StartAsync();
        (int status, string type, byte[] body) = await ReadAsync(gateway, Query(0, 9, (0, "job", "x")).Packed(2, 1, 0));
        Assert.Equal((200, "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"), (status, type));
        var writer = new RemoteReadWriter();
        Assert.Equal([.. writer.Frames(s_a, Samples(1, 5), 0, 1 << 20), .. writer.Frames(s_b, Samples(1, 7, 2, 8), 0, 1 << 20)], body);
    }

    [Fact]
    public async Task A_stream_has_histograms_too()
    {
        await using RunningGateway gateway = await StartAsync();
        var histogram = new NativeHistogram { Count = 2, ZeroCount = 2 };
        Labels labels = Labels.From(("__name__", "h"));
        gateway.Node.Raw = [.. gateway.Node.Raw, (labels, 1, 0, histogram)];
        (int status, string type, byte[] body) = await ReadAsync(gateway, Query(0, 9, (0, "job", "x")).Packed(2, 1, 0));
        Assert.Equal((200, "application/x-streamed-protobuf; proto=prometheus.ChunkedReadResponse"), (status, type));
        var writer = new RemoteReadWriter();
        using var samples = new SampleColumns();
        samples.Add(1, histogram);
        Assert.Equal(
            [.. writer.Frames(s_a, Samples(1, 5), 0, 1 << 20), .. writer.Frames(s_b, Samples(1, 7, 2, 8), 0, 1 << 20), .. writer.Frames(labels, samples, 0, 1 << 20)],
            body);
    }

    [Fact]
    public async Task Limits_hold_at_the_limit_and_not_beyond()
    {
        await using (RunningGateway gateway = await StartAsync(settings => settings with { SamplesMax = 3 }))
        {
            Assert.Equal(200, (await ReadAsync(gateway, Query(0, 9, (0, "job", "x")))).Status);
        }

        await using (RunningGateway gateway = await StartAsync(settings => settings with { SamplesMax = 2 }))
        {
            (int status, _, byte[] body) = await ReadAsync(gateway, Query(0, 9, (0, "job", "x")));
            Assert.Equal((400, "exceeded sample limit (2)\n"), (status, System.Text.Encoding.UTF8.GetString(body)));
        }

        await using (RunningGateway gateway = await StartAsync(settings => settings with { QueriesMax = 1 }))
        {
            Assert.Equal(200, (await ReadAsync(gateway, Query(0, 9, (0, "job", "x")))).Status);
            ProtoMessage two = Query(0, 9, (0, "job", "x")).Message(1, new ProtoMessage());
            Assert.Equal(413, (await ReadAsync(gateway, two)).Status);
        }

        int length = Query(0, 9, (0, "job", "x")).ToArray().Length;
        await using (RunningGateway gateway = await StartAsync(settings => settings with { BodyBytesMax = length - 1 }))
        {
            Assert.Equal(413, (await ReadAsync(gateway, Query(0, 9, (0, "job", "x")))).Status);
        }
    }

    [Fact]
    public async Task Damaged_requests_are_bad_requests()
    {
        await using RunningGateway gateway = await StartAsync();
        byte[] body = RemoteWriteMessages.Snappy(Query(0, 9, (0, "job", "x")).ToArray());
        for (int length = 0; length < body.Length; length++)
        {
            using HttpResponseMessage answer = await gateway.Client.PostAsync("/api/v1/read", new ByteArrayContent(body[..length]));
            Assert.Equal(400, (int)answer.StatusCode);
        }

        Assert.Equal(400, (await ReadAsync(gateway, Query(0, 9, (7, "job", "x")))).Status);
        Assert.Empty(gateway.Node.Asked);
    }

    private static ProtoMessage Query(long start, long end, params ReadOnlySpan<(int Kind, string Name, string Value)> matchers)
    {
        ProtoMessage query = new ProtoMessage().Varint(1, start).Varint(2, end);
        foreach ((int kind, string name, string value) in matchers)
        {
            query.Message(3, new ProtoMessage().Varint(1, kind).Text(2, name).Text(3, value));
        }

        return new ProtoMessage().Message(1, query);
    }

    private static SampleColumns Samples(params ReadOnlySpan<long> timesAndValues)
    {
        var samples = new SampleColumns();
        for (int i = 0; i < timesAndValues.Length; i += 2)
        {
            samples.Add(timesAndValues[i], timesAndValues[i + 1]);
        }

        return samples;
    }

    private static byte[] Decoded(byte[] block)
    {
        Assert.True(SnappyBlock.TryReadLength(block, out uint length, out int head));
        byte[] bytes = new byte[length];
        Assert.True(SnappyBlock.TryDecode(block.AsSpan(head), bytes));
        return bytes;
    }

    private static async Task<(int Status, string Type, byte[] Body)> ReadAsync(RunningGateway gateway, ProtoMessage request)
    {
        using HttpResponseMessage answer = await gateway.Client.PostAsync(
            "/api/v1/read", new ByteArrayContent(RemoteWriteMessages.Snappy(request.ToArray())));
        return ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString() ?? string.Empty, await answer.Content.ReadAsByteArrayAsync());
    }

    private static async Task<RunningGateway> StartAsync(Func<RemoteReadSettings, RemoteReadSettings>? change = null)
    {
        RunningGateway gateway = await RunningGateway.StartAsync(
            settings => settings with { RemoteRead = change?.Invoke(settings.RemoteRead) ?? settings.RemoteRead });
        gateway.Node.Raw = [(s_b, 1, 7, null), (s_b, 2, 8, null), (s_a, 1, 5, null)];
        return gateway;
    }
}
