using Pleiad.Model;
using Xunit;

namespace Pleiad.Exposition.Tests;

/// <summary>What is written is what the reader of the same message finds.</summary>
public class RemoteWriteRequestTests
{
    private const long At = 1700000000000;

    private static readonly OutgoingSeries Up = new(Labels.From(("__name__", "up"), ("instance", "a:1"), ("job", "naïve \"x\"")));
    private static readonly OutgoingSeries Load = new(Labels.From(("__name__", "load"), ("instance", "a:1")));

    [Theory]
    [InlineData(RemoteWriteVersion.First)]
    [InlineData(RemoteWriteVersion.Second)]
    public void Floats_arrive_bit_by_bit(RemoteWriteVersion version)
    {
        double[] values = [1, -0.0, 0, double.NaN, double.PositiveInfinity, double.Epsilon, StaleMarker.Value, 1e300, -17.25];
        var request = new RemoteWriteRequest(version);
        request.Clear();
        request.Add([.. values.Select((value, i) => new OutgoingSample(Up, At + i, value, 0, null, null))]);
        request.Add([new OutgoingSample(Load, -5, 3, 0, null, null)]);
        SampleBatch batch = Assert.Single(Read(request).TakeBatches());
        Assert.Equal(
            [.. values.Select(BitConverter.DoubleToInt64Bits), BitConverter.DoubleToInt64Bits(3)], batch.Values.ToArray().Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal([.. Enumerable.Range(0, values.Length).Select(i => At + i), -5], batch.Times.ToArray());
        Assert.Equal([Up.Labels, Load.Labels], batch.Series.ToArray().Select(key => key.Labels).Distinct());
    }

    [Theory]
    [InlineData(RemoteWriteVersion.First)]
    [InlineData(RemoteWriteVersion.Second)]
    public void Histograms_and_exemplars_arrive(RemoteWriteVersion version)
    {
        var histogram = new NativeHistogram
        {
            Schema = 2,
            ResetHint = CounterResetHint.NotReset,
            ZeroThreshold = 0.001,
            ZeroCount = 2,
            Count = 9,
            Sum = 18.5,
            PositiveSpans = [new BucketSpan(0, 2), new BucketSpan(3, 1)],
            PositiveBuckets = [1, 2, 3],
            NegativeSpans = [new BucketSpan(-1, 1)],
            NegativeBuckets = [1],
        };
        var exemplar = new Exemplar(Labels.From(("trace_id", "abc")), 0.5, new Timestamp(At + 2));
        var request = new RemoteWriteRequest(version);
        request.Clear();
        request.Add([new OutgoingSample(Up, At, 0, At - 1000, histogram, null), new OutgoingSample(Up, At + 2, 0.5, 0, null, exemplar)]);
        SampleBatch batch = Assert.Single(Read(request).TakeBatches());
        Assert.Equal(histogram, Assert.Single(batch.Histograms.ToArray().Take(batch.Count)));
        Assert.Equal((Up.Labels, exemplar), batch.Exemplars.Select(static one => (one.Series.Labels, one.Exemplar)).Single());
        Assert.Equal(version == RemoteWriteVersion.First ? [] : [At - 1000], batch.StartTimes.ToArray());
    }

    [Fact]
    public void Metadata_goes_in_messages_of_its_own_in_the_first_version()
    {
        var request = new RemoteWriteRequest(RemoteWriteVersion.First);
        request.Clear();
        request.Add("http_requests", new MetricMetadata(MetricType.Counter, "Requests.", "requests"));
        KeyValuePair<string, MetricMetadata> said = Assert.Single(Read(request).Metadata);
        Assert.Equal(("http_requests", new MetricMetadata(MetricType.Counter, "Requests.", "requests")), (said.Key, said.Value));
    }

    [Fact]
    public void Metadata_goes_beside_the_series_in_the_second_version()
    {
        var request = new RemoteWriteRequest(RemoteWriteVersion.Second);
        request.Clear();
        request.Add([new OutgoingSample(Load, At, 1, 0, null, null)], new MetricMetadata(MetricType.Gauge, "Load.", string.Empty));
        Assert.Equal(new MetricMetadata(MetricType.Gauge, "Load.", string.Empty), Assert.Single(Read(request).Metadata).Value);
        Assert.Throws<InvalidOperationException>(() => request.Add("load", default));
    }

    [Fact]
    public void A_request_written_after_another_holds_nothing_of_it()
    {
        foreach (RemoteWriteVersion version in Enum.GetValues<RemoteWriteVersion>())
        {
            var request = new RemoteWriteRequest(version);
            request.Clear();
            request.Add([new OutgoingSample(Up, At, 1, 0, null, null)]);
            request.ToBody();
            request.Clear();
            request.Add([new OutgoingSample(Load, At, 2, 0, null, null)]);
            SampleBatch batch = Assert.Single(Read(request).TakeBatches());
            Assert.Equal((1, Load.Labels, 2.0), (batch.Count, batch.Series[0].Labels, batch.Values[0]));
        }
    }

    private static RemoteWriteContent Read(RemoteWriteRequest request)
    {
        byte[] body = request.ToBody();
        Assert.True(SnappyBlock.TryReadLength(body, out uint length, out int head));
        byte[] message = new byte[length];
        Assert.True(SnappyBlock.TryDecode(body.AsSpan(head), message));
        var reader = new RemoteWriteReader(new ShardMap(1), new SeriesKeyCache(100), 100, long.MaxValue);
        RemoteWriteContent content = request.Version == RemoteWriteVersion.First ? reader.ReadFirst(message) : reader.ReadSecond(message);
        Assert.Null(content.FirstFault);
        return content;
    }
}
