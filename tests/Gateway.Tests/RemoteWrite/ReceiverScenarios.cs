using System.Text;
using Pleiad.Model;
using static Pleiad.TestKit.RemoteWriteMessages;

namespace Pleiad.Gateway.Tests;

/// <summary>The requests of the compliance suite for receivers, by what conformance/remote-write/receiver_scenarios.json calls them.</summary>
internal static class ReceiverScenarios
{
    private const long At = 1700000000000;

    private static readonly (string, string)[] Counter = [("__name__", "c_total"), ("job", "x")];

    public static readonly IReadOnlyDictionary<string, Func<RunningGateway, IAsyncEnumerable<Written>>> All =
        new Dictionary<string, Func<RunningGateway, IAsyncEnumerable<Written>>>
        {
            ["Content-Type application/json or image/png"] = gateway => Each(["application/json", "image/png"], type =>
                gateway.WriteAsync(Snappy(Plain(1)), ("Content-Type", type), ("Content-Encoding", "snappy"))),
            ["Content-Encoding gzip or deflate"] = gateway => Each(["gzip", "deflate"], coding =>
                gateway.WriteAsync(Snappy(Plain(1)), ("Content-Type", RemoteWriteCall.Second), ("Content-Encoding", coding))),
            ["corrupted body (first byte changed)"] = gateway => Each([1], _ =>
            {
                byte[] body = Snappy(Plain(1));
                body[0] ^= 0xFF;
                return gateway.WriteAsync(body, ("Content-Type", RemoteWriteCall.Second), ("Content-Encoding", "snappy"));
            }),
            ["one sample, values 1, 0, -1, NaN, +Inf, -Inf"] = gateway => Each(
                [1, 0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity], value => gateway.WriteAsync(Plain(value), second: true)),
            ["label values with newlines; metric and label names with dots or spaces (UTF-8)"] = gateway => Each(
                [("m", "l", "two\nlines"), ("a.b", "l", "v"), ("a b", "l", "v"), ("m", "x.y", "v"), ("m", "x y", "Küche")],
                names => Send(gateway, request => request.Series(("__name__", names.Item1), (names.Item2, names.Item3)).Message(2, Sample(At, 1)))),
            ["series without __name__, or without labels"] = gateway => Each<(string, string)[]>(
                [[("job", "x")], []], labels => SendExpectingNone(gateway, labels)),
            ["four series, one without __name__"] = gateway => Each([1], _ => Send(gateway, request =>
            {
                foreach (string job in (string[])["a", "b", "c"])
                {
                    request.Series(("__name__", "up"), ("job", job)).Message(2, Sample(At, 1));
                }

                request.Series(("job", "d")).Message(2, Sample(At, 1));
            })),
            ["counter with start timestamp one hour in the past"] = gateway => Each([1], _ => Send(gateway, request =>
                request.Series(Counter).Message(2, Sample(At, 5, At - 3_600_000)).Message(5, request.Metadata(1, "Help.", string.Empty)))),
            ["native histograms: basic, custom buckets, only positive, only negative, only zero bucket"] = gateway => Each(
                Histograms(), histogram => Send(gateway, request => request.Series(("__name__", "h")).Message(3, histogram))),
            ["histogram whose count does not match its buckets"] = gateway => Each([1], _ => Send(gateway, request =>
                request.Series(("__name__", "h")).Message(3, Histogram(count: 7, zeros: 0, schema: 0).Message(11, Span(0, 2)).PackedZigZag(12, 1, 1)))),
            ["exemplars with trace_id, several labels, none, unicode, special floats"] = gateway => Each<((string, string)[], double)>(
                [([("trace_id", "abc")], 1), ([("trace_id", "a"), ("span_id", "b")], 1), ([], 1), ([("küche", "🍲")], 1), ([("trace_id", "n")], double.PositiveInfinity)],
                exemplar => Send(gateway, request => request.Series(Counter).Message(2, Sample(At, 1))
                    .Message(4, new ProtoMessage().Packed(1, request.References(exemplar.Item1)).Double(2, exemplar.Item2).Varint(3, At)))),
            ["metadata of every type, with and without help/unit"] = gateway => Each(
                Enumerable.Range(0, 8).SelectMany(type => new[] { (type, "Help.", "seconds"), (type, string.Empty, string.Empty) }),
                said => Send(gateway, request => request.Series(Counter).Message(2, Sample(At, 1)).Message(5, request.Metadata(said.Item1, said.Item2, said.Item3)))),
            ["time series with only metadata or only exemplars"] = gateway => Each([true, false], onlyMetadata => Send(gateway, request =>
            {
                ProtoMessage series = request.Series(Counter);
                _ = onlyMetadata
                    ? series.Message(5, request.Metadata(1, "Help.", string.Empty))
                    : series.Message(4, new ProtoMessage().Packed(1, request.References(("trace_id", "abc"))).Double(2, 1).Varint(3, At));
            })),
            ["1.0 message with plain application/x-protobuf"] = gateway => Each([1], _ =>
                gateway.WriteAsync(First(FirstSeries(Counter).Message(2, Sample(At, 1))).ToArray(), second: false)),
        };

    private static byte[] Plain(double value)
    {
        var request = new SecondRequest();
        request.Series(Counter).Message(2, Sample(At, value));
        return request.ToArray();
    }

    private static Task<Written> Send(RunningGateway gateway, Action<SecondRequest> fill)
    {
        var request = new SecondRequest();
        fill(request);
        return gateway.WriteAsync(request.ToArray(), second: true);
    }

    private static async Task<Written> SendExpectingNone(RunningGateway gateway, (string, string)[] labels)
    {
        Written answer = await Send(gateway, request => request.Series(labels).Message(2, Sample(At, 1)));
        Assert.Empty(gateway.Node.Written);
        return answer;
    }

    private static ProtoMessage[] Histograms() =>
    [
        Histogram(count: 5, zeros: 1, schema: 1).Message(8, Span(0, 1)).PackedZigZag(9, 2).Message(11, Span(0, 1)).PackedZigZag(12, 2),
        Histogram(count: 3, zeros: 0, schema: -53).Message(11, Span(0, 2)).PackedZigZag(12, 1, 1).Bytes(16, BitConverter.GetBytes(0.5)),
        Histogram(count: 2, zeros: 0, schema: 0).Message(11, Span(0, 1)).PackedZigZag(12, 2),
        Histogram(count: 2, zeros: 0, schema: 0).Message(8, Span(0, 1)).PackedZigZag(9, 2),
        Histogram(count: 4, zeros: 4, schema: 0),
    ];

    private static ProtoMessage Histogram(long count, long zeros, int schema) =>
        new ProtoMessage().Varint(1, count).Double(3, 1.5).ZigZag(4, schema).Varint(6, zeros).Varint(15, At);

    private static ProtoMessage Span(int offset, int length) => new ProtoMessage().ZigZag(1, offset).Varint(2, length);

    private static async IAsyncEnumerable<Written> Each<T>(IEnumerable<T> inputs, Func<T, Task<Written>> send)
    {
        foreach (T input in inputs)
        {
            yield return await send(input);
        }
    }
}
