using System.Text.Json;
using Pleiad.Model;
using Pleiad.TestKit;
using Xunit;

namespace Pleiad.Exposition.Tests;

/// <summary>The messages of remote read against what a reference server sent and takes.</summary>
public class RemoteReadTests
{
    [SkippableFact]
    public void The_request_of_the_reference_is_read()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        RemoteReadRequest request = RemoteReadRequest.Read(Payload("read-request.pb"), queriesMax: 1);
        RemoteReadQuery query = request.Queries.Single();
        Assert.Equal((1700000000000, 1700000060000), (query.StartMs, query.EndMs));
        Assert.Equal(["__name__=\"http_requests_total\"", "job=~\"a.*\""], query.Matchers.Select(matcher => matcher.ToString()));
        Assert.True(request.WantsStream);
    }

    [SkippableFact]
    public void Samples_are_the_bytes_of_the_reference()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        var writer = new RemoteReadWriter();
        byte[][] series = [.. SeriesOf("sample_response").Select(s => writer.Series(s.Labels, s.Samples))];
        byte[] response = writer.Response([series]);
        Assert.Equal(Payload("read-response-samples.pb"), response);
        Assert.Equal(response, Decoded(SnappyBlock.Encode(response)));
    }

    [SkippableFact]
    public void A_stream_is_the_bytes_that_a_reference_server_sent()
    {
        Skip.If(ConformanceData.Directory is null, ConformanceData.Absent);
        var writer = new RemoteReadWriter();
        byte[] stream = [.. SeriesOf("streamed_response").SelectMany(s => writer.Frames(s.Labels, s.Samples, query: 0, frameBytesMax: 1 << 20))];
        Assert.Equal(Convert.ToHexString(Payload("read-response-streamed.bin")), Convert.ToHexString(stream));
    }

    [Fact]
    public void A_long_series_is_cut_into_chunks_of_120_samples_and_frames_of_the_limit()
    {
        using var samples = new SampleColumns();
        long time = 0;
        for (int i = 0; i < 300; i++)
        {
            // Differences of every length that the encoding knows.
            time += (i % 6) switch { 0 => 1, 1 => 9_000, 2 => 60_000, 3 => 500_000, 4 => 10_000_000_000, _ => 15_000 };
            samples.Add(time, i % 3 == 0 ? i : Math.Sin(i));
        }

        byte[] frames = new RemoteReadWriter().Frames(Labels.From(("__name__", "m")), samples, query: 3, frameBytesMax: 1);
        List<(ulong Encoding, byte[] Data)> chunks = [.. Messages(frames, query: 3).SelectMany(Chunks)];
        Assert.All(chunks, static chunk => Assert.Equal(PrometheusChunk.Floats, chunk.Encoding));
        Assert.Equal([120, 120, 60], chunks.Select(static chunk => (chunk.Data[0] << 8) | chunk.Data[1]));
        AssertSame(samples, chunks);
    }

    [Fact]
    public void Histograms_come_in_chunks_of_their_own_that_read_back_as_they_were()
    {
        using var samples = new SampleColumns();
        for (int i = 0; i < 260; i++)
        {
            long time = 15_000L * i;
            switch (i)
            {
                case < 20 or >= 250:
                    samples.Add(time, i * 0.5);
                    break;
                case 240:
                    samples.Add(time, new NativeHistogram { Sum = StaleMarker.Value });
                    break;
                default:
                    // Integers, then others; then a counter that starts anew, and other buckets.
                    double unit = i < 160 ? 1 : 0.25;
                    double count = unit * (i < 200 ? i : i - 199);
                    samples.Add(time, new NativeHistogram
                    {
                        Schema = 2,
                        ZeroThreshold = 1e-3,
                        ZeroCount = unit,
                        Count = (2 * count) + unit,
                        Sum = Math.Sin(i),
                        PositiveSpans = i < 220 ? [new BucketSpan(-1, 2)] : [new BucketSpan(4, 2)],
                        PositiveBuckets = [count, count],
                    });
                    break;
            }
        }

        byte[] frames = new RemoteReadWriter().Frames(Labels.From(("__name__", "m")), samples, query: 0, frameBytesMax: 1 << 20);
        List<(ulong Encoding, byte[] Data)> chunks = [.. Messages(frames, query: 0).SelectMany(Chunks)];
        Assert.Equal(
            [PrometheusChunk.Floats, PrometheusChunk.Histograms, PrometheusChunk.Histograms, PrometheusChunk.FloatHistograms, PrometheusChunk.FloatHistograms],
            chunks.Take(5).Select(static chunk => (byte)chunk.Encoding));
        Assert.Equal(PrometheusChunk.Floats, chunks[^1].Encoding);
        AssertSame(samples, chunks);
    }

    private static void AssertSame(SampleColumns samples, List<(ulong Encoding, byte[] Data)> chunks)
    {
        using var read = new SampleColumns();
        foreach ((ulong encoding, byte[] data) in chunks)
        {
            PrometheusChunk.Read((int)encoding, data, read);
        }

        Assert.Equal(samples.Times.ToArray(), read.Times.ToArray());
        for (int i = 0; i < samples.Count; i++)
        {
            NativeHistogram? expected = samples.HasHistograms ? samples.Histograms[i] : null;
            NativeHistogram? found = read.HasHistograms ? read.Histograms[i] : null;
            if (expected is null)
            {
                Assert.Null(found);
                Assert.Equal(BitConverter.DoubleToInt64Bits(samples.Values[i]), BitConverter.DoubleToInt64Bits(read.Values[i]));
            }
            else if (expected.IsStale)
            {
                Assert.True(found!.IsStale);
            }
            else
            {
                Assert.Equal(
                    (expected.Schema, expected.ZeroThreshold, expected.ZeroCount, expected.Count, expected.Sum),
                    (found!.Schema, found.ZeroThreshold, found.ZeroCount, found.Count, found.Sum));
                Assert.Equal(expected.PositiveSpans, found.PositiveSpans);
                Assert.Equal(expected.PositiveBuckets, found.PositiveBuckets);
            }
        }
    }

    // Each behind its length and checksum; the number of the query is the last field.
    private static IEnumerable<byte[]> Messages(byte[] frames, byte query)
    {
        for (int at = 0; at < frames.Length;)
        {
            int length = 0;
            for (int shift = 0; ; shift += 7)
            {
                length |= (frames[at] & 0x7F) << shift;
                if (frames[at++] < 0x80)
                {
                    break;
                }
            }

            byte[] message = frames[(at + 4)..(at + 4 + length)];
            Assert.Equal(Crc32Castagnoli.Of(message), System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frames.AsSpan(at)));
            if (query > 0)
            {
                Assert.Equal(new byte[] { 16, query }, message[^2..]);
            }

            yield return message;
            at += 4 + length;
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_encoded_as_snappy_decodes_to_the_same(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = new byte[random.Next(random.Next(2) == 0 ? 100 : 200_000)];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = (byte)random.Next(seed == 1 ? 2 : 256);
            }

            for (int copies = random.Next(20); copies > 0 && bytes.Length > 10; copies--)
            {
                int length = random.Next(bytes.Length / 2);
                bytes.AsSpan(random.Next(bytes.Length - length), length).ToArray().CopyTo(bytes, random.Next(bytes.Length - length));
            }

            Assert.Equal(bytes, Decoded(SnappyBlock.Encode(bytes)));
        }

        Assert.InRange(SnappyBlock.Encode(new byte[100_000]).Length, 1, 6_000);
    }

    [Fact]
    public void Without_a_list_of_forms_samples_are_wanted_and_the_first_known_form_wins()
    {
        Assert.False(WantsStream(new ProtoMessage()));
        Assert.True(WantsStream(new ProtoMessage().Packed(2, 7, 1)));
        Assert.False(WantsStream(new ProtoMessage().Varint(2, 0).Varint(2, 1)));

        static bool WantsStream(ProtoMessage message) => RemoteReadRequest.Read(message.ToArray(), 1).WantsStream;
    }

    [Theory]
    [InlineData(9, "a", "invalid matcher type")]
    [InlineData(2, "(", "invalid matcher: ")]
    public void A_matcher_that_is_none_is_refused(int type, string value, string reason)
    {
        ProtoMessage query = new ProtoMessage().Message(3, new ProtoMessage().Varint(1, type).Text(2, "job").Text(3, value));
        PageSyntaxException refused = Assert.Throws<PageSyntaxException>(() => RemoteReadRequest.Read(new ProtoMessage().Message(1, query).ToArray(), 1));
        Assert.StartsWith(reason, refused.Reason, StringComparison.Ordinal);
        Assert.Throws<PageLimitException>(() => RemoteReadRequest.Read(new ProtoMessage().Message(1, query).Message(1, query).ToArray(), 0));
    }

    // ChunkedReadResponse 1 → ChunkedSeries 2 → Chunk: type 3, data 4.
    private static List<(ulong Encoding, byte[] Data)> Chunks(byte[] message)
    {
        var found = new List<(ulong, byte[])>();
        var response = new WireReader(message, 0, 0);
        while (response.TryReadField(out int field, out int type))
        {
            if (field != 1)
            {
                response.Skip(type);
                continue;
            }

            WireReader series = response.ReadMessage();
            while (series.TryReadField(out int part, out int partType))
            {
                if (part != 2)
                {
                    series.Skip(partType);
                    continue;
                }

                WireReader chunk = series.ReadMessage();
                ulong encoding = 0;
                while (chunk.TryReadField(out int of, out int ofType))
                {
                    switch (of)
                    {
                        case 3:
                            encoding = chunk.ReadVarint();
                            break;
                        case 4:
                            found.Add((encoding, chunk.ReadBytes().ToArray()));
                            break;
                        default:
                            chunk.Skip(ofType);
                            break;
                    }
                }
            }
        }

        return found;
    }

    private static byte[] Decoded(byte[] block)
    {
        Assert.True(SnappyBlock.TryReadLength(block, out uint length, out int head));
        byte[] bytes = new byte[length];
        Assert.True(SnappyBlock.TryDecode(block.AsSpan(head), bytes));
        return bytes;
    }

    private static byte[] Payload(string file) => File.ReadAllBytes(ConformanceData.PathOf("remote-write/payloads/" + file));

    private static IEnumerable<(Labels Labels, SampleColumns Samples)> SeriesOf(string part)
    {
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllBytes(ConformanceData.PathOf("remote-write/remote_read.json")));
        foreach (JsonElement series in facts.RootElement.GetProperty(part).GetProperty("decoded").EnumerateArray())
        {
            var samples = new SampleColumns();
            foreach (JsonElement sample in series.GetProperty("samples").EnumerateArray())
            {
                samples.Add(sample[0].GetInt64(), double.Parse(sample[1].GetString()!, System.Globalization.CultureInfo.InvariantCulture));
            }

            yield return (Labels.From([.. series.GetProperty("labels").EnumerateObject().Select(l => (l.Name, l.Value.GetString()!))]), samples);
        }
    }
}
