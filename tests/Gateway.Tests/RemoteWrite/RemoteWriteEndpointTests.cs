using System.Diagnostics.Metrics;
using Pleiad.Actors;
using static Pleiad.TestKit.RemoteWriteMessages;

namespace Pleiad.Gateway.Tests;

public sealed class RemoteWriteEndpointTests
{
    private const long At = 1700000000000;

    private static readonly byte[] One = First(FirstSeries(("__name__", "up")).Message(2, Sample(At, 1))).ToArray();

    [Fact]
    public async Task Without_the_flag_there_is_no_receiver()
    {
        await using RunningGateway gateway = await RunningGateway.StartAsync();
        Written answer = await gateway.WriteAsync(One, second: false);
        Assert.Equal(404, answer.Status);
        Assert.Contains("--web.enable-remote-write-receiver", answer.Text, StringComparison.Ordinal);
        Assert.Empty(gateway.Node.Written);
    }

    [Fact]
    public async Task Only_POST_writes_and_never_from_a_page_of_another_origin()
    {
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync();
        using HttpResponseMessage get = await gateway.SendAsync("GET", "/api/v1/write");
        Assert.Equal(405, (int)get.StatusCode);
        using HttpResponseMessage foreign = await gateway.SendAsync("POST", "/api/v1/write", ("Origin", "https://elsewhere.example"));
        Assert.Equal(403, (int)foreign.StatusCode);
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_try_again()
    {
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(node: new FakeNode { IsReady = false });
        Assert.Equal(503, (await gateway.WriteAsync(One, second: false)).Status);
        Assert.Empty(gateway.Node.Written);
    }

    [Fact]
    public async Task A_node_that_is_short_of_memory_says_so_and_takes_nothing()
    {
        var node = new FakeNode { Memory = MemoryStatus.Unwatched with { Step = MemoryStep.WritesRefused, UsedBytes = 93 << 20, LimitBytes = 100 << 20 } };
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(node: node);
        Written answer = await gateway.WriteAsync(One, second: false);
        Assert.Equal((429, "memory is short (93 MiB of 100 MiB are in use): samples are not taken until there is more\n"), (answer.Status, answer.Text));
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Empty(node.Written);
        node.Memory = node.Memory with { Step = MemoryStep.SeriesRefused };
        Assert.Equal(204, (await gateway.WriteAsync(One, second: false)).Status);
    }

    [Fact]
    public async Task The_answer_waits_until_the_samples_are_durable()
    {
        var durable = new TaskCompletionSource();
        var node = new FakeNode { WriteGate = durable.Task };
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(node: node);
        Task<Written> writing = gateway.WriteAsync(One, second: false);
        await node.WriteBegan;
        Assert.False(writing.IsCompleted);
        durable.SetResult();
        Written answer = await writing;
        Assert.Equal((204, string.Empty), (answer.Status, answer.Text));
        Assert.Null(answer.Count("Samples"));
    }

    [Fact]
    public async Task What_could_not_be_made_durable_is_to_be_sent_again()
    {
        var node = new FakeNode { WriteOutcome = IngestOutcome.Nothing with { Failure = "no space left on device", OutOfOrder = 1 } };
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(node: node);
        Written answer = await gateway.WriteAsync(One, second: true);
        Assert.Equal(503, answer.Status);
        Assert.Equal("no space left on device\n", answer.Text);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal("0", answer.Count("Samples"));
    }

    [Theory]
    [InlineData("OutOfOrder", "out of order sample (2 refused)")]
    [InlineData("BeyondWindow", "too old sample (2 refused)")]
    [InlineData("TooOld", "out of bounds (2 refused)")]
    [InlineData("Conflicting", "duplicate sample for timestamp (2 refused)")]
    [InlineData("SeriesOverLimit", "series limit reached (2 refused)")]
    [InlineData("Invalid", "histogram or labels too large to be stored (2 refused)")]
    public async Task What_storage_refuses_is_a_bad_request_that_is_not_repeated(string reason, string text)
    {
        IngestOutcome refused = IngestOutcome.Nothing with { Accepted = 3, Duplicates = 1, Histograms = 1 };
        refused = reason switch
        {
            "OutOfOrder" => refused with { OutOfOrder = 2 },
            "BeyondWindow" => refused with { BeyondWindow = 2 },
            "TooOld" => refused with { TooOld = 2 },
            "Conflicting" => refused with { Conflicting = 2 },
            "SeriesOverLimit" => refused with { SeriesOverLimit = 2 },
            _ => refused with { Invalid = 2 },
        };
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(node: new FakeNode { WriteOutcome = refused });
        Written answer = await gateway.WriteAsync(new SecondRequest().ToArray(), second: true);
        Assert.Equal((400, text + "\n"), (answer.Status, answer.Text));
        Assert.Equal(("3", "1"), (answer.Count("Samples"), answer.Count("Histograms")));
    }

    [Fact]
    public async Task A_request_of_one_series_more_than_the_limit_is_refused_whole()
    {
        byte[] Series(int count)
        {
            var request = new ProtoMessage();
            for (int i = 0; i < count; i++)
            {
                request.Message(1, FirstSeries(("__name__", "m" + i)).Message(2, Sample(At, i)));
            }

            return request.ToArray();
        }

        using var counted = new LimitCounts();
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(settings => settings with { SeriesMax = 3 });
        Assert.Equal(204, (await gateway.WriteAsync(Series(3), second: false)).Status);
        Assert.Equal(3, gateway.Node.Written.Count);
        Assert.Equal((413, "more than 3 series in one request\n"), Brief(await gateway.WriteAsync(Series(4), second: false)));
        Assert.Equal(3, gateway.Node.Written.Count);
        Assert.Equal(1, counted["series"]);
    }

    [Fact]
    public async Task Bodies_are_bounded_before_and_after_decompression()
    {
        byte[] body = Snappy(One);
        using var counted = new LimitCounts();
        await using (RunningGateway exact = await RemoteWriteCall.ReceiverAsync(s => s with { BodyBytesMax = body.Length, MessageBytesMax = One.Length }))
        {
            Assert.Equal(204, (await exact.WriteAsync(One, second: false)).Status);
        }

        await using (RunningGateway small = await RemoteWriteCall.ReceiverAsync(s => s with { BodyBytesMax = body.Length - 1 }))
        {
            Assert.Equal((413, $"the body is larger than {body.Length - 1} bytes\n"), Brief(await small.WriteAsync(One, second: false)));
            using var unannounced = new StreamContent(new UnseekableStream(body));
            using HttpResponseMessage answer = await small.Client.PostAsync("/api/v1/write", unannounced);
            Assert.Equal(413, (int)answer.StatusCode);
            Assert.Empty(small.Node.Written);
        }

        await using (RunningGateway small = await RemoteWriteCall.ReceiverAsync(s => s with { MessageBytesMax = One.Length - 1 }))
        {
            Assert.Equal((413, $"the decompressed body is larger than {One.Length - 1} bytes\n"), Brief(await small.WriteAsync(One, second: false)));
        }

        Assert.Equal((2, 1), (counted["body-size"], counted["message-size"]));
    }

    [Fact]
    public async Task A_sample_further_ahead_than_the_limit_is_refused_and_the_others_are_not()
    {
        using var counted = new LimitCounts();
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(At);
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(time: new StoppedClock(now));
        var request = new SecondRequest();
        request.Series(("__name__", "m")).Message(2, Sample(At + 600_000, 1)).Message(2, Sample(At + 600_001, 2));
        Written answer = await gateway.WriteAsync(request.ToArray(), second: true);
        Assert.Equal((400, $"out of bounds: time {At + 600_001} is too far ahead for series {{__name__=\"m\"}}\n"), Brief(answer));
        Assert.Equal("1", answer.Count("Samples"));
        Assert.Equal(At + 600_000, gateway.Node.Written.Single().Time);
        Assert.Equal(1, counted["ahead"]);
    }

    [Fact]
    public async Task Requests_beyond_those_that_run_and_wait_are_sent_away()
    {
        using var counted = new LimitCounts();
        var durable = new TaskCompletionSource();
        var node = new FakeNode { WriteGate = durable.Task };
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(s => s with { ConcurrencyMax = 1, QueueMax = 1 }, node: node);
        Task<Written> running = gateway.WriteAsync(One, second: false);
        await node.WriteBegan;

        // Of the next two one waits and one is refused, whichever comes first.
        Task<Written>[] more = [gateway.WriteAsync(One, second: false), gateway.WriteAsync(One, second: false)];
        Task<Written> refused = await Task.WhenAny(more);
        Assert.Equal(429, (await refused).Status);
        Assert.NotNull((await refused).Headers.RetryAfter);
        durable.SetResult();
        Assert.Equal(204, (await running).Status);
        Assert.Equal(204, (await more.Single(writing => writing != refused)).Status);
        Assert.Equal(1, counted["queue"]);
        Assert.Equal(204, (await gateway.WriteAsync(One, second: false)).Status);
    }

    [Fact]
    public async Task What_senders_say_of_metrics_is_in_the_metadata_up_to_the_limit()
    {
        using var counted = new LimitCounts();
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync(s => s with { MetadataMax = 2 });
        byte[] Said(string family, int type, string help) =>
            new ProtoMessage().Message(3, new ProtoMessage().Varint(1, type).Text(2, family).Text(4, help).Text(5, "s")).ToArray();
        Assert.Equal(204, (await gateway.WriteAsync(Said("a", 1, "Old."), second: false)).Status);
        Assert.Equal(204, (await gateway.WriteAsync(Said("a", 2, "New."), second: false)).Status);
        var request = new SecondRequest();
        request.Series(("__name__", "b_bucket"), ("le", "1")).Message(2, Sample(At, 1)).Message(5, request.Metadata(3, "Buckets.", string.Empty));
        request.Series(("__name__", "c")).Message(2, Sample(At, 1)).Message(5, request.Metadata(2, "Too many.", string.Empty));
        Assert.Equal(204, (await gateway.WriteAsync(request.ToArray(), second: true)).Status);
        Assert.Equal(
            """{"status":"success","data":{"a":[{"type":"gauge","help":"New.","unit":"s"}],"b":[{"type":"histogram","help":"Buckets.","unit":""}]}}""",
            (await gateway.GetAsync("/api/v1/metadata")).Body);
        Assert.Equal(1, counted["metadata"]);
        Assert.Equal(
            """{"status":"success","data":{"b":[{"type":"histogram","help":"Buckets.","unit":""}]}}""",
            (await gateway.GetAsync("/api/v1/metadata?metric=b")).Body);
    }

    [Fact]
    public async Task Damaged_bodies_are_bad_requests()
    {
        await using RunningGateway gateway = await RemoteWriteCall.ReceiverAsync();
        byte[] body = Snappy(One);
        for (int length = 0; length < body.Length; length++)
        {
            Written answer = await gateway.WriteAsync(body[..length], ("Content-Type", "application/x-protobuf"));
            Assert.Equal((400, "snappy: corrupt input\n"), Brief(answer));
        }

        Assert.Equal((400, "unexpected end of a protobuf message\n"), Brief(await gateway.WriteAsync(One[..^1], second: false)));
        Assert.Empty(gateway.Node.Written);
    }

    private static (int Status, string Text) Brief(Written answer) => (answer.Status, answer.Text);

    /// <summary>What the counter of limits counted since it was made, by limit.</summary>
    private sealed class LimitCounts : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, long> _counts = new();

        public LimitCounts()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "pleiad_gateway_remote_write_limited_total")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => _counts.AddOrUpdate((string)tags[0].Value!, count, (_, before) => before + count));
            _listener.Start();
        }

        public long this[string limit] => _counts.GetValueOrDefault(limit);

        public void Dispose() => _listener.Dispose();
    }

    /// <summary>A body whose length nobody knows beforehand.</summary>
    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
